"""Filters that are compared take turns. The speed of a machine, of a virtual one above all, changes from minute to minute: what
was measured in the same round can be compared, what was measured minutes apart cannot."""

import contextlib
import dataclasses
from pathlib import Path
from typing import Callable, ContextManager, Iterator, Optional

from .filters import Filter, Starter, noop_with
from .load import Figure, Played, expect_of, play
from .plan import Plan, tell, trouble_of, usual_figures
from .stage import Stage
from .table import Goal, Row


@dataclasses.dataclass
class Entrant:
    """A filter that takes its turn in so many rounds: that many messages of the corpus each time, and `primes` of `prime`, or of
    the corpus itself, when it has started, so that nothing is measured that happens once."""

    starter: Starter
    corpus: Path
    messages: int
    rounds: int
    expected: tuple[str, ...]
    options: dict  # of milter_load
    prime: Optional[Path] = None
    primes: int = 20
    runs: list[Played] = dataclasses.field(default_factory=list)
    start_seconds: float = 0
    started_mib: float = 0  # resident before any mail
    primed_mib: float = 0  # and after the first

    @contextlib.contextmanager
    def ready(self, stage: Stage) -> Iterator[Filter]:
        with self.starter() as running:
            self.start_seconds, self.started_mib = running.start_seconds, running.resident_mib()
            play(stage, running, self.prime or self.corpus, messages=self.primes, **self.options)
            self.primed_mib = running.resident_mib()
            yield running

    def measure(self, stage: Stage, running: Filter) -> None:
        self.runs.append(play(stage, running, self.corpus, messages=self.messages, **self.options,
                              **expect_of(running, self.expected)))

    def row(self, workload: str, figures: dict[str, Figure], crypto: float, goal: Optional[Goal] = None) -> Row:
        """Of what was measured. Only paraph has a goal."""
        name = self.starter.name
        row = Row(workload, name, figures, crypto, goal if name == "paraph" else None, trouble_of(self.runs))
        more = [f"{key} {figure}" for key, figure in list(figures.items())[1:]] + ([row.trouble] if row.trouble else [])
        tell(f"{workload} / {name}: {', '.join([str(row.main), *more])}")
        return row


Ready = Callable[[], ContextManager[Filter]]


def take_turns(plan: Plan, operation: str, entrants: list[Entrant], fresh: bool = False) -> float:
    """Each round measures the bare arithmetic, then every entrant. All run from before the first round to after the last, or,
    with `fresh`, each only while it has its turn. Returns the median of the arithmetic, in milliseconds."""
    with contextlib.ExitStack() as stack:
        turns = [(entrant, anew(plan, entrant) if fresh else kept(plan, entrant, stack)) for entrant in entrants]
        crypto = [play_round(plan, operation, turns, number) for number in range(max(one.rounds for one in entrants))]
    return Figure(crypto).median


def anew(plan: Plan, entrant: Entrant) -> Ready:
    return lambda: entrant.ready(plan.stage)


def kept(plan: Plan, entrant: Entrant, stack: contextlib.ExitStack) -> Ready:
    """Starts it now, for all its turns."""
    running = stack.enter_context(entrant.ready(plan.stage))
    return lambda: contextlib.nullcontext(running)


def play_round(plan: Plan, operation: str, turns: list[tuple[Entrant, Ready]], number: int) -> float:
    """The arithmetic of this round, in milliseconds."""
    crypto = plan.measure_crypto(operation)
    for entrant, ready in turns:
        if number < entrant.rounds:
            with ready() as running:
                entrant.measure(plan.stage, running)
    return crypto


def compare(plan: Plan, name: str, starters: list[Starter], corpus: Path, expected: tuple[str, ...], *, messages: int,
            crypto: str, goal: Goal, prime: Optional[Path] = None, fresh: bool = False, repeat: int = 0,
            less: Optional[dict[str, int]] = None, **options) -> Iterator[Row]:
    """One row a filter. `crypto`: what of the bare arithmetic a message takes. `fresh`: a new process for each run, because a
    corpus is only new to it once. `less`: by filter, a divisor of the number of messages."""
    entrants = [Entrant(starter, corpus, plan.many(messages) // (less or {}).get(starter.name, 1), repeat or plan.repeat,
                        expected, options, prime) for starter in [*starters, noop_with(plan.stage, crypto)]]
    arithmetic = take_turns(plan, crypto, entrants, fresh)
    for entrant in entrants:
        yield entrant.row(name, usual_figures(entrant.runs), arithmetic, goal)
