"""What the faults are made with: a daemon with a name server, signed mail, a second client that measures how others fare,
and one printed line for each fault."""

import contextlib
import dataclasses
import multiprocessing
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Callable, Optional

import dkim

from harness.dns import NameServer, Zone
from harness.keys import KeyFile
from harness.paraphd import Paraphd
from harness.process import HarnessError, eventually
from harness.site import WORLD
from milter_client import Milter, ProtocolError, parse_address

AUTHSERV_ID = "mx.ours.test"
LIFETIME = 7200  # seconds after which a forgotten name server ends by itself
ALLOWED = "192.0.2.10"  # what the SPF record of pass.test allows

# The names that deliver() needs, for stages whose name server does something else with all others.
ANSWERED = tuple(f"{name}test FAULT delay=0" for name in ("pass.", "_dmarc.pass.", "sel._domainkey.pass.", "mx.pass.",
                                                          "_dmarc."))

HEAD = ("From: Ann <ann@{domain}>", "To: bob@rcpt.test", "Subject: A test", "Date: Mon, 02 Mar 2026 10:11:12 +0000",
        "Message-ID: <faults.1@{domain}>")


class Skipped(Exception):
    """The fault cannot be made here."""


@dataclasses.dataclass
class Fault:
    number: str
    name: str
    goal: str
    make: Callable
    full_only: bool = False


@dataclasses.dataclass
class Found:
    """What came of a fault. `ok` is the verdict, `figures` what is printed of it."""

    ok: bool
    figures: str


def fault(faults: list, number: str, name: str, goal: str, full_only: bool = False):
    """Puts the function below it into a module's list of faults."""
    def register(make):
        faults.append(Fault(number, name, goal, make, full_only))
        return make
    return register


def plain(domain: str = "pass.test", body: str = "Hello.\r\n") -> bytes:
    return ("\r\n".join(HEAD).format(domain=domain) + "\r\n\r\n" + body).encode()


class Bench:
    """What all faults of a run share."""

    def __init__(self, full: bool, strict: bool, seed: int):
        self.full, self.strict, self.seed = full, strict, seed
        self._exit = contextlib.ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="paraph-faults-"))
        self._exit.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.chmod(0o755)  # for daemons that run as somebody else
        self._stages = 0
        self.missed = False  # a goal, by the fault that is under way
        published = Zone()
        self._key = KeyFile(self.folder, published, "any.test", "sel")
        self._record = published.lines[0].removeprefix("sel._domainkey.any.test")

    def stop(self) -> None:
        self._exit.close()

    def within(self, value: float, limit: float) -> bool:
        """Whether a time or a size meets its goal. Where the machine is shared with others only what is far off counts."""
        self.missed = self.missed or value > limit
        return value <= (limit if self.strict else 10 * limit + 10)

    def none(self, count: int) -> bool:
        """Whether a count that should be none is, where a run that is not strict only tells of others."""
        self.missed = self.missed or count > 0
        return count == 0 or not self.strict

    def many(self, full: int, quick: int) -> int:
        return full if self.full else quick

    def new_folder(self) -> Path:
        self._stages += 1
        folder = self.folder / str(self._stages)
        folder.mkdir()
        folder.chmod(0o755)
        return folder

    def key_line(self, domain: str, selector: str = "sel") -> str:
        """The key record of any domain that signs with sign()."""
        return f"{selector}._domainkey.{domain}{self._record}"

    def sign(self, message: bytes, domain: str = "pass.test", selector: str = "sel", **more) -> bytes:
        """The message with one more signature on top, of a key whose record key_line() gives."""
        return dkim.sign(message, selector.encode(), domain.encode(), self._key.path.read_bytes(),
                         canonicalize=(b"relaxed", b"relaxed"), **more) + message


