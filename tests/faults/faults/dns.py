"""Name servers that are dead, broken or lying."""

import random
import shlex
import socket
import threading
import time
from pathlib import Path

from harness.dns import NameServer, Zone
from harness.process import HarnessError, eventually, free_port

from .bench import ALLOWED, Found, LIFETIME, Others, Skipped, Stage, fault, in_threads, percentile, plain

FAULTS: list = []

FAILURES = ("servfail", "refused", "notimp", "formerr", "truncate_no_tcp", "truncate_half", "garbage", "half")
FORGERIES = ("forged_id", "forged_question", "forged_port", "noise")


def silent_server() -> socket.socket:
    """A UDP port that is open and never answers, so that not even an ICMP message comes back."""
    hole = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    hole.bind(("127.0.0.1", 0))
    return hole


def address_of(hole: socket.socket) -> str:
    return "{}:{}".format(*hole.getsockname())


def signed_by(bench, domain: str, count: int) -> bytes:
    """A message with that many signatures, each with a key of its own."""
    message = plain(domain)
    for number in range(count):
        message = bench.sign(message, domain, f"s{number}")
    return message


@fault(FAULTS, "R-01", "no name server answers; 0, 1 and 10 signatures", "<= 8.0 s, all temperror, results present")
def black_hole(bench):
    with silent_server() as hole, Stage(bench, name_servers=[address_of(hole)]) as stage:
        outcomes = {}

        def send(number):
            outcomes[number] = stage.deliver(signed_by(bench, "pass.test", (0, 1, 10)[number]))

        problems = in_threads(3, send)
        worst = max(outcome.seconds for outcome in outcomes.values())
        told = [f"{o.result_of('spf')}/{o.result_of('dkim').split(' ')[0]}/{o.result_of('dmarc')}"
                for _, o in sorted(outcomes.items())]
        dkim = [o.result_of("dkim") for _, o in sorted(outcomes.items())]
        ok = (not problems and bench.within(worst, 8.0) and dkim == ["none", "temperror", " ".join(["temperror"] * 10)]
              and all(o.reply == b"c" and o.result_of("spf") == o.result_of("dmarc") == "temperror"
                      for o in outcomes.values()))
        return Found(ok, f"{worst:.2f} s; spf/dkim/dmarc {', '.join(told)}")


@fault(FAULTS, "R-01", "no name server answers; the chain of questions is long", "<= budget (2.0 s) + 0.3 s")
def budget(bench):
    """Each step of the chain takes most of the time allowed for one answer: only the budget of the message ends it."""
    zone = [f"c{n}.test 300 TXT \"v=spf1 include:c{n + 1}.test -all\"" for n in range(9)]
    zone += [f"c{n}.test FAULT delay=700" for n in range(9)]
    settings = {"dns": {"message_budget": "2s", "timeout": "1s"}, "spf": {"look_ahead": "none"}}
    with Stage(bench, settings, zone=tuple(zone)) as stage:
        outcome = stage.deliver(plain("c0.test"), sender="<x@c0.test>")
        ok = outcome.result_of("spf") == "temperror" and bench.within(outcome.seconds, 2.3) and outcome.seconds < 6
        return Found(ok, f"{outcome.seconds:.2f} s, spf={outcome.result_of('spf')}")


@fault(FAULTS, "R-02", "servers that fail at once, in eight ways", "temperror in <= 0.2 s each")
def failing_servers(bench):
    zone = []
    for word in FAILURES:
        zone += [f"{name}{word}.test {what}" for name in ("", "_dmarc.", "sel._domainkey.")
                 for what in (f"FAULT {word}", "300 TXT \"some text that is long enough to be cut in two halves\"")]
    with Stage(bench, zone=tuple(zone)) as stage:
        worst, wrong = ("", 0.0), []
        for word in FAILURES:
            outcome = stage.deliver(bench.sign(plain(f"{word}.test"), f"{word}.test"), sender=f"<x@{word}.test>")
            worst = max(worst, (word, outcome.seconds), key=lambda entry: entry[1])
            told = [outcome.result_of(method) for method in ("spf", "dkim", "dmarc")]
            if told != ["temperror"] * 3 or outcome.reply != b"c":
                wrong.append(f"{word}: {told} {outcome.reply!r}")
        return Found(not wrong and bench.within(worst[1], 0.2),
                     f"slowest {worst[0]} {worst[1] * 1000:.0f} ms, {len(FAILURES) - len(wrong)} of {len(FAILURES)} "
                     f"right {'; '.join(wrong)}")


@fault(FAULTS, "R-02", "TCP that accepts and then is silent", "temperror within 2 s x 2 attempts; others' p99 <= 50 ms")
def silent_tcp(bench):
    zone = tuple(f"{name}stall.test FAULT truncate_stall" for name in ("", "_dmarc.", "sel._domainkey."))
    with Stage(bench, zone=zone) as stage:
        stage.deliver(plain())
        with Others(stage) as others:
            outcome = stage.deliver(bench.sign(plain("stall.test"), "stall.test"), sender="<x@stall.test>")
        told = [outcome.result_of(method) for method in ("spf", "dkim", "dmarc")]
        ok = (told == ["temperror"] * 3 and bench.within(outcome.seconds, 4.3) and not others.problems
              and bench.within(others.p99, 0.05))
        return Found(ok, f"{outcome.seconds:.2f} s, {others}")


