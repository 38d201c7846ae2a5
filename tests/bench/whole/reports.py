"""Reports: what counting takes of a daemon with mail of very many domains, a day of them as mail, and daemons that share a
PostgreSQL. Part of a run only where they are asked for, because they take minutes."""

import contextlib
import json
import os
import re
import time
from pathlib import Path
from typing import Iterator

from harness import databases, programs
from harness.process import Child, HarnessError, eventually, free_port

from .filters import memory, paraph, process_clock
from .load import Figure, Played, finish, play, start
from .plan import Plan, name_server, tell, trouble_of, workload
from .stage import run
from .table import Goal, Row, at_most, both

SMTP_SINK = "/usr/sbin/smtp-sink"
COUNTED = "count-#.example"
DAY = 20_000  # since 1970
NOON_AFTER = (DAY + 1) * 86400 + 43200
ROWS = 10


def counting(plan: Plan, **more) -> dict:
    return {"reports": {"enabled": True, "store": str(plan.stage.new_folder() / "reports.db"), **more}}


@workload("reports of 100,000 domains", on_demand=True)
def many_domains(plan: Plan):
    """A thousand messages a second, each of another domain, without and with counting them."""
    count, rate = plan.many(100_000), 1000
    corpus = plan.stage.template("counted", COUNTED)
    peaks: dict[str, float] = {}
    with name_server(plan) as dns:
        for starter in (paraph(plan.stage, dns.address, name="paraph without reports"), paraph(plan.stage, dns.address, counting(plan))):
            with starter() as running:
                played = play(plan.stage, running, corpus, messages=count, rate=rate, sessions=64, expect=("dmarc=pass",))
                time.sleep(1 if plan.quick else 11)  # the last flush
                peaks[starter.name] = running.peak_mib()
            figures = {"RSS": Figure([peaks[starter.name]], "MiB"), "CPU": Figure([played.cpu_ms], "ms/msg", 3),
                       "rate": Figure([played.rate], "msg/s", 0)}
            goal = None
            if starter.name == "paraph":
                grown = peaks["paraph"] - peaks["paraph without reports"]
                figures["RSS of counting"] = Figure([grown], "MiB")
                goal = at_most("RSS of counting", 64, "RSS of counting <= 64 MiB")
            row = Row(f"{count:,} domains, {rate:,} messages a second", starter.name, figures, None, goal, trouble_of([played]))
            tell(f"{row.workload} / {row.filter}: " + ", ".join(f"{name} {figure}" for name, figure in figures.items()))
            yield row


def kernel_clock(pid: int) -> float:
    """What of a process's CPU the kernel took."""
    with contextlib.suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[12]) / os.sysconf("SC_CLK_TCK")
    return 0.0


class Watched:
    """A command that runs to its end: its CPU, and the most memory that it had."""

    def __init__(self, command: list, folder: Path, patience: float = 3600):
        self.cpu_seconds = self.kernel_seconds = self.peak_mib = 0.0
        begin = time.monotonic()
        child = Child([str(word) for word in command], folder / "command.log")
        while child.running():
            self.cpu_seconds = process_clock(child.pid) or self.cpu_seconds
            self.kernel_seconds = max(self.kernel_seconds, kernel_clock(child.pid))
            self.peak_mib = max(self.peak_mib, memory(child.pid, "VmHWM"))
            if time.monotonic() > begin + patience:
                child.stop()
                raise HarnessError(f"{command[0]} took more than {patience} s")
            time.sleep(0.05)
        self.wall_seconds = time.monotonic() - begin
        self.output = child.output()
        if child.stop() != 0:
            raise HarnessError(f"{command[:3]} failed:\n{self.output[-2000:]}")


@contextlib.contextmanager
def smtp_sink(plan: Plan) -> Iterator[int]:
    port = free_port()
    sink = Child([SMTP_SINK, "-u", "nobody", f"127.0.0.1:{port}", "100"], plan.stage.new_folder() / "sink.log")
    try:
        yield port
    finally:
        sink.stop()


def sending_config(plan: Plan, folder: Path, store: str, dns: str, port: int) -> Path:
    path = folder / "paraph.yaml"
    path.write_text(json.dumps({
        "dns": {"nameservers": [dns]}, "domains": {"reports.example": {"keys": [{"selector": "s1", "file": str(plan.stage.keys["s1"].path)}]}},
        "reports": {"enabled": True, "store": store, "from": "dmarc@reports.example", "server": f"127.0.0.1:{port}", "hold_new_domains": False,
                    "token_key": str(folder / "token.key"), "per_minute": 0, "per_minute_and_host": 0}}))
    return path


def sending_row(name: str, done: Watched, domains: int, goal_seconds: float) -> Row:
    """The goal is that of 200,000 domains; fewer have as much less time. What the kernel takes to make files is not in it."""
    seconds = goal_seconds * domains / 200_000
    figures = {"CPU": Figure([done.cpu_seconds - done.kernel_seconds], "s"), "kernel": Figure([done.kernel_seconds], "s"), "wall": Figure([done.wall_seconds], "s"), "RSS": Figure([done.peak_mib], "MiB")}
    goal = both(at_most("CPU", seconds, f"CPU <= {seconds:g} s"), at_most("RSS", 64, "RSS <= 64 MiB"))
    row = Row(name, "paraph", figures, None, goal)
    tell(f"{name}: " + ", ".join(f"{key} {figure}" for key, figure in figures.items()))
    return row


