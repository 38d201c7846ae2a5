"""Large messages, many of them, and none at all."""

from pathlib import Path

from .checking import warm_corpus
from .filters import Starter, checkers, does_nothing, noop, noop_with, paraph, signers
from .load import Figure, expect_of, play
from .plan import Plan, name_server, tell, workload
from .rounds import Entrant, take_turns
from .signing import SUBMISSION, plain_corpus
from .stage import MIB
from .table import Row, at_most, both, floors

LARGE = 25 * MIB


def large_rows(plan: Plan, name: str, starters: list[Starter], corpus: Path, prime: Path, expected, **options):
    """CPU of one message of 25 MiB after the other, and what memory grows by."""
    entrants = [large_entrant(plan, starter, corpus, prime, expected, options)
                for starter in [*starters, noop_with(plan.stage, "sha256_25_mib")]]
    crypto = take_turns(plan, "sha256_25_mib", entrants)
    for entrant in entrants:
        yield entrant.row(name, large_figures(entrant), crypto, both(floors(1.5), at_most("RSS growth", 2, "RSS + 2 MiB")))


def large_entrant(plan: Plan, starter: Starter, corpus: Path, prime: Path, expected, options: dict) -> Entrant:
    """The peers take so long that they play less."""
    ours = starter.name == "paraph" or does_nothing(starter.name)
    return Entrant(starter, corpus, 8 if ours and not plan.quick else 3, plan.repeat if ours else min(plan.repeat, 2),
                   expected, {"sessions": 1, **options}, prime)


def large_figures(entrant: Entrant) -> dict[str, Figure]:
    return {"CPU": Figure([run.cpu_ms for run in entrant.runs], "ms/msg"),
            "RSS growth": Figure([run.peak_mib - entrant.primed_mib for run in entrant.runs], "MiB"),
            "throughput": Figure([run.rate * 25 for run in entrant.runs], "MiB/s", 0)}


@workload("25 MiB")
def large(plan: Plan):
    """Text with blanks here and there, relaxed; a signed one that comes in, a plain one that goes out."""
    with name_server(plan) as dns:
        corpus = plan.stage.corpus("big", domain="big.example", octets=LARGE, sign=("s1",))
        yield from large_rows(plan, "25 MiB verified, c=1", checkers(plan.stage, dns.address, plan.peers), corpus,
                              warm_corpus(plan), ("dkim=pass",))
        corpus = plan.stage.corpus("big-plain", domain="sender.example", octets=LARGE)
        yield from large_rows(plan, "25 MiB signed, c=1", signers(plan.stage, dns.address, plan.peers, "sender.example"),
                              corpus, plain_corpus(plan), ("d=sender.example",), **SUBMISSION)


@workload("200 large")
def many_large(plan: Plan):
    corpus = plan.stage.corpus("big", domain="big.example", octets=LARGE, sign=("s1",))
    with name_server(plan) as dns:
        for starter in (paraph(plan.stage, dns.address), noop(plan.stage)):
            with starter() as running:
                play(plan.stage, running, warm_corpus(plan), messages=20)
                before = running.resident_mib()
                played = play(plan.stage, running, corpus, messages=plan.many(200), sessions=200,
                              **expect_of(running, ("dkim=pass",)))
                figures = {"RSS": Figure([played.peak_mib], "MiB"), "growth": Figure([played.peak_mib - before], "MiB"),
                           "CPU": Figure([played.cpu_ms], "ms/msg")}
                goal = at_most("RSS", 64, "RSS <= 64 MiB") if running.name == "paraph" else None
                tell(f"200 x 25 MiB / {running.name}: {figures['RSS']}, {figures['CPU']}")
                yield Row("200 sessions of 25 MiB", running.name, figures, None, goal, played.complaints())


@workload("idle")
def idle(plan: Plan):
    with name_server(plan) as dns:
        for starter in checkers(plan.stage, dns.address, plan.peers):
            with starter() as running:
                play(plan.stage, running, warm_corpus(plan), messages=1)
                figures = {"RSS": Figure([running.resident_mib()], "MiB"), "start": Figure([running.start_seconds], "s", 3)}
                goal = at_most("RSS", 15, "RSS <= 15 MiB") if running.name == "paraph" else None
                tell(f"idle / {running.name}: {figures['RSS']}")
                yield Row("idle, after one message", running.name, figures, None, goal)
