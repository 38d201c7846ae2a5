"""An MTA's side of the milter protocol (version 6), standard library only, for tests that put a filter under load.

    with Milter(("127.0.0.1", 8891)) as milter:
        outcome = milter.deliver(b"From: ann@example.org\\r\\n\\r\\nHello.\\r\\n", sender="<ann@example.org>")
        outcome.reply, outcome.edits

Run as a program it delivers one message many times over many connections and prints the rate:

    milter_client.py --connections 50 --messages 2000 inet:127.0.0.1:8891 mail.eml
"""

import argparse
import dataclasses
import socket
import struct
import sys
import threading
import time

VERSION = 6
ALL_ACTIONS = 0x1FF
ALL_STEPS = 0x1FFFFF
LEADING_SPACE = 0x100000
BODY_CHUNK = 65535

# By command: the step bit that declines the event, and the one that announces silence.
STEPS = {
    b"C": (0x001, 0x1000),
    b"H": (0x002, 0x2000),
    b"M": (0x004, 0x4000),
    b"R": (0x008, 0x8000),
    b"T": (0x200, 0x10000),
    b"L": (0x020, 0x80),
    b"N": (0x040, 0x40000),
    b"B": (0x010, 0x80000),
    b"E": (0, 0),
}
FINAL = b"cartdsy4f"
EDITS = b"himqb+-2e"


class ProtocolError(Exception):
    """The peer did something that no milter does."""


@dataclasses.dataclass
class Outcome:
    """How a message ended: the deciding reply (b"c" continue, b"y" with a text, ...) and the edits, as they came."""

    reply: bytes
    text: bytes
    edits: list


def parse_address(text):
    """inet:HOST:PORT or unix:PATH, as Milter takes it."""
    scheme, _, rest = text.partition(":")
    if scheme in ("unix", "local"):
        return rest
    if scheme != "inet" or ":" not in rest:
        raise ValueError(f"{text}: expected inet:HOST:PORT or unix:PATH")
    host, _, port = rest.rpartition(":")
    return host, int(port)


def split_message(message):
    """The header fields, as pairs of name and value with LF folds, and the body with CRLF line ends."""
    text = message.replace(b"\r\n", b"\n")
    head, _, body = text.partition(b"\n\n")
    fields = []
    for line in head.split(b"\n"):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1][1] += b"\n" + line
        else:
            name, _, value = line.partition(b":")
            fields.append([name, value])
    return [tuple(field) for field in fields], body.replace(b"\n", b"\r\n")