@workload("a day of reports", on_demand=True)
def whole_day(plan: Plan):
    """200,000 domains with ten rows each: planned and written as files, and planned, written, signed and mailed."""
    domains = plan.many(200_000)
    folder = plan.stage.new_folder()
    store = str(folder / "reports.db")
    begin = time.monotonic()
    run([plan.stage.programs / "fill_reports", "--store", store, "--domain", COUNTED, "--domains", domains, "--rows", ROWS, "--day", DAY],
        timeout=3600)
    tell(f"{domains:,} domains in {time.monotonic() - begin:.0f} s, {Path(store).stat().st_size / 2**20:.0f} MiB")
    with name_server(plan) as dns, smtp_sink(plan) as port:
        send = [programs.paraph, "report", "send", "-c", sending_config(plan, folder, store, dns.address, port), "--now", NOON_AFTER]
        files = folder / "files"
        files.mkdir()
        written = Watched([*send, "--out", files], folder)
        if (count := sum(1 for _ in files.iterdir())) != domains:
            raise HarnessError(f"{count} files in place of {domains}")
        yield sending_row(f"{domains:,} reports of {ROWS} rows, XML and gzip in files", written, domains, 60)
        sent = Watched(send, folder)
        if f"sent {domains}," not in sent.output:
            raise HarnessError(f"not all were sent:\n{sent.output[-2000:]}")
        yield sending_row(f"{domains:,} reports of {ROWS} rows, signed and mailed", sent, domains, 150)


class LoggingPostgresql(databases.Postgresql):
    """On a disk as it is, with a line for each wait for a lock that is longer than a tenth of a second."""

    def command(self) -> list[str]:
        return [*super().command(), "-c", "fsync=on", "-c", "log_lock_waits=on", "-c", "deadlock_timeout=100ms", "-c", "log_checkpoints=on"]

    def waits(self) -> list[str]:
        return re.findall(r"still waiting for .*", self.child.output())


def stored_in(server: LoggingPostgresql) -> int:
    return int(server.ask("SELECT coalesce(sum(messages), 0) FROM paraph_report_row"))


@workload("reports in PostgreSQL", on_demand=True)
def shared_store(plan: Plan):
    """Four daemons with 500 messages a second each, of the same domains in the same order, and one store."""
    hosts, rate, domains, seconds = 4, 500, plan.many(20_000), 10 if plan.quick else 60
    corpus = plan.stage.corpus("shared", domain=COUNTED, count=domains, octets=1024)
    plan.stage.folder.chmod(0o755)
    with name_server(plan) as dns, contextlib.ExitStack() as exit_:
        server = LoggingPostgresql(plan.stage.folder / "postgresql")
        exit_.callback(server.stop)
        server.start()
        settings = {"reports": {"enabled": True, "memory": "64M", "store": server.place, "store_user": "paraph",
                                "store_password_file": str(server.folder / "password")},
                    "dns": {"cache_bytes": "64M"}}
        daemons = [exit_.enter_context(paraph(plan.stage, dns.address, settings)()) for _ in range(hosts)]
        for daemon in daemons:  # every name is known from here on
            play(plan.stage, daemon, corpus, messages=domains, sessions=16)
        time.sleep(11)
        before, counted = len(server.waits()), hosts * domains
        loads = [start(plan.stage, daemon, corpus, messages=rate * seconds, rate=rate, sessions=32, expect="dmarc=pass") for daemon in daemons]
        played = [Played(finish(load), 0, 0) for load in loads]
        counted += sum(one.messages for one in played)
        with contextlib.suppress(HarnessError):
            eventually("the last flush", lambda: stored_in(server) >= counted, patience=60, every=1)
        waits, stored = server.waits()[before:], stored_in(server)
        flushes = int(server.ask("SELECT sum(flush) FROM paraph_report_daemon"))
        tell(f"{len(waits)} waits, {stored} of {counted} messages, {flushes} transactions")
    figures = {"lock waits over 100 ms": Figure([len(waits)], "", 0), "rate": Figure([sum(one.rate for one in played)], "msg/s", 0),
               "dot p99": Figure([max(one.wait("dot", "p99") for one in played)], "ms"), "transactions": Figure([flushes], "", 0)}
    trouble = trouble_of(played) or ("" if stored == counted else f"{stored} of {counted} messages counted")
    row = Row(f"{hosts} daemons, {domains:,} domains, one PostgreSQL", "paraph", figures, None,
              at_most("lock waits over 100 ms", 0, "no lock wait over 100 ms"), trouble)
    tell(f"{row.workload}: " + ", ".join(f"{name} {figure}" for name, figure in figures.items()) + "".join(f"\n      {wait}" for wait in waits[:5]))
    yield row
