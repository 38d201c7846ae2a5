"""Sendmail with its short default timeouts."""

from pathlib import Path

from harness import programs
from harness.client import Client
from harness.sendmail import Sendmail

from .bench import Found, Skipped, Stage, fault, plain
from .dns import address_of, silent_server

FAULTS: list = []
NEEDS_ROOT = True
DEFAULT_TIMEOUTS = "C:5m;S:10s;R:10s;E:5m"


@fault(FAULTS, "R-38", "Sendmail with its default timeouts, no name server answers", "0 filter timeouts, temperror, accepted")
def black_hole(bench):
    if not Path(programs.sendmail, "usr/libexec/sendmail/sendmail").exists():
        raise Skipped(f"packaging/unpack-sendmail.sh {programs.sendmail}")
    settings = {"dns": {"timeout": f"{bench.many(5000, 2000)}ms", "attempts": bench.many(4, 2), "message_budget": "25s"},
                "roles": {"internal_hosts": ["127.0.0.1/32"]}}
    with silent_server() as hole, Stage(bench, settings, name_servers=[address_of(hole)]) as stage:
        mta = Sendmail(stage.folder / "sendmail", Path(programs.sendmail), stage.paraphd.socket, DEFAULT_TIMEOUTS)
        mta.start()
        try:
            with Client(mta.port, source="127.0.0.5") as client:
                client.hello("mx.loop.test")
                client.send("ann@loop.test", ["one@rcpt.test"], bench.sign(plain("loop.test"), "loop.test"))
            delivered = mta.mailboxes.read("one@rcpt.test")
            results = " ".join(delivered.all("authentication-results"))
            timeouts = [line for line in mta.log().splitlines() if "ilter" in line and "timeout" in line]
        finally:
            mta.stop()
        waited = [part for line in stage.log().splitlines() for part in line.split() if part.startswith("dns_ms=")]
        ok = not timeouts and all(f"{method}=temperror" in results for method in ("spf", "dkim", "dmarc"))
        return Found(ok, f"{len(timeouts)} timeouts, {' '.join(waited)}, spf, dkim and dmarc "
                         f"{'temperror' if ok else results}")
