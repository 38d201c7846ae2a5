"""Mail servers that leave in the middle, start over, or do not speak the protocol."""

import itertools
import random
import re
import socket
import struct
import threading
import time

from milter_client import ALL_ACTIONS, ALL_STEPS, VERSION, frame, frames

from .bench import ALLOWED, Found, Others, Stage, fault, in_threads, plain

FAULTS: list = []
WORKERS = 8
SLOW = ("slow.test 300 TXT \"v=spf1 -all\"", "slow.test FAULT delay=300")


def memory_flat(bench, before, after, kilobytes: int) -> bool:
    return after.kilobytes - before.kilobytes <= kilobytes or not bench.strict and after.kilobytes < 3 * before.kilobytes


def cut_places(stage, message: bytes, session: dict) -> list[bytes]:
    """All of a session up to each of its frames, and up to the middle of each: where a connection may end."""
    with stage.milter() as milter:
        events = [event for event in milter.conversation(message, **session) if not milter.declines(event[0])]
    places, sent = [b""], b""
    for command, data, macros in events:
        whole = frames(command, data, macros)
        places += [sent + whole[:len(whole) // 2], sent + whole[:3], sent + whole]
        sent += whole
    return places


def leave_midway(stage, place: bytes, abruptly: bool) -> None:
    milter = stage.milter()
    if abruptly:  # a reset in place of an end
        milter.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    milter.leave(place)


@fault(FAULTS, "R-33", "the mail server leaves in the middle of every callback",
       "descriptors and threads as before, memory within 5 MB, others' p99 <= 50 ms and none failed")
def leaving(bench):
    with Stage(bench, zone=SLOW) as stage:
        message = bench.sign(plain(body="x" * 70 + "\r\n"))
        places = cut_places(stage, message, {"client": ALLOWED, "sender": "<ann@pass.test>"})
        # And while the daemon waits for an answer at the end of the message.
        places += cut_places(stage, plain("slow.test"), {"client": ALLOWED, "sender": "<x@slow.test>"})[-1:]
        count = bench.many(100_000, 1500)
        left, lock = itertools.cycle(places), threading.Lock()
        numbers = iter(range(count))

        def work(_):
            while True:
                with lock:
                    number, place = next(numbers, None), next(left)
                if number is None:
                    return
                leave_midway(stage, place, number % 3 == 0)

        in_threads(WORKERS, lambda _: [leave_midway(stage, place, False) for place in places])  # the pool has grown
        before = stage.settled(stage.usage(), 2)
        with Others(stage) as others:
            problems = in_threads(WORKERS, work)
        after = stage.settled(before)
        outcome = stage.deliver(message)
        ok = (not problems and not others.problems and after.descriptors <= before.descriptors
              and after.threads <= before.threads + WORKERS and memory_flat(bench, before, after, 5000)
              and outcome.result_of("dkim") == "pass" and bench.within(others.p99, 0.05))
        return Found(ok, f"{count} left at {len(places)} places; before {before}; after {after}; {others}"
                         + "".join(f"; {problem!r}" for problem in problems[:3]))


@fault(FAULTS, "R-33", "200 mail servers leave while the daemon waits for the DNS",
       "descriptors as before, right again at once")
def leaving_while_waiting(bench):
    with Stage(bench, fault_of_all="drop") as stage:
        stage.deliver(plain())
        before = stage.usage()
        waiting = []
        for number in range(200):
            milter = stage.milter()
            *events, (end, data, macros) = milter.conversation(plain("hole.test"), sender=f"<x@h{number}.hole.test>"
                                                               if number % 2 else "<x@hole.test>", helo="hole.test")
            for event in events:
                milter.event(*event)
            milter.socket.sendall(frames(end, data, macros))
            waiting.append(milter)
        for milter in waiting:
            milter.leave()
        begin = time.monotonic()
        outcome = stage.deliver(plain())
        taken = time.monotonic() - begin
        after = stage.settled(before)
        ok = outcome.result_of("spf") == "pass" and after.descriptors <= before.descriptors and bench.within(taken, 0.5)
        return Found(ok, f"next message after {taken * 1000:.0f} ms; before {before}; after {after}")


class Mail:
    """One message and everything around it that decides what is done with it."""

    def __init__(self, bench, number: int):
        domain = ("pass.test", "soft.test", "ours.test", "gone.test")[number % 4]
        self.message = plain(domain, f"Message {number}.\r\n" * (1 + number % 7))
        if number % 3 == 0:
            self.message = bench.sign(self.message)
        if number % 5 == 0:
            self.message = b"Authentication-Results: mx.ours.test; dmarc=pass\r\n" + self.message
        self.session = {"client": (ALLOWED, "203.0.113.9", "127.0.0.1", "2001:db8::1")[number // 2 % 4],
                        "helo": ("mx.pass.test", "helo.pass.test", "other.test")[number % 3],
                        "sender": "<>" if number % 7 == 0 else f"<ann@{domain}>",
                        "daemon_name": "ORIGINATING" if number % 6 == 0 else "smtpd", "queue_id": f"Q{number}",
                        "macros": {"{auth_type}": "PLAIN", "{auth_authen}": "ann"} if number % 11 == 0 else {}}

    def group(self) -> tuple:
        """What one SMTP session says once for all of its messages."""
        return self.session["client"], self.session["daemon_name"]


def essence(outcome) -> tuple:
    """What was decided, without the time of signing and what follows from it."""
    edits = [re.sub(rb"\b(t|b)=[^;]*;?", b"", data) if b"DKIM-Signature\0" in data else data
             for _, data in outcome.edits]
    return outcome.reply, outcome.text, tuple(re.sub(rb"\s+", b" ", data) for data in edits)


class Walk:
    """A random way through the protocol: messages begun and dropped, greetings repeated, connections kept for another
    client, and between them whole messages, whose outcomes must be those of a fresh session."""

    def __init__(self, stage, mails: list[Mail], chance: random.Random):
        self._stage, self._mails, self._random = stage, mails, chance
        self.outcomes: list[tuple[Mail, tuple]] = []
        self._milter = None
        self._group = None
        self._between_messages = False

    def go(self, messages: int) -> None:
        try:
            while len(self.outcomes) < messages:
                for _ in range(self._random.randrange(4)):
                    self._begin(self._random.choice(self._mails))
                self._finish(self._random.choice(self._mails))
        finally:
            self._milter.close()

    def _events(self, mail: Mail) -> list:
        """The events of a message; that of the connection only if it is another client's."""
        if self._milter is None or (self._group != mail.group() and not self._next_client()):
            if self._milter is not None:
                self._milter.close()
            self._milter = self._stage.milter()
            self._group = None
        events = self._milter.conversation(mail.message, **mail.session)
        if self._group == mail.group():
            return events[1:]
        self._group = mail.group()
        return events

    def _next_client(self) -> bool:
        """libmilter takes another client on a connection only after a message, whole or not."""
        if self._between_messages:
            self._milter.new_connection()
        return self._between_messages

    def _finish(self, mail: Mail) -> None:
        events = self._events(mail)  # perhaps on a new connection
        self.outcomes.append((mail, essence(self._milter.play(events))))
        self._between_messages = True

    def _begin(self, mail: Mail) -> None:
        """A message that ends before its end, with RSET, another greeting or another client."""
        events = self._events(mail)
        begun = events[:self._random.randrange(1, len(events))]
        self._milter.play(begun)
        self._between_messages = any(command == b"M" for command, _, _ in begun)
        if self._between_messages:
            self._milter.abort()


@fault(FAULTS, "R-34", "random sequences of MAIL, RSET, HELO, half messages, new clients on a kept connection",
       "every outcome equals that of a fresh session")
def carrying_over(bench):
    with Stage(bench, {"strip_authserv_ids": ["old.ours.test"]}, keys=("ours.test",)) as stage:
        mails = [Mail(bench, number) for number in range(bench.many(84, 42))]
        fresh = {}
        for mail in mails:
            with stage.milter() as milter:
                fresh[mail] = essence(milter.deliver(mail.message, **mail.session))
        kinds = len(set(fresh.values()))
        different, total = [], 0
        for round_number in range(bench.many(400, 12)):
            walk = Walk(stage, mails, random.Random(f"{bench.seed}/{round_number}"))
            walk.go(25)
            total += len(walk.outcomes)
            different += [(mail.session, told, fresh[mail]) for mail, told in walk.outcomes if told != fresh[mail]]
        return Found(not different and kinds > 20, f"{total} messages of {kinds} kinds of outcome, {len(different)} differ"
                     + "".join(f"; {entry}" for entry in different[:1]))


COMMANDS = b"OCHMRTLNBEAQKDU"


class Babble:
    """Random frames, from almost right to nonsense."""

    def __init__(self, chance: random.Random, model: list):
        self._random, self._model = chance, model

    def session(self) -> bytes:
        pieces = []
        if self._random.random() < 0.9:
            pieces.append(frame(b"O", struct.pack("!III", *self._terms())))
        events = list(self._model)
        for _ in range(self._random.randrange(6)):
            self._change(events)
        pieces += [frames(command, data, macros) for command, data, macros in events]
        for _ in range(self._random.randrange(4)):
            pieces.insert(self._random.randrange(len(pieces) + 1), self._nonsense())
        return b"".join(pieces)

    def _terms(self) -> tuple:
        if self._random.random() < 0.7:
            return VERSION, ALL_ACTIONS, ALL_STEPS
        return tuple(self._random.choice((0, 1, 2, VERSION, 99, ALL_ACTIONS, ALL_STEPS, 0xffffffff)) for _ in range(3))

    def _change(self, events: list) -> None:
        at = self._random.randrange(len(events))
        command, data, macros = events[at]
        kind = self._random.randrange(7)
        if kind == 0:
            del events[at:at + self._random.randrange(1, 3)]
            if not events:
                events.append((b"E", b"", {}))
        elif kind == 1:
            events.insert(self._random.randrange(len(events) + 1), events[at])
        elif kind == 2:
            events[at] = command, data.replace(b"\0", b""), macros  # no NUL where one ends a string
        elif kind == 3:
            events[at] = command, data[:self._random.randrange(len(data) + 1)], macros
        elif kind == 4:
            events[at] = command, self._random.randbytes(self._random.choice((0, 1, 5, 300, 65535))), macros
        elif kind == 5:
            events[at] = command, data, {"i": "\x01" * self._random.randrange(300), "{daemon_name}": "", "": "x"}
        else:
            events[at] = bytes([self._random.randrange(256)]), data, macros

    def _nonsense(self) -> bytes:
        kind = self._random.randrange(6)
        command = bytes([self._random.choice(COMMANDS)])
        if kind == 0:
            return struct.pack("!I", 0)
        if kind == 1:
            return struct.pack("!I", self._random.choice((0x7fffffff, 0xffffffff, 1 << 20, 65536))) + command
        if kind == 2:
            return frame(command)
        if kind == 3:
            return frame(command, b"\0" * self._random.choice((1, 2, 65535)))
        if kind == 4:  # names without values
            return frame(b"D", command + b"i\0" * self._random.choice((1, 3, 99)))
        return self._random.randbytes(self._random.randrange(1, 40))


def throw(stage, data: bytes) -> None:
    family = socket.AF_UNIX if isinstance(stage.address, str) else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as connection:
        connection.settimeout(0.02)
        connection.connect(stage.address)
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
        except OSError:  # it hung up, or waits for more than we have to say
            pass


@fault(FAULTS, "S-15", "random frames: lengths 0, 1, 65535 and false ones, no NUL, odd lists of macros, unknown commands, any order",
       "survives, descriptors and threads as before, memory within 10 MB, others none failed")
def babbling(bench):
    with Stage(bench) as stage:
        with stage.milter() as milter:
            model = [event for event in milter.conversation(bench.sign(plain()), client=ALLOWED, sender="<ann@pass.test>")
                     if not milter.declines(event[0])]
        numbers, lock = iter(range(bench.many(200_000, 3000))), threading.Lock()
        thrown = [0] * WORKERS

        def work(worker):
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                throw(stage, Babble(random.Random(f"{bench.seed}/{number}"), model).session())
                thrown[worker] += 1

        in_threads(WORKERS, lambda n: [throw(stage, Babble(random.Random(f"warm{n}/{i}"), model).session())
                                       for i in range(60)])
        before = stage.settled(stage.usage(), 2)
        with Others(stage) as others:
            problems = in_threads(WORKERS, work)
        after = stage.settled(before)
        outcome = stage.deliver(bench.sign(plain()))
        ok = (not problems and stage.paraphd.running() and not others.problems and after.descriptors <= before.descriptors
              and after.threads <= before.threads + WORKERS and memory_flat(bench, before, after, 10_000)
              and outcome.result_of("dkim") == "pass")
        return Found(ok, f"{sum(thrown)} sessions; before {before}; after {after}; {others}"
                         + "".join(f"; {problem!r}" for problem in (problems + others.problems)[:3]))
