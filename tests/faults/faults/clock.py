"""The wall clock steps while mail is under way."""

import struct
import threading
import time
from pathlib import Path

from harness import programs

from .bench import Found, Skipped, Stage, fault, plain

FAULTS: list = []
DAY = 86_400


class Clock:
    """The wall clock of one daemon."""

    def __init__(self, folder: Path):
        self._file = folder / "offset"
        self.set(0)
        shim = Path(programs.build, "tests/faults/libparaph_clock_shim.so")
        if not shim.exists():
            raise Skipped(f"{shim} was not built")
        # A sanitizer wants to be the first library; it does without.
        self.wrap = ("env", f"LD_PRELOAD={shim}", f"PARAPH_CLOCK_OFFSET={self._file}",
                     "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0")

    def set(self, seconds: int) -> None:
        with self._file.open("r+b" if self._file.exists() else "w+b") as file:  # the daemon has it mapped
            file.write(struct.pack("=q", seconds))


def signed_here(stage) -> bytes:
    """A message with the daemon's own signature, which expires."""
    outcome = stage.deliver(plain("ours.test"), client="127.0.0.1")
    (field,) = outcome.inserted("DKIM-Signature")
    return b"DKIM-Signature:" + field.encode().replace(b"\n", b"\r\n") + b"\r\n" + plain("ours.test")


@fault(FAULTS, "R-30", "the clock steps by a day, forward and back", "t= and x= follow it, the cache does not, no restart")
def steps(bench):
    clock = Clock(bench.new_folder())
    with Stage(bench, {"signing": {"lifetime": "1h"}}, keys=("ours.test",), wrap=clock.wrap) as stage:
        message = signed_here(stage)
        told = {}
        for name, offset in (("now", 0), ("+1 day", DAY), ("-1 day", -DAY), ("now again", 0)):
            clock.set(offset)
            told[name] = stage.deliver(message, sender="<alice@ours.test>").result_of("dkim")
        asked = stage.query_log.read_text().count("TXT our._domainkey.ours.test.")
        stamped = "T" in stage.log().splitlines()[-1][:20]
        return Found(list(told.values()) == ["pass", "fail", "permerror", "pass"] and asked == 1 and stamped,
                     f"{told}, {asked} question for the key")


@fault(FAULTS, "R-30", "the clock steps while a message waits for the DNS", "the wait is neither cut nor stretched (2 s)")
def steps_while_waiting(bench):
    clock = Clock(bench.new_folder())
    zone = tuple(f"s{n}.test {what}" for n in range(3) for what in ("FAULT delay=1000", "300 TXT \"v=spf1 ip4:192.0.2.0/24\""))
    with Stage(bench, zone=zone, wrap=clock.wrap) as stage:
        told = []
        for number, offset in enumerate((DAY, -DAY, -50 * 365 * DAY)):
            timer = threading.Timer(0.4, clock.set, (offset,))
            timer.start()
            begin = time.monotonic()
            outcome = stage.deliver(plain(f"s{number}.test"), sender=f"<x@s{number}.test>", helo=f"h{number}.test")
            told.append((outcome.result_of("spf"), time.monotonic() - begin))
            timer.join()
        ok = all(result == "pass" and seconds > 0.9 and bench.within(seconds, 2.0) for result, seconds in told)
        return Found(ok, ", ".join(f"{result} after {seconds:.2f} s" for result, seconds in told))


@fault(FAULTS, "R-30", "the daemon starts with a clock of 1970", "starts, signs, checks; right once the clock is set")
def starts_in_1970(bench):
    clock = Clock(bench.new_folder())
    clock.set(-int(time.time()) + 100)
    with Stage(bench, keys=("ours.test",), wrap=clock.wrap) as stage:
        spf = stage.deliver(plain()).result_of("spf")
        clock.set(0)
        message = signed_here(stage)
        dkim = stage.deliver(message, sender="<alice@ours.test>").result_of("dkim")
        return Found((spf, dkim) == ("pass", "pass"), f"spf={spf} in 1970, dkim={dkim} now")