@fault(FAULTS, "R-02", "no name and no data are no failures", "spf=none, dkim=permerror, dmarc=none")
def absent(bench):
    with Stage(bench, zone=("empty.test 300 A 192.0.2.1", "sel._domainkey.empty.test 300 A 192.0.2.1")) as stage:
        told = []
        for domain in ("empty.test", "gone.test"):
            outcome = stage.deliver(bench.sign(plain(domain), domain), sender=f"<x@{domain}>")
            told.append("/".join(outcome.result_of(method) for method in ("spf", "dkim", "dmarc")))
        return Found(told == ["none/permerror/none"] * 2, f"no data {told[0]}, no name {told[1]}")


@fault(FAULTS, "R-03", "special names go to the name server like any other", "spf=pass from the zone, every time")
def special_names(bench):
    names = ("localhost", "mail.localhost", "a.invalid", "a.test", "a.onion", "a.local", "a.home.arpa", "a.example",
             "a.internal", "10.in-addr.arpa")
    zone = tuple(f"{name} 300 TXT \"v=spf1 ip4:192.0.2.0/24 -all\"" for name in names)
    with Stage(bench, zone=zone) as stage:
        told = {name: stage.deliver(plain(name), sender=f"<x@{name}>").result_of("spf") for name in names}
        asked = stage.query_log.read_text()
        # A name without a dot is no domain of mail; it must not be looked up anywhere else either.
        right = [name for name in names if told[name] == "pass" and f"TXT {name}. " in asked]
        apart = [f"{name}: {told[name]}" for name in names if name not in right]
        return Found(set(names) - set(right) <= {"localhost"} and told["localhost"] in ("pass", "none"),
                     f"{len(right)} of {len(names)} {'; '.join(apart)}")


def domains(count: int) -> tuple[str, ...]:
    """Sender domains that no cache knows yet."""
    return tuple(f"d{n}.test 300 TXT \"v=spf1 ip4:192.0.2.0/24 -all\"" for n in range(count))


def first_server_dead(bench, dead: str):
    zone = Zone(list(domains(41)))
    server = NameServer(bench.new_folder(), zone, LIFETIME)
    try:
        with Stage(bench, name_servers=[dead, server.address]) as stage:
            times = []
            for number in range(41):
                outcome = stage.deliver(plain(f"d{number}.test"), sender=f"<x@d{number}.test>", helo=f"h{number}.test")
                if outcome.result_of("spf") != "pass":
                    return Found(False, f"message {number}: {outcome.results()}")
                times.append(outcome.seconds)
            later = percentile(times[1:], 0.99)
            return Found(bench.within(times[0], 1.5) and bench.within(later, 0.05),
                         f"first {times[0]:.2f} s, p99 of the next 40 {later * 1000:.0f} ms")
    finally:
        server.stop()


@fault(FAULTS, "R-04", "the first name server is silent", "first <= 1.5 s, later <= 50 ms")
def first_server_silent(bench):
    with silent_server() as hole:
        return first_server_dead(bench, address_of(hole))


@fault(FAULTS, "R-04", "the first name server's port is closed", "first <= 1.5 s, later <= 50 ms")
def first_server_closed(bench):
    return first_server_dead(bench, f"127.0.0.1:{free_port()}")


@fault(FAULTS, "R-04", "the only name server dies and comes back", "temperror meanwhile, right again in <= 2 s")
def server_restarts(bench):
    port = free_port()
    folder = bench.new_folder()
    zone = Zone(list(domains(100)))
    more = ("--port", str(port))
    server = NameServer(folder, zone, LIFETIME, more=more)
    try:
        with Stage(bench, {"dns": {"timeout": "300ms"}}, name_servers=[f"127.0.0.1:{port}"]) as stage:
            first = stage.deliver(plain("d0.test"), sender="<x@d0.test>").result_of("spf")
            server.stop()
            dead = stage.deliver(plain("d1.test"), sender="<x@d1.test>").result_of("spf")
            server = NameServer(folder, zone, LIFETIME, more=more)
            begin, number = time.monotonic(), 2
            while stage.deliver(plain(f"d{number}.test"), sender=f"<x@d{number}.test>").result_of("spf") != "pass":
                number += 1
            back = time.monotonic() - begin
            return Found((first, dead) == ("pass", "temperror") and bench.within(back, 2.0),
                         f"{first}, then {dead}, back after {back * 1000:.0f} ms")
    finally:
        server.stop()


# Any directory for /etc would do, but only the one file is wanted: it is laid over the real one for the daemon alone.
OVERLAY = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'


