"""The next mail server: takes every message, keeps its bytes, and offers the extensions that it is told to."""

import socketserver
import threading
from typing import Optional

from .process import eventually, free_port


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._reply("220 sink.test ESMTP")
        recipients: list[str] = []
        while line := self.rfile.readline():
            verb = line.split(None, 1)[0].upper() if line.strip() else b""
            if verb == b"EHLO":
                self._reply("\r\n".join(["250-sink.test", *(f"250-{name}" for name in self.server.extensions), "250 HELP"]))
            elif verb == b"RCPT":
                recipients.append(line.partition(b"<")[2].partition(b">")[0].decode())
                self._reply("250 ok")
            elif verb == b"DATA":
                self._reply("354 go on")
                message = self._message()
                if message is None:
                    return
                self.server.keep(recipients, message)
                recipients = []
                self._reply("250 taken")
            elif verb == b"QUIT":
                self._reply("221 bye")
                return
            else:
                self._reply("250 ok")

    def _reply(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def _message(self) -> Optional[bytes]:
        """None if the client leaves before its end."""
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines) if line else None


class Sink(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, extensions: tuple[str, ...]):
        self.extensions = extensions
        self.port = free_port()
        self._messages: dict[str, bytes] = {}
        super().__init__(("127.0.0.1", self.port), _Session)
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._thread.start()

    def keep(self, recipients: list[str], message: bytes) -> None:
        for recipient in recipients:
            self._messages[recipient] = message

    def message_for(self, recipient: str) -> Optional[bytes]:
        return self._messages.get(recipient)

    def read(self, recipient: str) -> bytes:
        return eventually(f"a message for {recipient}", lambda: self.message_for(recipient))

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()
