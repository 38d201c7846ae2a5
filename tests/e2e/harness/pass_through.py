"""A content filter that changes nothing: what comes in on its port goes out to the next one, line by line."""

import contextlib
import re
import socket
import threading
from typing import Optional

SENDER = re.compile(rb"(MAIL FROM:)<[^>]*>", re.IGNORECASE)


class PassThrough:
    """Takes SMTP on `port` and hands it on to `to`. `spelling`, where it is set, replaces the path of MAIL FROM: filters
    write it in their own way."""

    def __init__(self, to: int):
        self._to = to
        self.spelling: Optional[str] = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._to))
            threading.Thread(target=self._hand_on, args=(client, server), daemon=True).start()
            threading.Thread(target=self._hand_back, args=(server, client), daemon=True).start()

    def _hand_on(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError), client.makefile("rb") as lines:  # either side may be gone
            for line in lines:
                server.sendall(self._respell(line))
            server.shutdown(socket.SHUT_WR)

    def _respell(self, line: bytes) -> bytes:
        if self.spelling is None:
            return line
        path = self.spelling.encode()
        return SENDER.sub(lambda found: found.group(1) + path, line)

    @staticmethod
    def _hand_back(server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError), server, client:
            while part := server.recv(65536):
                client.sendall(part)
