"""An SMTP client that says exactly what it is told: foreign addresses by XCLIENT, bytes as they are."""

import smtplib
from typing import Iterable, Optional


class Refused(Exception):
    """The server's reply to a command that was not accepted."""

    def __init__(self, command: str, code: int, text: bytes):
        super().__init__(f"{command}: {code} {text.decode(errors='replace')}")
        self.code = code
        self.text = text.decode(errors="replace")


class Client:
    """A connection that can send several messages. Use it as a context manager."""

    def __init__(self, port: int, host: str = "127.0.0.1", timeout: float = 60, source: Optional[str] = None):
        self._smtp = smtplib.SMTP(timeout=timeout, source_address=(source, 0) if source else None)
        code, text = self._smtp.connect(host, port)
        self._expect("connect", (code, text), 220)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_) -> None:
        self._smtp.close()

    @staticmethod
    def _expect(command: str, reply: tuple[int, bytes], *codes: int) -> str:
        if reply[0] not in codes:
            raise Refused(command, *reply)
        return reply[1].decode(errors="replace")

    def command(self, text: str, *codes: int) -> str:
        return self._expect(text, self._smtp.docmd(text), *(codes or (250,)))

    def hello(self, name: str) -> None:
        self.command(f"EHLO {name}")

    def pretend(self, address: str, name: str = "[UNAVAILABLE]", helo: str = "client.test") -> None:
        """Makes Postfix believe that the client is at `address`, then says EHLO."""
        self.hello("harness.test")
        told = f"IPV6:{address}" if ":" in address else address
        self.command(f"XCLIENT ADDR={told} NAME={name}", 220)
        self.hello(helo)

    def login(self, user: str, password: str, mechanism: str = "PLAIN") -> None:
        self._smtp.user, self._smtp.password = user, password
        method = self._smtp.auth_plain if mechanism == "PLAIN" else self._smtp.auth_login
        code, text = self._smtp.auth(mechanism, method)
        self._expect("AUTH", (code, text), 235)

    def envelope(self, sender: str, recipients: Iterable[str]) -> None:
        self.command(f"MAIL FROM:<{sender}>")
        for recipient in recipients:
            self.command(f"RCPT TO:<{recipient}>")

    def send(self, sender: str, recipients: Iterable[str], message: bytes) -> str:
        """One transaction; the text of the reply to the message."""
        self.envelope(sender, recipients)
        return self.text(message)

    def text(self, message: bytes) -> str:
        """A whole message with DATA, for the recipients that were taken."""
        return self._expect("DATA", self._smtp.data(message), 250)

    def begin_data(self, part: bytes) -> None:
        """DATA and the first bytes of a message, and no end."""
        self.command("DATA", 354)
        self._smtp.sock.sendall(part)

    def end_data(self, part: bytes) -> str:
        """The last bytes of a message that begin_data() began, and the reply."""
        self._smtp.sock.sendall(part + b"\r\n.\r\n")
        return self._expect("end of DATA", self._smtp.getreply(), 250)

    def chunk(self, text: bytes) -> str:
        """A whole message with BDAT (RFC 3030)."""
        self._smtp.sock.sendall(b"BDAT %d LAST\r\n%s" % (len(text), text))
        return self._expect("BDAT", self._smtp.getreply(), 250)

    def reset(self) -> None:
        self.command("RSET")

    def drop(self) -> None:
        """Closes the connection without a word."""
        self._smtp.close()


def send_one(port: int, message: bytes, *, address: str, sender: str, recipient: str, helo: str = "client.test",
             host: str = "127.0.0.1", name: Optional[str] = None) -> str:
    """One message over a connection of its own, from a foreign address."""
    with Client(port, host) as client:
        client.pretend(address, name or "[UNAVAILABLE]", helo)
        return client.send(sender, [recipient], message)
