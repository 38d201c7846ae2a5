"""How a run is done: how often, with whom, and what came of it."""

import dataclasses
import sys
from typing import Callable, Iterable

from .load import Figure, Played
from .stage import BenchDns, Stage

WORKLOADS: dict[str, Callable] = {}
ON_DEMAND: set[str] = set()  # of their names: part of a run only where they are asked for


def workload(name: str, on_demand: bool = False):
    """Registers the function below it, which yields rows."""
    def register(make):
        WORKLOADS[name] = make
        if on_demand:
            ON_DEMAND.add(name)
        return make
    return register


@dataclasses.dataclass
class Plan:
    stage: Stage
    repeat: int
    quick: bool
    full: bool
    peers: list[str]
    crypto_us: dict[str, list[float]] = dataclasses.field(default_factory=dict)  # what was measured of the bare arithmetic

    def many(self, count: int) -> int:
        return max(20, count // 10) if self.quick else count

    def measure_crypto(self, operation: str) -> float:
        """What the bare arithmetic takes now, in milliseconds."""
        taken = self.stage.crypto(operation)
        self.crypto_us.setdefault(operation, []).append(taken)
        return taken / 1000

    def crypto_medians(self) -> dict[str, float]:
        """By operation, in microseconds."""
        return {operation: Figure(taken).median for operation, taken in self.crypto_us.items()}


def tell(text: str) -> None:
    print(f"    {text}", file=sys.stderr, flush=True)


def usual_figures(runs: list[Played]) -> dict[str, Figure]:
    """The first of them is CPU: the only figure that does not depend on what else runs on the machine."""
    return {"CPU": Figure([run.cpu_ms for run in runs], "ms/msg", 3),
            "rate": Figure([run.rate for run in runs], "msg/s", 0),
            "dot p50": Figure([run.wait("dot", "p50") for run in runs], "ms"),
            "p99": Figure([run.wait("dot", "p99") for run in runs], "ms"),
            "RSS": Figure([run.peak_mib for run in runs], "MiB")}


def trouble_of(runs: Iterable[Played]) -> str:
    return next((run.complaints() for run in runs if run.complaints()), "")


def name_server(plan: Plan, delay_ms: int = 0, log: bool = False) -> BenchDns:
    return BenchDns(plan.stage, delay_ms, log)
