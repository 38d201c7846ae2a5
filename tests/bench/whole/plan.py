"""How a run is done: how often, with whom, and what came of it."""

import dataclasses
import sys
from typing import Callable, Iterable

from .load import Figure, Played, expect_of, play
from .stage import BenchDns, Stage
from .table import Goal, Row

WORKLOADS: dict[str, Callable] = {}


def workload(name: str):
    """Registers the function below it, which yields rows."""
    def register(make):
        WORKLOADS[name] = make
        return make
    return register


@dataclasses.dataclass
class Plan:
    stage: Stage
    repeat: int
    quick: bool
    full: bool
    peers: list[str]
    crypto: dict[str, float] = dataclasses.field(default_factory=dict)

    def many(self, count: int) -> int:
        return max(20, count // 10) if self.quick else count

    def crypto_ms(self, name: str) -> float:
        return self.crypto[name] / 1000


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


def compare(plan: Plan, name: str, starters: list, corpus, expected: tuple[str, ...], *, messages: int, prime=None,
            fresh: bool = False, crypto: float, goal: Goal, repeat: int = 0, less: dict = None, **options):
    """One row a filter. `fresh`: a new process for each run, because a corpus is only new to it once. `prime`: what is
    played before, so that nothing is measured that happens once. `less`: by filter, a divisor of the number of messages."""
    for starter in starters:
        runs = []
        filter_name = ""
        while len(runs) < (repeat or plan.repeat):
            with starter() as running:
                filter_name = running.name
                share = (less or {}).get(filter_name, 1)
                play(plan.stage, running, prime or corpus, messages=20, **options)
                rounds = 1 if fresh else (repeat or plan.repeat)
                for _ in range(rounds):
                    runs.append(play(plan.stage, running, corpus, messages=plan.many(messages) // share,
                                     **options, **expect_of(running, expected)))
        row = Row(name, filter_name, usual_figures(runs), crypto, goal if filter_name == "paraph" else None, trouble_of(runs))
        tell(f"{name} / {filter_name}: {row.figures['CPU']}, {row.figures['rate']}{', ' + row.trouble if row.trouble else ''}")
        yield row


def name_server(plan: Plan, delay_ms: int = 0, log: bool = False) -> BenchDns:
    return BenchDns(plan.stage, delay_ms, log)
