"""An MTA's side of the milter protocol (version 6), standard library only, for tests that put a filter under load.

    with Milter(("127.0.0.1", 8891)) as milter:
        outcome = milter.deliver(b"From: ann@example.org\\r\\n\\r\\nHello.\\r\\n", sender="<ann@example.org>")
        outcome.reply, outcome.edits

Run as a program it delivers one message many times over many connections and prints the rate:

    milter_client.py --connections 50 --messages 2000 inet:127.0.0.1:8891 mail.eml
"""

import argparse
import dataclasses
import re
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
NEVER_ANSWERED = b"DAKQ"
FINAL = b"cartdsy4f"
EDITS = b"himqb+-2e"


class ProtocolError(Exception):
    """The peer did something that no milter does."""


@dataclasses.dataclass
class Outcome:
    """How a message ended: the deciding reply (b"c" continue, b"y" with a text, ...), the edits as they came, how often
    the filter asked for patience, and how long it took from the end of the message to the reply."""

    reply: bytes
    text: bytes
    edits: list
    patience: int = 0
    seconds: float = 0.0

    def inserted(self, name):
        """The values of the fields of that name that the filter put on top."""
        fields = (data[4:].split(b"\0") for code, data in self.edits if code == b"i")
        return [parts[1].decode(errors="replace") for parts in fields if parts[0].lower() == name.lower().encode()]

    def results(self):
        """Method and result of each entry of the one Authentication-Results field that was inserted, in order; nothing
        if there is none, or more than one."""
        values = self.inserted("Authentication-Results")
        return re.findall(r";\s*([a-z]+)=([a-z]+)", values[0]) if len(values) == 1 else []

    def result_of(self, method):
        return " ".join(result for name, result in self.results() if name == method)


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
    """The header fields, as pairs of name and value with LF folds, and the body with CRLF line ends. As mail servers do it,
    the header ends at the first line that is no field, be it empty or not."""
    lines = message.replace(b"\r\n", b"\n").split(b"\n")
    fields = []
    for place, line in enumerate(lines):
        name, colon, value = line.partition(b":")
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1][1] += b"\n" + line
        elif name and colon:
            fields.append([name, value])
        else:
            lines = lines[place if line else place + 1:]
            break
    else:
        lines = []
    return [tuple(field) for field in fields], b"\r\n".join(lines)


def frame(command, data=b""):
    return struct.pack("!I", len(data) + 1) + command + data


def frames(command, data=b"", macros=None):
    """An event as bytes, with the macros that go before it."""
    pairs = b"".join(f"{name}\0{value}\0".encode() for name, value in (macros or {}).items())
    return (frame(b"D", command + pairs) if macros else b"") + frame(command, data)


