"""Plays milter_load against a filter and gathers what it took."""

import dataclasses
import json
import statistics
import subprocess
from pathlib import Path

from harness.process import HarnessError

from .filters import Filter, does_nothing
from .stage import Stage

PASS = ("dkim=pass", "spf=pass", "dmarc=pass")


@dataclasses.dataclass
class Played:
    report: dict
    cpu_seconds: float
    peak_mib: float

    @property
    def messages(self) -> int:
        return max(self.report["messages"], 1)

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.cpu_seconds / self.messages

    @property
    def rate(self) -> float:
        return self.report["messages"] / self.report["seconds"]

    def wait(self, which: str, percentile: str) -> float:
        return (self.report[f"{which}_ms"] or {}).get(percentile, float("inf"))

    def complaints(self) -> str:
        """What did not go as it should, in words; empty when all did."""
        found = [f"{count} x {text}" for text, count in self.report["problems"].items()]
        if self.report["unexpected"]:
            added = " ".join(self.report["first_unexpected"].split())
            found.append(f"{self.report['unexpected']} without the expected results: {added[:200] or 'nothing was added'}")
        if self.report["unfinished"]:
            found.append(f"{self.report['unfinished']} sessions unfinished")
        return "; ".join(found)


def start(stage: Stage, to: Filter, corpus: Path, **options) -> subprocess.Popen:
    command = [stage.programs / "milter_load", corpus]
    for socket in to.sockets:
        command += ["--filter", socket]
    for key, value in options.items():
        for one in value if isinstance(value, tuple) else (value,):
            command += [f"--{key.replace('_', '-')}"] + ([] if one is True else [one])
    return subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen) -> dict:
    output, errors = process.communicate(timeout=1200)
    if process.returncode != 0:
        raise HarnessError(f"milter_load exited {process.returncode}: {errors.strip()}")
    return json.loads(output)


def play(stage: Stage, to: Filter, corpus: Path, **options) -> Played:
    to.forget_peak()
    begin = to.cpu_seconds()
    report = finish(start(stage, to, corpus, **options))
    return Played(report, to.cpu_seconds() - begin, to.peak_mib())


def expect_of(to: Filter, expected: tuple[str, ...]) -> dict:
    """The no-op's field is the same whatever the message."""
    return {} if does_nothing(to.name) else {"expect": expected}


@dataclasses.dataclass
class Figure:
    """A measured quantity: its median, and how far the runs were apart."""

    values: list[float]
    unit: str = ""
    digits: int = 1

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def __str__(self) -> str:
        text = f"{self.median:.{self.digits}f}"
        if len(self.values) > 1:
            text += f" ({min(self.values):.{self.digits}f}-{max(self.values):.{self.digits}f})"
        return f"{text} {self.unit}".strip()