class Stage:
    """A daemon and its name server in a folder of their own. Use it as a context manager."""

    def __init__(self, bench: Bench, settings: Optional[dict] = None, zone: tuple[str, ...] = (), unix: bool = False,
                 wrap: tuple[str, ...] = (), name_servers: Optional[list[str]] = None, keys: tuple[str, ...] = (),
                 log_target: str = "stderr", log_is_lost: bool = False, fault_of_all: str = "",
                 lifetime: int = LIFETIME):
        self._exit = contextlib.ExitStack()
        self.bench, self.folder = bench, bench.new_folder()
        self.zone = Zone([*WORLD, bench.key_line("pass.test"), *zone, *(ANSWERED if fault_of_all else ())])
        self.keys = [KeyFile(self.folder, self.zone, domain, "our") for domain in keys]
        self._unix, self._wrap, self._settings, self._name_servers = unix, wrap, settings or {}, name_servers
        self._lifetime = lifetime
        self._fault_of_all = fault_of_all  # of all names without a FAULT line
        self._log_target, self._log_is_lost = log_target, log_is_lost or log_target != "stderr"
        self.name_server: Optional[NameServer] = None
        self.paraphd: Optional[Paraphd] = None

    def configuration(self) -> dict:
        if self._name_servers is None:
            self.name_server = NameServer(self.folder, self.zone, self._lifetime, more=self.name_server_options())
            self._exit.callback(self.name_server.stop)
        whole = {"authserv_id": AUTHSERV_ID, "domains": {key.domain: {"keys": [key.entry()]} for key in self.keys},
                 **self._settings}
        servers = self._name_servers if self._name_servers is not None else [self.name_server.address]
        whole["dns"] = {"nameservers": servers, **self._settings.get("dns", {})}
        whole["listen"] = {"max_connections": 4000, **self._settings.get("listen", {})}
        return whole

    @property
    def query_log(self) -> Path:
        return self.folder / "queries"

    def name_server_options(self) -> tuple[str, ...]:
        return "--query-log", str(self.query_log), *(("--fault", self._fault_of_all) if self._fault_of_all else ())

    def __enter__(self) -> "Stage":
        try:
            self.paraphd = Paraphd(self.folder, self.configuration(), self._unix, self._wrap)
            self._exit.callback(self._stop_paraphd)
            self.paraphd.log_target = self._log_target
            self.paraphd.write_config()
            self.paraphd.launch()
            if self._log_is_lost:
                eventually("the daemon to answer", self.answers)
            else:
                self.paraphd.await_ready()
        except BaseException:
            self._exit.close()
            raise
        return self

    def __exit__(self, *_) -> None:
        self._exit.close()

    def _stop_paraphd(self) -> None:
        """An end that is not the wanted one is an error of the daemon, unless the fault already ended it."""
        if self.paraphd.running():
            self.paraphd.stop()

    @property
    def address(self):
        return parse_address(self.paraphd.socket)

    def milter(self, timeout: float = 60) -> Milter:
        return Milter(self.address, timeout)

    def deliver(self, message: bytes, **session):
        with self.milter() as milter:
            return milter.deliver(message, **{"client": ALLOWED, "sender": "<ann@pass.test>", "helo": "mx.pass.test",
                                              **session})

    def answers(self) -> bool:
        """Whether somebody serves the socket."""
        if not self.paraphd.running():
            raise HarnessError(f"paraphd ended:\n{self.log()}")
        try:
            with self.milter(5) as milter:
                return milter.event(b"C", b"mx.test\0U", {"j": "mx.test"})[0] == b"c"
        except (OSError, ProtocolError):
            return False

    def log(self) -> str:
        return self.paraphd.log()

    def usage(self) -> "Usage":
        return Usage.of(self.paraphd.pid)

    def settled(self, before: "Usage", patience: float = 15) -> "Usage":
        """The daemon's descriptors and threads once they are back to what they were, or after all patience."""
        end = time.monotonic() + patience
        while True:
            now = self.usage()
            if (now.descriptors <= before.descriptors and now.threads <= before.threads) or time.monotonic() > end:
                return now
            time.sleep(0.1)


