"""Logs that nobody takes, full disks and read-only ones: mail must flow all the same."""

import contextlib
import os
import re
import socket
import subprocess
import time

from harness.process import HarnessError

from .bench import Found, Skipped, Stage, fault, percentile, plain

FAULTS: list = []

# A /dev for the daemon alone, in which /dev/log is ours.
OWN_DEV = ('for name in null zero random urandom; do : >"$0/$name" && mount --bind "/dev/$name" "$0/$name" || exit 1; done; '
           'mount --rbind "$0" /dev && exec "$@"')


def with_own_dev(folder) -> tuple[str, ...]:
    (folder / "dev").mkdir()
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode != 0:
        raise Skipped("needs a /dev of the daemon's own: root, and no chroot without a mount of its own")
    return ("unshare", "--mount", "sh", "-c", OWN_DEV, str(folder / "dev"))


def time_messages(bench, stage, count: int) -> tuple[list[float], int]:
    """How long messages take one after the other, and how many were not accepted with their results."""
    times, wrong = [], 0
    for _ in range(count):
        begin = time.monotonic()
        outcome = stage.deliver(plain())
        times.append(time.monotonic() - begin)
        wrong += outcome.reply != b"c" or outcome.result_of("spf") != "pass"
    return times, wrong


def flows(bench, **stage_options):
    """Enough messages to fill any buffer on the way, and an end that is not held up either."""
    with Stage(bench, **stage_options) as stage:
        times, wrong = time_messages(bench, stage, bench.many(5000, 700))
        usage = stage.usage()
        begin = time.monotonic()
        status = stage.paraphd.stop()
        ended = time.monotonic() - begin
    return Found(wrong == 0 and bench.within(max(times), 0.05) and status == 0 and bench.within(ended, 2.5),
                 f"{len(times)} messages, {wrong} wrong, p99 {percentile(times, 0.99) * 1000:.1f} ms, slowest "
                 f"{max(times) * 1000:.0f} ms, {usage.kilobytes / 1024:.1f} MB; stopped in {ended:.2f} s, status {status}")


GOAL = "none wrong, none held up (<= 50 ms), ends in <= 2.5 s"


@fault(FAULTS, "R-29", "there is no /dev/log", GOAL)
def no_syslog(bench):
    return flows(bench, wrap=with_own_dev(bench.new_folder()), log_target="syslog")


def flows_unread(bench, kind: int):
    """With a /dev/log of this kind of socket, which nobody reads."""
    folder = bench.new_folder()
    wrap = with_own_dev(folder)
    with socket.socket(socket.AF_UNIX, kind) as log:
        log.bind(str(folder / "dev/log"))
        if kind == socket.SOCK_STREAM:
            log.listen()
        return flows(bench, wrap=wrap, log_target="syslog")


@fault(FAULTS, "R-29", "/dev/log is full: nobody reads it", GOAL)
def full_syslog(bench):
    return flows_unread(bench, socket.SOCK_DGRAM)


@fault(FAULTS, "R-29", "/dev/log is a stream whose reader sleeps", GOAL)
def stuck_syslog(bench):
    return flows_unread(bench, socket.SOCK_STREAM)


@fault(FAULTS, "R-29", "the syslog daemon dies and comes back", "none wrong; it hears of messages again")
def syslog_restarts(bench):
    if os.geteuid() != 0:
        raise Skipped("needs root, for a /dev of the daemon's own")
    folder = bench.new_folder()
    wrap, path = with_own_dev(folder), folder / "dev/log"
    with contextlib.ExitStack() as closing:
        first = closing.enter_context(listening_log(path))
        with Stage(bench, wrap=wrap, log_target="syslog") as stage:
            _, wrong = time_messages(bench, stage, 3)
            heard = await_lines(first, 3)
            first.close()
            path.unlink()
            _, more = time_messages(bench, stage, 20)
            second = closing.enter_context(listening_log(path))
            _, last = time_messages(bench, stage, 5)
            again = await_lines(second, 5)
    return Found(wrong + more + last == 0 and heard >= 3 and again >= 5,
                 f"{heard} lines before, {again} after, {wrong + more + last} messages wrong")


def listening_log(path) -> socket.socket:
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind(str(path))
    log.setblocking(False)
    return log


def await_lines(log: socket.socket, least: int, patience: float = 5) -> int:
    """How many lines came. The daemon writes them when it gets to it, which may be after the message's end."""
    count, end = 0, time.monotonic() + patience
    while True:
        with contextlib.suppress(BlockingIOError):
            while log.recv(65536):
                count += 1
        if count >= least or time.monotonic() > end:
            return count
        time.sleep(0.02)