class Milter:
    """One connection. `steps` and `actions` are those that the mail server offers."""

    def __init__(self, address, timeout=30, steps=ALL_STEPS, actions=ALL_ACTIONS):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        if family == socket.AF_INET:  # many small writes in a row must not wait for one another's acknowledgement
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.socket.connect(address)
        except OSError:
            self.socket.close()
            raise
        self._buffer = b""
        self._edits = []
        self._patience = 0
        try:
            self.actions, self.steps = self._negotiate(actions, steps)
        except (OSError, ProtocolError):
            self.socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def close(self):
        try:
            self._send(b"Q")
        except OSError:
            pass
        self.socket.close()

    def deliver(self, message, **session):
        """One message from connect to end of message; takes what conversation() takes."""
        return self.play(self.conversation(message, **session))

    def conversation(self, message, *, client="192.0.2.1", helo="mx.example.org", sender="<>",
                     recipients=("<bob@example.net>",), macros=None, queue_id="LOAD", daemon_name="smtpd"):
        """The events of one message, each with its data and the macros that go before it. `macros` are added to those
        of MAIL FROM."""
        fields, body = split_message(message)
        address = b"\0" + (b"6" if ":" in client else b"4") + struct.pack("!H", 25) + client.encode() + b"\0"
        return [
            (b"C", helo.encode() + address, {"j": "mx.test", "{daemon_name}": daemon_name}),
            (b"H", helo.encode() + b"\0", {}),
            (b"M", sender.encode() + b"\0", {"{daemon_name}": daemon_name, **(macros or {})}),
            *((b"R", recipient.encode() + b"\0", {"i": queue_id}) for recipient in recipients),
            (b"T", b"", {"i": queue_id}),
            *((b"L", name + b"\0" + self._value(value) + b"\0", {}) for name, value in fields),
            (b"N", b"", {"i": queue_id}),
            *((b"B", body[at:at + BODY_CHUNK], {}) for at in range(0, len(body), BODY_CHUNK)),
            (b"E", b"", {"i": queue_id}),
        ]

    def play(self, events):
        """Sends events, or those of a message that are left, until one is answered with a decision."""
        self._edits, self._patience = [], 0
        skipping, code, text, begin = False, b"c", b"", time.monotonic()
        for command, data, macros in events:
            if skipping and command == b"B":
                continue
            begin = time.monotonic()
            code, text = self.event(command, data, macros)
            skipping = code == b"s"
            if code not in (b"c", b"s"):
                break
        return Outcome(code, text, self._edits, self._patience, time.monotonic() - begin)

    def declines(self, command):
        """Whether the filter does not want to hear of this event at all."""
        return command not in NEVER_ANSWERED and bool(self.steps & STEPS[command][0])

    def event(self, command, data=b"", macros=None):
        """One event, if the filter wants it; the reply, or b"c" where it gives none."""
        if self.declines(command):
            return b"c", b""
        self.socket.sendall(frames(command, data, macros))
        return self._answer(command) if self.answers(command) else (b"c", b"")

    def answers(self, command):
        """Whether the filter replies to this event."""
        return command not in NEVER_ANSWERED and not self.steps & STEPS[command][1]

    def tell(self, command, data=b""):
        """A frame as it is, to which no reply comes."""
        self._send(command, data)

    def rush(self, events):
        """Sends all events at once, waiting for no reply to any; the outcome of the message."""
        self._edits, self._patience = [], 0
        wanted = [event for event in events if not self.declines(event[0])]
        self.socket.sendall(b"".join(frames(*event) for event in wanted))
        for command, _, _ in wanted:
            if self.answers(command):
                code, text = self._answer(command)
                if code not in b"cs":
                    break
        return Outcome(code, text, self._edits, self._patience)

    def _answer(self, command):
        while True:
            code, text = self._receive()
            if code in FINAL:
                return code, text.rstrip(b"\0")
            if code in EDITS and command == b"E":
                self._edits.append((code, text))
            elif code == b"p":
                self._patience += 1
            else:
                raise ProtocolError(f"{command!r} was answered with {code!r}")

    def abort(self):
        """Forgets a message that is under way, so that another can follow on this connection."""
        self._send(b"A")

    def new_connection(self):
        """Ends the SMTP session, and keeps the connection to the filter for another, as some mail servers do."""
        self._send(b"K")

    def start_over(self):
        """Another connection in place of this one, on which nothing was negotiated."""
        address, timeout = self.socket.getpeername(), self.socket.gettimeout()
        family = self.socket.family
        self.socket.close()
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.socket.connect(address)

    def leave(self, rest=b""):
        """Closes without a word, perhaps in the middle of a frame."""
        try:
            self.socket.sendall(rest)
        except OSError:
            pass
        self.socket.close()

    def _value(self, value):
        return value if self.steps & LEADING_SPACE else value.removeprefix(b" ")

    def _negotiate(self, offered_actions, offered):
        self._send(b"O", struct.pack("!III", VERSION, offered_actions, offered))
        code, data = self._receive()
        if code != b"O" or len(data) < 12:
            raise ProtocolError(f"negotiation was answered with {code!r}")
        version, actions, steps = struct.unpack("!III", data[:12])
        if version > VERSION or actions & ~offered_actions or steps & ~offered:
            raise ProtocolError("the filter wants more than it was offered")
        return actions, steps

    def _send(self, command, data=b""):
        self.socket.sendall(frame(command, data))

    def _receive(self):
        (length,) = struct.unpack("!I", self._take(4))
        if not 1 <= length <= 1 << 20:
            raise ProtocolError(f"a frame of {length} bytes")
        frame = self._take(length)
        return frame[:1], frame[1:]

    def _take(self, count):
        while len(self._buffer) < count:
            piece = self.socket.recv(65536)
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