class Milter:
    """One connection."""

    def __init__(self, address, timeout=30):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.settimeout(timeout)
        self._socket.connect(address)
        self._buffer = b""
        self._edits = []
        self.steps = self._negotiate()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def close(self):
        try:
            self._send(b"Q")
        except OSError:
            pass
        self._socket.close()

    def deliver(self, message, *, client="192.0.2.1", helo="mx.example.org", sender="<>", recipients=("<bob@example.net>",),
                macros=None, queue_id="LOAD"):
        """One message from connect to end of message. `macros` are added to those of MAIL FROM."""
        self._edits = []
        fields, body = split_message(message)
        address = b"\0" + (b"6" if ":" in client else b"4") + struct.pack("!H", 25) + client.encode() + b"\0"
        events = [
            (b"C", helo.encode() + address, {"j": "mx.test", "{daemon_name}": "smtpd"}),
            (b"H", helo.encode() + b"\0", {}),
            (b"M", sender.encode() + b"\0", macros or {}),
            *((b"R", recipient.encode() + b"\0", {"i": queue_id}) for recipient in recipients),
            (b"T", b"", {"i": queue_id}),
            *((b"L", name + b"\0" + self._value(value) + b"\0", {}) for name, value in fields),
            (b"N", b"", {"i": queue_id}),
            *((b"B", body[at:at + BODY_CHUNK], {}) for at in range(0, len(body), BODY_CHUNK)),
            (b"E", b"", {"i": queue_id}),
        ]
        skipping = False
        for command, data, known in events:
            if skipping and command == b"B":
                continue
            code, text = self._event(command, data, known)
            skipping = code == b"s"
            if code not in (b"c", b"s"):
                break
        return Outcome(code, text, self._edits)

    def abort(self):
        """Forgets a message that is under way, so that another can follow on this connection."""
        self._send(b"A")

    def _value(self, value):
        return value if self.steps & LEADING_SPACE else value.removeprefix(b" ")

    def _negotiate(self):
        self._send(b"O", struct.pack("!III", VERSION, ALL_ACTIONS, ALL_STEPS))
        code, data = self._receive()
        if code != b"O" or len(data) < 12:
            raise ProtocolError(f"negotiation was answered with {code!r}")
        version, actions, steps = struct.unpack("!III", data[:12])
        if version > VERSION or actions & ~ALL_ACTIONS or steps & ~ALL_STEPS:
            raise ProtocolError("the filter wants more than it was offered")
        return steps

    def _event(self, command, data, macros):
        unwanted, silent = STEPS[command]
        if self.steps & unwanted:
            return b"c", b""
        if macros:
            pairs = b"".join(f"{name}\0{value}\0".encode() for name, value in macros.items())
            self._send(b"D", command + pairs)
        self._send(command, data)
        if self.steps & silent:
            return b"c", b""
        while True:
            code, text = self._receive()
            if code in FINAL:
                return code, text.rstrip(b"\0")
            if code in EDITS and command == b"E":
                self._edits.append((code, text))
            elif code != b"p":
                raise ProtocolError(f"{command!r} was answered with {code!r}")

    def _send(self, command, data=b""):
        self._socket.sendall(struct.pack("!I", len(data) + 1) + command + data)

    def _receive(self):
        (length,) = struct.unpack("!I", self._take(4))
        if not 1 <= length <= 1 << 20:
            raise ProtocolError(f"a frame of {length} bytes")
        frame = self._take(length)
        return frame[:1], frame[1:]

    def _take(self, count):
        while len(self._buffer) < count:
            piece = self._socket.recv(65536)
            if not piece:
                raise ProtocolError("the filter closed the connection")
            self._buffer += piece
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken


def load(address, message, *, connections, messages, **session):
    """Delivers `messages` in all, each over a connection of its own; the outcomes, and the exceptions in their place."""
    outcomes = []
    left = iter(range(messages))
    lock = threading.Lock()

    def work():
        while True:
            with lock:
                if next(left, None) is None:
                    return
            try:
                with Milter(address) as milter:
                    outcome = milter.deliver(message, **session)
            except (OSError, ProtocolError) as error:
                outcome = error
            with lock:
                outcomes.append(outcome)

    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def main():
    parser = argparse.ArgumentParser(description="Put a milter under load.")
    parser.add_argument("--connections", type=int, default=10, help="at the same time")
    parser.add_argument("--messages", type=int, default=1000, help="in all")
    parser.add_argument("--sender", default="<ann@example.org>")
    parser.add_argument("--client", default="192.0.2.1")
    parser.add_argument("--auth", help="SASL login name")
    parser.add_argument("address")
    parser.add_argument("file")
    options = parser.parse_args()
    with open(options.file, "rb") as file:
        message = file.read()
    macros = {"{auth_type}": "PLAIN", "{auth_authen}": options.auth} if options.auth else None
    begin = time.monotonic()
    outcomes = load(parse_address(options.address), message, connections=options.connections,
                    messages=options.messages, sender=options.sender, client=options.client, macros=macros)
    seconds = time.monotonic() - begin
    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    replies = {}
    for outcome in outcomes:
        if isinstance(outcome, Outcome):
            replies[outcome.reply.decode()] = replies.get(outcome.reply.decode(), 0) + 1
    print(f"{len(outcomes)} messages in {seconds:.2f} s, {len(outcomes) / seconds:.0f} a second, replies {replies}, "
          f"{len(errors)} errors")
    for error in errors[:5]:
        print(f"  {error!r}", file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
