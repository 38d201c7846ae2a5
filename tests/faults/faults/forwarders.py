"""What the owner of a zone can do to everybody else's mail through a resolver that is honest: unbound and dnsmasq."""

import contextlib
import socket
import struct
import threading
import time

from harness.dns import NameServer, Zone
from harness.forwarders import Dnsmasq, Unbound
from harness.process import HarnessError, free_port
from harness.site import WORLD

from .bench import Background, Found, LIFETIME, Others, Skipped, Stage, fault, plain

FAULTS: list = []

RESOLVERS = {"unbound": Unbound, "dnsmasq": Dnsmasq}


@contextlib.contextmanager
def behind(bench, program: str, zone: tuple[str, ...], settings: dict = None):
    """A daemon that asks the program, which asks the test's name server."""
    folder = bench.new_folder()
    server = NameServer(folder, Zone([*WORLD, bench.key_line("pass.test"), *zone]), LIFETIME)
    try:
        try:
            forwarder = RESOLVERS[program](folder, server.address)
        except HarnessError as problem:
            raise Skipped(str(problem).splitlines()[0]) from None
        try:
            with Stage(bench, settings, name_servers=[forwarder.address]) as stage:
                yield stage
        finally:
            forwarder.stop()
    finally:
        server.stop()


VICTIMS = 6
STRANGER = "203.0.113.99"  # nobody's record allows it
# More than a datagram holds.
LONG = " ".join('"' + "x" * 250 + '"' for _ in range(6))


def victims(bench) -> tuple[str, ...]:
    """Domains whose SPF, DMARC and key records need TCP, and which want forgeries rejected."""
    zone = []
    for number in range(VICTIMS):
        domain = f"victim{number}.test"
        zone += [f"{domain} 300 TXT \"v=spf1 ip4:192.0.2.0/24 -all\"", f"{domain} 300 TXT {LONG}",
                 f"_dmarc.{domain} 300 TXT \"v=DMARC1; p=reject; n=\" {LONG}", bench.key_line(domain),
                 *(f"{name}{domain} FAULT truncate" for name in ("", "_dmarc.", "sel._domainkey."))]
    return tuple(zone)


def verdicts_of_victims(bench, stage, pause: float = 0) -> list[str]:
    """Of a forgery or of an honest message of each victim, in turn: what was told that should not have been."""
    wrong = []
    for number in range(VICTIMS):
        time.sleep(pause)
        domain = f"victim{number}.test"
        if number % 2:
            outcome = stage.deliver(bench.sign(plain(domain), domain), sender=f"<x@{domain}>")
            right = ["pass", "pass", "pass"]
        else:
            outcome = stage.deliver(plain(domain), sender=f"<x@{domain}>", client=STRANGER)
            right = ["fail", "none", "fail"]
        told = [outcome.result_of(method) for method in ("spf", "dkim", "dmarc")]
        if told != right:
            wrong.append(f"{domain}: {'/'.join(told)}")
    return wrong


class Storm(Background):
    """Mail whose every record is truncated and then withheld: one domain with ten signatures a message."""

    def __init__(self, bench, stage, threads: int):
        super().__init__(threads)
        self._stage, self.sent = stage, 0
        self._message = plain("stall.test")
        for number in range(10):
            self._message = bench.sign(self._message, f"d{number}.stall.test", f"s{number}")

    def _work(self, number: int) -> None:
        while not self._over.is_set():
            self._stage.deliver(self._message, sender=f"<x@n{self.sent}.stall.test>", helo=f"h{number}.stall.test")
            self.sent += 1


def storm_zone() -> tuple[str, ...]:
    names = ["_dmarc.stall.test", "stall.test", *(f"s{n}._domainkey.d{n}.stall.test" for n in range(10)),
             *(f"n{n}.stall.test" for n in range(500)), *(f"h{n}.stall.test" for n in range(10))]
    return tuple(f"{name} FAULT truncate_stall" for name in names)


def storm_of_stalls(bench, program: str):
    with behind(bench, program, (*storm_zone(), *victims(bench))) as stage:
        with Storm(bench, stage, 6) as storm:
            time.sleep(bench.many(60, 1))
            wrong = verdicts_of_victims(bench, stage, pause=0.5)
        return Found(not wrong, f"{storm.sent} messages of the storm, {VICTIMS - len(wrong)} of {VICTIMS} right "
                                f"{'; '.join(wrong)}")


