"""The daemon told to stop: idle, with open connections, within messages; and its place taken by the next one."""

import contextlib
import signal
import time

from harness.process import eventually
from milter_client import ProtocolError

from .bench import ALLOWED, Found, Stage, fault, in_threads, percentile, plain

FAULTS: list = []


def stop_and_time(stage, number: int = signal.SIGTERM) -> tuple[float, bool]:
    """How long it took, and whether the end was an orderly one."""
    begin = time.monotonic()
    stage.paraphd.tell(number)
    eventually("the daemon to end", lambda: not stage.paraphd.running(), 60, 0.005)
    taken = time.monotonic() - begin
    return taken, stage.paraphd.stop() == 0


@fault(FAULTS, "R-24", "SIGTERM and SIGINT when idle, over inet and unix sockets", "<= 1 s, status 0")
def stop_idle(bench):
    times, orderly = [], True
    for unix in (False, True):
        for number in (signal.SIGTERM, signal.SIGINT):
            with Stage(bench, unix=unix) as stage:
                stage.deliver(plain())
                taken, ended = stop_and_time(stage, number)
                times.append(taken)
                orderly = orderly and ended
    return Found(orderly and bench.within(max(times), 1.0), f"slowest {max(times) * 1000:.0f} ms")


@fault(FAULTS, "R-24", "SIGTERM with 100 connections open and no message", "<= 1 s, status 0")
def stop_with_connections(bench):
    with Stage(bench) as stage, contextlib.ExitStack() as closing:
        for _ in range(100):
            milter = closing.enter_context(stage.milter())
            milter.event(b"C", b"mx.test\0U", {"j": "mx.test"})
        taken, orderly = stop_and_time(stage)
        return Found(orderly and bench.within(taken, 1.0), f"{taken * 1000:.0f} ms")


class Half:
    """A message whose first part was sent; the end comes after the daemon was told to stop."""

    def __init__(self, stage, message: bytes):
        self.milter = stage.milter()
        events = self.milter.conversation(message, client=ALLOWED, sender="<ann@pass.test>", helo="mx.pass.test")
        cut = next(place for place, event in enumerate(events) if event[0] == b"B")
        self.milter.play(events[:cut])
        self._rest = events[cut:]

    def finish(self) -> str:
        try:
            outcome = self.milter.play(self._rest)
        except (OSError, ProtocolError):
            return "cut off"
        finally:
            self.milter.close()
        return {b"c": "checked" if outcome.result_of("dkim") == "pass" else "UNCHECKED"}.get(outcome.reply, "451")


@fault(FAULTS, "R-23", "SIGTERM with 200 messages under way",
       "all finished or told 451, new connections told 451, 0 cut off, status 0 in <= 30 s")
def stop_under_way(bench):
    with Stage(bench) as stage:
        signed = bench.sign(plain())
        halves = [Half(stage, signed) for _ in range(bench.many(200, 100))]
        stage.paraphd.tell(signal.SIGTERM)
        begin = time.monotonic()
        eventually("the daemon to drain", lambda: "[DRAINING]" in stage.log() or not stage.paraphd.running())
        fresh: dict[str, int] = {}
        for _ in range(20):
            try:
                outcome = stage.deliver(plain())
                end = "accepted" if outcome.reply == b"c" else "451"
            except (OSError, ProtocolError):
                end = "refused"
            fresh[end] = fresh.get(end, 0) + 1
        ends: dict[str, int] = {}
        for half in halves:
            end = half.finish()
            ends[end] = ends.get(end, 0) + 1
        eventually("the daemon to end", lambda: not stage.paraphd.running(), 60, 0.01)
        taken, status = time.monotonic() - begin, stage.paraphd.stop()
        ok = set(ends) == {"checked"} and set(fresh) == {"451"} and status == 0 and bench.within(taken, 30)
        return Found(ok, f"under way {ends}, new {fresh}, ended after {taken:.2f} s, status {status}")