@dataclasses.dataclass
class Usage:
    descriptors: int
    threads: int
    kilobytes: int
    cpu_seconds: float

    @staticmethod
    def of(pid: int) -> "Usage":
        base = Path(f"/proc/{pid}")
        fields = base.joinpath("stat").read_text().rpartition(")")[2].split()
        # proc(5): fields 14, 15, 20 and 24, the state being the third.
        ticks, threads, pages = int(fields[11]) + int(fields[12]), int(fields[17]), int(fields[21])
        return Usage(len(list(base.joinpath("fd").iterdir())), threads, pages * 4, ticks / 100)

    def __str__(self) -> str:
        return f"{self.descriptors} descriptors, {self.threads} threads, {self.kilobytes / 1024:.1f} MB"


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else float("inf")


def _probe(address, message, session, rate, stop, results) -> None:
    times, problems = [], []
    while not stop.is_set():
        begin = time.monotonic()
        try:
            with Milter(address, 30) as milter:
                outcome = milter.deliver(message, **session)
            times.append(time.monotonic() - begin)
            if outcome.reply != b"c" or outcome.result_of("spf") != "pass":
                problems.append(f"{outcome.reply!r} {outcome.text!r} {outcome.results()}")
        except (OSError, ProtocolError) as problem:
            problems.append(repr(problem))
        time.sleep(max(0.0, 1 / rate - (time.monotonic() - begin)))
    results.put((times, problems))


class Others:
    """The sessions that the fault does not concern: a steady stream of plain mail from a process of its own, whose answers
    the daemon has in its cache."""

    def __init__(self, stage: Stage, rate: float = 40):
        context = multiprocessing.get_context("fork")
        self._stop, results = context.Event(), context.Queue()
        session = {"client": ALLOWED, "sender": "<ann@pass.test>", "helo": "mx.pass.test"}
        self._results = results
        self._process = context.Process(target=_probe, daemon=True,
                                        args=(stage.address, plain(), session, rate, self._stop, results))
        self.times: list[float] = []
        self.problems: list[str] = []

    def __enter__(self) -> "Others":
        self._process.start()
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        self.times, self.problems = self._results.get(timeout=60)
        self._process.join()

    @property
    def p99(self) -> float:
        return percentile(self.times, 0.99)

    def __str__(self) -> str:
        return (f"others' p99 {self.p99 * 1000:.0f} ms, slowest {max(self.times, default=0) * 1000:.0f} ms of "
                f"{len(self.times)}, {len(self.problems)} failed")


class Background:
    """Threads that do what a derived class has in _work(), until the end of a with block."""

    def __init__(self, threads: int):
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(number,), daemon=True) for number in range(threads)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _work(self, number: int) -> None:
        """What the thread of this number does until _over is set."""
        raise NotImplementedError


def in_threads(count: int, work: Callable[[int], None]) -> list:
    """Runs work(0), work(1), ... side by side, and gives the exceptions it ended with."""
    problems = []

    def guarded(number: int) -> None:
        try:
            work(number)
        except Exception as problem:  # noqa: BLE001 (told by the caller)
            problems.append(problem)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


def run_faults(bench: Bench, module_name: str, faults: list, wanted: list[str]) -> list[str]:
    """Makes the faults and prints a line for each; the names of those that failed."""
    failed = []
    for entry in faults:
        title = f"{entry.number:6} {entry.name}"
        if wanted and not any(word in title for word in wanted):
            continue
        if entry.full_only and not bench.full:
            print(f"{title}: skipped: only with --full", flush=True)
            continue
        begin, bench.missed = time.monotonic(), False
        try:
            found = entry.make(bench)
        except Skipped as reason:
            print(f"{title}: skipped: {reason}", flush=True)
            continue
        except Exception as problem:  # noqa: BLE001 (any of them is a failure of this fault)
            found = Found(False, f"{type(problem).__name__}: {problem}")
        told = "FAILED" if not found.ok else "near, MISSES THE GOAL" if bench.missed else "ok"
        print(f"{title}: {found.figures} [goal: {entry.goal}] {told} ({time.monotonic() - begin:.1f} s)", flush=True)
        if not found.ok:
            failed.append(f"{module_name}: {title}")
    sys.stdout.flush()
    return failed