for name in RESOLVERS:
    fault(FAULTS, "S-40", f"a storm of mail whose records stall over TCP, through {name}",
          "a forgery of a p=reject domain fails, its own mail passes")(lambda bench, name=name: storm_of_stalls(bench, name))


class Hanging:
    """A name server in front of `real` that ends its first connections without an answer, and all others after one."""

    def __init__(self, real: str, hang_ups: int):
        host, _, port = real.rpartition(":")
        self._real, self._left = (host, int(port)), hang_ups
        self._lock = threading.Lock()
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        address = ("127.0.0.1", free_port())
        self._udp.bind(address)
        self._tcp.bind(address)
        self._tcp.listen(128)
        self._over = False
        for serve in (self._serve_udp, self._serve_tcp):
            threading.Thread(target=serve, daemon=True).start()

    @property
    def address(self) -> str:
        return "{}:{}".format(*self._udp.getsockname())

    def stop(self) -> None:
        self._over = True
        self._udp.close()
        self._tcp.close()

    def _serve_udp(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking, contextlib.suppress(OSError):
            while not self._over:
                query, client = self._udp.recvfrom(4096)
                asking.sendto(query, self._real)
                self._udp.sendto(asking.recv(65535), client)

    def _serve_tcp(self) -> None:
        with contextlib.suppress(OSError):
            while not self._over:
                connection, _ = self._tcp.accept()
                threading.Thread(target=self._serve_connection, args=(connection,), daemon=True).start()

    def _serve_connection(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            size = connection.recv(2)
            query = connection.recv(struct.unpack(">H", size)[0])
            with self._lock:
                self._left -= 1
                hang_up = self._left >= 0
            if not hang_up:
                with socket.create_connection(self._real) as real, real.makefile("rb") as answer:
                    real.sendall(size + query)
                    size = answer.read(2)
                    connection.sendall(size + answer.read(struct.unpack(">H", size)[0]))


def hang_ups(bench, count: int):
    folder = bench.new_folder()
    server = NameServer(folder, Zone([*WORLD, bench.key_line("pass.test"), *victims(bench)]), LIFETIME)
    front = Hanging(server.address, count)
    try:
        with Stage(bench, name_servers=[front.address]) as stage:
            wrong = verdicts_of_victims(bench, stage)
            return Found(not wrong, f"{VICTIMS - len(wrong)} of {VICTIMS} right {'; '.join(wrong)}")
    finally:
        front.stop()
        server.stop()


for number in (1, 2):
    fault(FAULTS, "S-40", f"a name server that hangs up on its first {number} connection(s)",
          "no verdict is another one")(lambda bench, number=number: hang_ups(bench, number))


def hollow_records(bench, program: str):
    """Ten signatures whose keys, and the sender's SPF and DMARC records, are texts of 64,000 empty strings."""
    names = ["", "_dmarc.", *(f"s{n}._domainkey." for n in range(10))]
    zone = tuple(f"{name}bomb.test FAULT hollow" for name in names)
    message = plain("bomb.test")
    for number in range(10):
        message = bench.sign(message, "bomb.test", f"s{number}")
    with behind(bench, program, zone) as stage:
        stage.deliver(plain())
        before, peak = stage.usage(), stage.paraphd.resident_kilobytes()
        with Others(stage) as others:
            outcome = stage.deliver(message, sender="<x@bomb.test>")
        megabytes = (stage.paraphd.resident_kilobytes() - peak) / 1024
        seconds = stage.usage().cpu_seconds - before.cpu_seconds
        told = [outcome.result_of(method) for method in ("spf", "dkim", "dmarc")]
        ok = (told == ["none", " ".join(["permerror"] * 10), "none"] and outcome.reply == b"c" and not others.problems
              and bench.within(megabytes, 16) and bench.within(seconds, 0.5) and bench.within(others.p99, 0.05))
        return Found(ok, f"{'/'.join(told)}, {megabytes:.1f} MB more, {seconds:.2f} s of CPU, {others}")


for name in RESOLVERS:
    fault(FAULTS, "S-40", f"twelve texts of 64,000 empty strings in one mail, through {name}",
          "<= 16 MB, <= 0.5 s of CPU, others' p99 <= 50 ms")(lambda bench, name=name: hollow_records(bench, name))