@fault(FAULTS, "R-23", "SIGTERM with messages that never end; a second SIGTERM", "drain_time (1 s) + 1 s; at once")
def stop_with_stuck_messages(bench):
    times = []
    for impatient in (False, True):
        settings = {"listen": {"drain_time": "20s" if impatient else "1s"}}
        with Stage(bench, settings) as stage:
            halves = [Half(stage, bench.sign(plain())) for _ in range(5)]
            begin = time.monotonic()
            stage.paraphd.tell(signal.SIGTERM)
            if impatient:
                time.sleep(0.3)
                stage.paraphd.tell(signal.SIGTERM)
            eventually("the daemon to end", lambda: not stage.paraphd.running(), 60, 0.01)
            times.append(time.monotonic() - begin)
            orderly = stage.paraphd.stop() == 0
            for half in halves:
                half.milter.leave()
    return Found(orderly and bench.within(times[0], 2.0) and bench.within(times[1], 1.3) and times[1] < 15,
                 f"{times[0]:.2f} s, and {times[1]:.2f} s with a second signal after 0.3 s")


@fault(FAULTS, "R-23", "SIGTERM with messages that wait for a name server that never answers",
       "each gets its temperror, status 0")
def stop_while_waiting(bench):
    with Stage(bench, fault_of_all="drop") as stage:
        ends: list[str] = []

        def send(number):
            if number == 0:
                time.sleep(1.5)
                stage.paraphd.tell(signal.SIGTERM)
                return
            try:
                outcome = stage.deliver(plain("hole.test"), sender=f"<x@d{number}.hole.test>", helo="hole.test")
                ends.append(outcome.result_of("spf") if outcome.reply == b"c" else "451")
            except (OSError, ProtocolError):
                ends.append("cut off")

        in_threads(21, send)
        eventually("the daemon to end", lambda: not stage.paraphd.running(), 60, 0.01)
        told = {end: ends.count(end) for end in set(ends)}
        return Found(set(ends) <= {"temperror", "451"} and stage.paraphd.stop() == 0, f"{told}")


@fault(FAULTS, "R-37", "the next daemon takes over, unix socket, as systemctl restart does it",
       "connections refused for <= 1 s in all, 0 accepted without a result")
def swap(bench):
    with Stage(bench, unix=True) as stage:
        gaps, unchecked = [], 0
        for _ in range(bench.many(50, 5)):
            stage.paraphd.tell(signal.SIGTERM)
            eventually("the old one to end", lambda: not stage.paraphd.running(), 60, 0.001)
            begin = time.monotonic()
            stage.paraphd.launch()
            while True:
                try:
                    outcome = stage.deliver(plain())
                    unchecked += outcome.reply == b"c" and outcome.result_of("spf") != "pass"
                    break
                except (OSError, ProtocolError):
                    time.sleep(0.005)
            gaps.append(time.monotonic() - begin)
        return Found(unchecked == 0 and bench.within(max(gaps), 1.0),
                     f"{len(gaps)} swaps, no service for {percentile(gaps, 0.5) * 1000:.0f} ms (median), "
                     f"{max(gaps) * 1000:.0f} ms (worst)")


@fault(FAULTS, "D-04", "a second daemon on a socket that is in use", "it ends with an error, the first keeps its socket")
def second_daemon(bench):
    told = []
    for unix in (True, False):
        with Stage(bench, unix=unix) as stage:
            first = stage.paraphd.pid
            second = type(stage.paraphd)(bench.new_folder(), stage.paraphd.settings, False)
            second.socket = stage.paraphd.socket
            second.write_config()
            second.launch()
            with contextlib.suppress(Exception):
                eventually("the second to end", lambda: not second.running(), 15)
            ended = not second.running()
            status = second.stop()
            served = stage.deliver(plain()).result_of("spf")
            told.append((ended and status != 0, served, stage.paraphd.pid == first and stage.paraphd.running()))
    return Found(all(entry == (True, "pass", True) for entry in told), f"unix {told[0]}, inet {told[1]}")
