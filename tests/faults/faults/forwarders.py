"""What the owner of a zone can do to everybody else's mail through a resolver that is honest: unbound and dnsmasq."""

import contextlib

from harness.dns import NameServer, Zone
from harness.forwarders import Dnsmasq, Unbound
from harness.process import HarnessError
from harness.site import WORLD

from .bench import Found, LIFETIME, Others, Skipped, Stage, fault, plain

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