def to_file(path: str) -> tuple[str, ...]:
    return ("sh", "-c", 'exec "$@" 2>"$0"', path)


@fault(FAULTS, "R-29", "standard error is a pipe that nobody reads", GOAL)
def blocked_pipe(bench):
    path = bench.new_folder() / "pipe"
    os.mkfifo(path)
    held = os.open(path, os.O_RDWR)
    try:
        return flows(bench, wrap=to_file(str(path)), log_is_lost=True)
    finally:
        os.close(held)


@fault(FAULTS, "R-29", "a blocked pipe is read again", "lines again, and one that tells how many were lost")
def pipe_read_again(bench):
    path = bench.new_folder() / "pipe"
    os.mkfifo(path)
    held = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    try:
        with Stage(bench, wrap=to_file(str(path)), log_is_lost=True) as stage:
            # More than the pipe and the daemon's own queue hold.
            _, wrong = time_messages(bench, stage, 3500)
            text, total = "", 3500
            end = time.monotonic() + 20
            while total < 3900 and time.monotonic() < end:
                text += drained(held)
                wrong += time_messages(bench, stage, 20)[1]
                total += 20
            time.sleep(0.3)
            text += drained(held)
            told = [int(number) for number in re.findall(r"(\d+) log lines were lost", text)]
            came, lost = text.count("spf=pass"), max(told, default=0)
            # Lines that tell of lost ones are among the lost.
            return Found(wrong == 0 and lost > 0 and total <= came + lost <= total + 100,
                         f"{total} messages, {came} lines came, {lost} told lost, {wrong} messages wrong")
    finally:
        os.close(held)


def drained(descriptor: int) -> str:
    text = b""
    with contextlib.suppress(BlockingIOError):
        while piece := os.read(descriptor, 65536):
            text += piece
    return text.decode(errors="replace")


@fault(FAULTS, "R-29", "the reader of standard error is gone", GOAL)
def broken_pipe(bench):
    path = bench.new_folder() / "pipe"
    os.mkfifo(path)
    held = os.open(path, os.O_RDWR)
    # The shell opens the pipe, we let go of it: from then on every write ends with EPIPE.
    script = 'exec 3>"$0"; exec "$@" 2>&3 3>&-'
    try:
        with Stage(bench, wrap=("sh", "-c", script, str(path)), log_is_lost=True) as stage:
            os.close(held)
            held = -1
            times, wrong = time_messages(bench, stage, 300)
            return Found(wrong == 0 and stage.paraphd.running() and bench.within(max(times), 0.05),
                         f"{len(times)} messages, {wrong} wrong, slowest {max(times) * 1000:.0f} ms")
    finally:
        if held >= 0:
            os.close(held)


@fault(FAULTS, "R-28", "the log goes to a full disk", GOAL)
def full_disk(bench):
    return flows(bench, wrap=to_file("/dev/full"), log_is_lost=True)


# Everything but the private folder of the test, where its log goes.
READ_ONLY = ('for place in $(awk \'{ print $2 }\' /proc/self/mounts | sort -r); do '
             'case "$place" in /proc*|/sys*|/dev*) ;; *) mount -o remount,bind,ro "$place" 2>/dev/null;; esac; done; '
             'if touch "$0/probe" 2>/dev/null; then exit 9; fi; exec "$@"')


@fault(FAULTS, "R-28", "every file system is read-only; start, verify, sign and reload", "all of it works")
def read_only(bench):
    if os.geteuid() != 0:
        raise Skipped("needs root, to mount for the daemon alone")
    wrap = ("unshare", "--mount", "sh", "-c", READ_ONLY, str(bench.new_folder()))
    try:
        with Stage(bench, wrap=wrap, keys=("ours.test",)) as stage:
            verified = stage.deliver(bench.sign(plain()))
            signed = stage.deliver(plain("ours.test"), client="127.0.0.1")
            stage.paraphd.reload()
            time.sleep(0.3)
            reloaded = "configuration reloaded" in stage.log()
            ok = verified.result_of("dkim") == "pass" and len(signed.inserted("DKIM-Signature")) == 1 and reloaded
            return Found(ok, f"dkim={verified.result_of('dkim')}, {len(signed.inserted('DKIM-Signature'))} signature, "
                             f"{'reloaded' if reloaded else 'not reloaded'}")
    except HarnessError as problem:
        raise Skipped(f"no read-only file systems here: {str(problem).splitlines()[0]}") from None