@fault(FAULTS, "R-05", "resolv.conf changes while the daemon runs", "the new server is used within 5 s")
def resolv_conf_changes(bench):
    folder = bench.new_folder()
    (folder / "one").mkdir()
    (folder / "two").mkdir()
    resolv_conf = folder / "resolv.conf"
    resolv_conf.write_text("nameserver 127.0.53.1\n")
    wrap = ("unshare", "--mount", "sh", "-c", OVERLAY, str(resolv_conf))
    servers = []
    try:
        for number, name in ((1, "one"), (2, "two")):
            result = "-all" if number == 1 else "ip4:192.0.2.0/24 -all"
            zone = Zone([f"d{n}.test 300 TXT \"v=spf1 {result}\"" for n in range(1000)])
            servers.append(NameServer(folder / name, zone, LIFETIME,
                                      more=("--port", "53", "--address", f"127.0.53.{number}")))
        with Stage(bench, wrap=wrap, name_servers=[]) as stage:
            first = stage.deliver(plain("d0.test"), sender="<x@d0.test>").result_of("spf")
            with resolv_conf.open("r+") as file:  # as a DHCP client does it, and the same inode for the mount
                file.write("nameserver 127.0.53.2\n")
            begin, number, told = time.monotonic(), 1, first
            while told == first and time.monotonic() < begin + 30:
                told = stage.deliver(plain(f"d{number}.test"), sender=f"<x@d{number}.test>").result_of("spf")
                number += 1
                time.sleep(0.1)
            taken = time.monotonic() - begin
            return Found((first, told) == ("fail", "pass") and bench.within(taken, 5.0),
                         f"{first}, then {told} after {taken:.1f} s, {number} messages without a failure")
    except HarnessError as problem:
        raise Skipped(f"cannot lay a file over /etc/resolv.conf or serve port 53 here: "
                      f"{str(problem).splitlines()[0]}") from None
    finally:
        for server in servers:
            server.stop()


@fault(FAULTS, "S-40", "forged replies before the right one", "0 believed")
def forged_replies(bench):
    zone = []
    for word in FORGERIES:
        zone += [f"{word}.test 300 TXT \"v=spf1 ip4:192.0.2.0/24 -all\"", f"{word}.test FAULT {word}"]
    with Stage(bench, zone=tuple(zone)) as stage:
        told = {word: stage.deliver(plain(f"{word}.test"), sender=f"<x@{word}.test>").result_of("spf")
                for word in FORGERIES}
        return Found(set(told.values()) == {"pass"}, f"believed {sum(value != 'pass' for value in told.values())} of "
                                                     f"{len(told)} kinds")


class Forger:
    """A name server with a forger in front of it: each query is answered from false addresses, from a false port and
    with false ids before the right reply passes."""

    def __init__(self, real: str, each: int, seed: int):
        host, _, port = real.rpartition(":")
        self._real, self._each, self._random = (host, int(port)), each, random.Random(seed)
        self._front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._front.bind(("127.0.0.1", 0))
        self._elsewhere = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        self._elsewhere[0].bind(("127.0.0.1", 0))
        self._elsewhere[1].bind(("127.0.0.66", self._front.getsockname()[1]))
        self.sent = 0
        self._stop = threading.Event()
        self._front.settimeout(0.2)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return address_of(self._front)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        for opened in (self._front, *self._elsewhere):
            opened.close()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                query, client = self._front.recvfrom(4096)
            except TimeoutError:
                continue
            self._forge(query, client)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
                asking.settimeout(2)
                asking.sendto(query, self._real)
                self._front.sendto(asking.recv(65535), client)

    def _forge(self, query: bytes, client) -> None:
        false = self._lie(query)
        for opened in self._elsewhere:
            opened.sendto(query[:2] + false, client)
        known = int.from_bytes(query[:2], "big")
        for _ in range(self._each):
            number = self._random.randrange(1 << 16)
            if number != known:
                self._front.sendto(number.to_bytes(2, "big") + false, client)
                self.sent += 1
        self.sent += 2

    @staticmethod
    def _lie(query: bytes) -> bytes:
        """A reply without its id: everybody may send mail for every domain, for a day."""
        end = query.index(b"\0", 12) + 5
        text = b"v=spf1 +all"
        record = b"\xc0\x0c\x00\x10\x00\x01\x00\x01\x51\x80" + (len(text) + 1).to_bytes(2, "big") + bytes([len(text)]) + text
        return b"\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00" + query[12:end] + record


@fault(FAULTS, "S-40", "a flood of forged replies: false address, port, ids", "0 believed")
def flood_of_forgeries(bench):
    count = bench.many(300, 30)
    zone = Zone([f"d{n}.test 300 TXT \"v=spf1 -all\"" for n in range(count)])
    server = NameServer(bench.new_folder(), zone, LIFETIME)
    forger = Forger(server.address, 100, bench.seed)
    try:
        with Stage(bench, name_servers=[forger.address]) as stage:
            told = [stage.deliver(plain(f"d{n}.test"), sender=f"<x@d{n}.test>", helo=f"h{n}.test").result_of("spf")
                    for n in range(count)]
        return Found(set(told) == {"fail"}, f"{forger.sent} forged datagrams for {count} messages, "
                                            f"{sum(result == 'pass' for result in told)} believed, "
                                            f"{sum(result not in ('pass', 'fail') for result in told)} failures")
    finally:
        forger.stop()
        server.stop()
