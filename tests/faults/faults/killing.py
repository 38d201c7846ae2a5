"""The daemon killed, stopped and replaced while mail comes in: nothing lost, nothing twice, nothing accepted unchecked."""

import collections
import contextlib
import signal
import smtplib
import threading
import time

from harness.client import Refused, send_one
from harness.maildir import Delivered
from harness.postfix import Postfix
from harness.process import HarnessError, eventually
from milter_client import Milter, ProtocolError

from .bench import ALLOWED, AUTHSERV_ID, Background, Found, Stage, fault, percentile, plain

FAULTS: list = []
RESTART_PAUSE = 0.1  # RestartSec= of systemd, unless a unit says otherwise


class Supervisor(Background):
    """Starts the daemon again whenever it ended, as an init system would."""

    def __init__(self, stage):
        super().__init__(1)
        self._paraphd = stage.paraphd
        self._address = stage.address
        self.starts = 0

    def _work(self, _) -> None:
        while not self._over.wait(0.01):
            if not self._paraphd.running():
                time.sleep(RESTART_PAUSE)
                self._paraphd.launch()
                self.starts += 1

    def seconds_until_service(self, before: int) -> float:
        """From now until a daemon that is not the killed one answers."""
        begin = time.monotonic()
        eventually("the daemon to serve again", lambda: self.starts > before and self._answers(), 30, 0.01)
        return time.monotonic() - begin

    def _answers(self) -> bool:
        try:
            with Milter(self._address, 5) as milter:
                return milter.event(b"C", b"mx.test\0U", {"j": "mx.test"})[0] == b"c"
        except (OSError, ProtocolError):
            return False


def kill_again_and_again(stage, supervisor: Supervisor, count: int, pause: float, number: int = signal.SIGKILL) -> list[float]:
    back = []
    for _ in range(count):
        before = supervisor.starts
        stage.paraphd.tell(number)
        back.append(supervisor.seconds_until_service(before))
        time.sleep(pause)
    return back


class Senders(Background):
    """Mail servers that speak to the daemon itself and try again what was not accepted."""

    def __init__(self, stage, connections: int = 8):
        super().__init__(connections)
        self._stage = stage
        self._message = stage.bench.sign(plain())
        self.replies: collections.Counter = collections.Counter()
        self.unchecked: list = []

    def _work(self, _) -> None:
        while not self._over.is_set():
            try:
                with Milter(self._stage.address, 30) as milter:
                    outcome = milter.deliver(self._message, client=ALLOWED, sender="<ann@pass.test>")
            except (OSError, ProtocolError):
                self.replies["cut off"] += 1
                time.sleep(0.02)
                continue
            self.replies[outcome.reply.decode()] += 1
            if outcome.reply == b"c" and {result for _, result in outcome.results()} != {"pass"}:
                self.unchecked.append(outcome)


def killed_under_load(bench, unix: bool):
    with Stage(bench, unix=unix) as stage, Supervisor(stage) as supervisor, Senders(stage) as senders:
        back = kill_again_and_again(stage, supervisor, bench.many(100, 5), 0.3)
        time.sleep(0.5)
    ok = bench.within(max(back), 2.0) and not senders.unchecked and senders.replies["c"] > 0
    return Found(ok, f"{len(back)} kills, back in {percentile(back, 0.5):.2f} s (median), {max(back):.2f} s (worst); "
                     f"replies {dict(senders.replies)}, {len(senders.unchecked)} accepted without a result"
                     + "".join(f" {outcome}" for outcome in senders.unchecked[:1]))


@fault(FAULTS, "R-25", "kill -9 under load, unix socket", "back in <= 2 s, 0 accepted without a result")
def killed_unix(bench):
    return killed_under_load(bench, True)


@fault(FAULTS, "R-25", "kill -9 under load, inet socket", "back in <= 2 s, 0 accepted without a result")
def killed_inet(bench):
    return killed_under_load(bench, False)


