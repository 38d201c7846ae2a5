"""A mail server that answers as it is told to, at each step of a session, and keeps what was handed over to its end."""

import base64
import socketserver
import ssl
import threading
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Callable, Optional

from .process import free_port

LOGIN = base64.b64encode(b"\0reporter\0s3cret").decode()


@dataclass
class Taken:
    sender: str
    recipient: str
    raw: bytes

    @property
    def message(self):
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def file(self) -> bytes:
        return next(part for part in self.message.iter_attachments()).get_content()


class _Session(socketserver.StreamRequestHandler):
    def setup(self) -> None:
        if self.server.context and self.server.implicit:
            self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        self.sender = self.recipient = ""
        self.server.sessions += 1
        try:
            if not self._answer("CONNECT", "220 sink.test ESMTP"):
                return
            while line := self.rfile.readline():
                words = line.decode("latin-1").strip()
                self.server.commands.append(words)
                if not self._command(words.split(" ")[0].upper(), words):
                    return
        except (ConnectionError, ssl.SSLError):
            return

    def _command(self, verb: str, words: str) -> bool:
        path = words.partition("<")[2].partition(">")[0]
        if verb == "EHLO":
            return self._answer(verb, "\r\n".join(f"250-{name}" for name in ("sink.test", *self.server.extensions)) + "\r\n250 8BITMIME")
        if verb == "STARTTLS":
            self._reply("220 go on")
            self.request = self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
            return True
        if words == "AUTH PLAIN":
            self._reply("334 ")
            words = self.rfile.readline().decode("latin-1").strip()
        if verb == "AUTH":
            return self._answer(verb, "235 welcome" if words.split(" ")[-1] == LOGIN else "535 5.7.8 who are you?")
        if verb == "MAIL":
            self.sender = path
        if verb == "RCPT":
            self.recipient = path
        if verb == "DATA":
            return self._data()
        if verb == "QUIT":
            self._reply("221 bye")
            return False
        return self._answer(verb, "250 2.0.0 ok")

    def _data(self) -> bool:
        told = self.server.told("DATA", self.recipient) or "354 go on"
        if not self._act(told) or not told.startswith("3"):
            return not told.startswith(("421", "drop", "hold"))
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        if not line:
            return False  # it has no end, so that it is none
        taken = Taken(self.sender, self.recipient, b"".join(lines))
        time.sleep(self.server.slow_end)
        told = self.server.told("END", self.recipient)
        if told is None or told.startswith("2") or told in ("drop", "hold"):
            self.server.keep(taken)
        return self._act(told or "250 2.0.0 queued")

    def _answer(self, step: str, usual: str) -> bool:
        return self._act(self.server.told(step, self.recipient) or usual)

    def _act(self, told: str) -> bool:
        if told == "hold":
            self.server.holding.set()
            self.server.go_on.wait(60)
            return False
        if told == "drop":
            return False
        self._reply(told)
        return not told.startswith("421")

    def _reply(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class ScriptedSmtp(socketserver.ThreadingTCPServer):
    """`script(step, recipient)` gives a reply, "drop", "hold" or None for the usual; steps are CONNECT, the commands and END,
    which is behind the end of the mail."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 100

    def __init__(self, script: Optional[Callable[[str, str], Optional[str]]] = None, extensions: tuple[str, ...] = (),
                 context: Optional[ssl.SSLContext] = None, implicit: bool = False):
        self.script, self.extensions, self.context, self.implicit = script, extensions, context, implicit
        self.port = free_port()
        self.sessions = 0
        self.slow_end = 0  # seconds until the end of a mail is answered
        self.commands: list[str] = []
        self.taken: list[Taken] = []
        self.holding, self.go_on = threading.Event(), threading.Event()
        super().__init__(("127.0.0.1", self.port), _Session)
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._thread.start()

    def handle_error(self, request, client_address) -> None:
        pass  # a client that was killed

    def told(self, step: str, recipient: str) -> Optional[str]:
        return self.script(step, recipient) if self.script else None

    def keep(self, taken: Taken) -> None:
        self.taken.append(taken)

    def stop(self) -> None:
        self.go_on.set()
        self.shutdown()
        self.server_close()
        self._thread.join()
