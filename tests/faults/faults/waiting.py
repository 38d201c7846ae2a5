"""Many sessions that wait for slow name servers, beside others that need not."""

import threading
import time

from harness import programs
from milter_client import ProtocolError

from .bench import Found, Others, Stage, Usage, fault, in_threads, percentile, plain

FAULTS: list = []


class SlowMail:
    """So many sessions at once, each with a domain that no cache knows, for so many seconds."""

    def __init__(self, stage, sessions: int, suffix: str):
        self._stage, self._sessions, self._suffix = stage, sessions, suffix
        self.times: list[float] = []
        self.ends: dict[str, int] = {}
        self.peak: Usage = stage.usage()
        self._over = threading.Event()
        self._lock = threading.Lock()

    def run(self, seconds: float) -> None:
        watcher = threading.Thread(target=self._watch)
        watcher.start()
        end = time.monotonic() + seconds
        in_threads(self._sessions, lambda number: self._send(number, end))
        self._over.set()
        watcher.join()

    def _send(self, number: int, end: float) -> None:
        count = 0
        while True:
            domain = f"d{number}x{count}.{self._suffix}"
            try:
                outcome = self._stage.deliver(plain(domain), sender=f"<x@{domain}>", helo=f"h.{domain}")
                told = outcome.result_of("spf") if outcome.reply == b"c" else "451"
                self.times.append(outcome.seconds)
            except (OSError, ProtocolError) as problem:
                told = type(problem).__name__
            with self._lock:
                self.ends[told] = self.ends.get(told, 0) + 1
            count += 1
            if time.monotonic() > end:
                return

    def _watch(self) -> None:
        while not self._over.wait(0.2):
            now = self._stage.usage()
            self.peak = Usage(*(max(pair) for pair in zip(vars(self.peak).values(), vars(now).values())))


@fault(FAULTS, "R-10", "sessions at once, every answer 2 s late: 1000 of them (in short: 200)",
       "p50 <= 2.3 s, p99 <= 3 s, <= 150 MB, <= 1100 threads, others' p99 <= 50 ms")
def slow_answers(bench):
    # With the default timeout of 2 s the answer and the end of patience would race.
    with Stage(bench, {"limits": {"waiting_messages": 2000}}, fault_of_all="delay=2000") as stage:
        with Others(stage) as others:
            time.sleep(0.3)
            mail = SlowMail(stage, bench.many(1000, 200), "slow.test")
            mail.run(bench.many(600, 0))
        p50, p99 = percentile(mail.times, 0.5), percentile(mail.times, 0.99)
        small = mail.peak.kilobytes <= 150 * 1024 or programs.is_instrumented()
        ok = (set(mail.ends) == {"none"} and not others.problems and bench.within(p50, 2.3) and bench.within(p99, 3)
              and mail.peak.threads <= 1100 and small and bench.within(others.p99, 0.05))
        return Found(ok, f"{len(mail.times)} messages, p50 {p50:.2f} s, p99 {p99:.2f} s, {mail.ends}; "
                         f"at most {mail.peak}; {others}")


@fault(FAULTS, "R-11", "one domain that takes 30 s (in short: 3 s) among fast ones", "fast ones' p99 <= 50 ms")
def one_slow_domain(bench):
    delay = bench.many(30_000, 3000)
    zone = ("slow.test 300 TXT \"v=spf1 -all\"", f"slow.test FAULT delay={delay}")
    settings = {"dns": {"timeout": "40s", "attempts": 1, "message_budget": "60s"}}
    with Stage(bench, settings, zone=zone) as stage:
        with Others(stage, rate=100) as others:
            problems = in_threads(20, lambda _: stage.deliver(plain("slow.test"), sender="<x@slow.test>", helo="slow.test"))
        return Found(not problems and not others.problems and bench.within(others.p99, 0.05), f"{others}")


@fault(FAULTS, "R-11", "20 sessions that wait, the first ones of a daemon, again and again", "no other session waits with them",
       full_only=True)
def first_burst(bench):
    """While libmilter's pool of threads grows, a session that is ready may be left to a thread that is about to wait."""
    rounds, slowest = 50, []
    zone = ("slow.test 300 TXT \"v=spf1 -all\"", "slow.test FAULT delay=1500")
    for _ in range(rounds):
        with Stage(bench, {"dns": {"timeout": "10s", "message_budget": "20s"}}, zone=zone) as stage:
            with Others(stage, rate=100) as others:
                in_threads(20, lambda _: stage.deliver(plain("slow.test"), sender="<x@slow.test>", helo="slow.test"))
            slowest.append(max(others.times))
    stalled = sum(seconds > 0.5 for seconds in slowest)
    return Found(bench.none(stalled), f"{stalled} of {rounds} rounds in which another session waited, {max(slowest):.2f} s at most")


@fault(FAULTS, "R-39", "a budget of 400 s, answers 12 s late (in short: 6 s)",
       "the start warns, the mail server is asked for patience every 5 s, the result is right")
def long_wait(bench):
    delay = bench.many(12_000, 6000)
    zone = ("slow.test 300 TXT \"v=spf1 ip4:192.0.2.0/24 -all\"", f"slow.test FAULT delay={delay}")
    with Stage(bench, {"dns": {"message_budget": "400s", "timeout": "30s"}}, zone=zone) as stage:
        warned = "message_budget" in stage.log()
        outcome = stage.deliver(plain("slow.test"), sender="<x@slow.test>", helo="mx.pass.test")
        ok = warned and outcome.result_of("spf") == "pass" and outcome.patience == delay // 5000
        return Found(ok, f"{'warned' if warned else 'no warning'}, {outcome.patience} requests for patience, "
                         f"spf={outcome.result_of('spf')}")