class Queue:
    """Sites that send through Postfix and keep each message until it was accepted."""

    def __init__(self, postfix: Postfix, message: bytes):
        self._postfix, self._message = postfix, message
        self.accepted: list[str] = []
        self.deferred = 0
        self.refused: list[str] = []
        self._over = threading.Event()

    def send(self, name: str) -> None:
        """One message, tried until the answer is final."""
        recipient = f"{name}@rcpt.test"
        while True:
            try:
                send_one(self._postfix.port, self._message, address=ALLOWED, sender="ann@pass.test", recipient=recipient,
                         helo="mx.pass.test")
                self.accepted.append(recipient)
                return
            except Refused as problem:
                if problem.code // 100 == 5:
                    self.refused.append(f"{recipient}: {problem}")
                    return
            except (OSError, smtplib.SMTPException):  # the connection ended without an answer
                pass
            self.deferred += 1
            time.sleep(0.05)

    def run(self, number: int) -> None:
        for count in range(10**6):
            if self._over.is_set():
                return
            self.send(f"m{number}x{count}")

    def stop(self) -> None:
        self._over.set()


def accounts(postfix: Postfix, accepted: list[str]) -> tuple[int, int, int]:
    """How many messages were lost, came more than once, and came without a result of ours."""
    with contextlib.suppress(HarnessError):
        eventually("all accepted mail", lambda: set(accepted) <= set(postfix.mailboxes.by_recipient()), 120, every=1)
    boxes = postfix.mailboxes.by_recipient()
    lost = sum(recipient not in boxes for recipient in accepted)
    twice = sum(len(files) > 1 for files in boxes.values())
    unchecked = sum(not is_checked(Delivered(file.read_bytes())) for files in boxes.values() for file in files)
    return lost, twice, unchecked


def is_checked(delivered: Delivered) -> bool:
    ours = [text for text in delivered.all("authentication-results") if text.startswith(AUTHSERV_ID)]
    return len(ours) == 1 and "dkim=pass" in ours[0]


def behind_postfix(bench, unix: bool, disturb):
    """Mail through Postfix while `disturb` does its worst; what it gives is told."""
    with Stage(bench, unix=unix) as stage:
        postfix = Postfix(stage.folder / "postfix", stage.paraphd.socket, {"virtual_mailbox_domains": "rcpt.test"})
        postfix.start()
        try:
            queue = Queue(postfix, bench.sign(plain()))
            threads = [threading.Thread(target=queue.run, args=(number,), daemon=True) for number in range(6)]
            for thread in threads:
                thread.start()
            with Supervisor(stage) as supervisor:
                ok, told = disturb(stage, supervisor)
                queue.stop()
                for thread in threads:
                    thread.join()
            lost, twice, unchecked = accounts(postfix, queue.accepted)
        finally:
            postfix.stop()
    ok = ok and not (lost or twice or unchecked or queue.refused) and len(queue.accepted) > 10
    return Found(ok, f"{told}; {len(queue.accepted)} accepted after {queue.deferred} deferrals, {lost} lost, {twice} twice, "
                     f"{unchecked} without a result, {len(queue.refused)} refused {'; '.join(queue.refused[:1])}")


@fault(FAULTS, "R-25", "kill -9 under load, behind Postfix with default_action=tempfail",
       "back in <= 2 s, 0 lost, 0 twice, 0 without a result")
def killed_behind_postfix(bench):
    def kill(stage, supervisor):
        back = kill_again_and_again(stage, supervisor, bench.many(100, 4), 0.5)
        return bench.within(max(back), 2.0), f"{len(back)} kills, back in {max(back):.2f} s at worst"
    return behind_postfix(bench, True, kill)


@fault(FAULTS, "D-08", "stopped and started under load, behind Postfix", "0 lost, 0 twice, 0 without a result")
def restarted_behind_postfix(bench):
    def restart(stage, supervisor):
        back = kill_again_and_again(stage, supervisor, bench.many(100, 2), 0.5, signal.SIGTERM)
        return True, f"{len(back)} restarts, back in {max(back):.2f} s at worst"
    return behind_postfix(bench, False, restart)
