"""Verdicts that wait for the DNS: how long, and who else has to."""

import time

from .checking import warm_corpus
from .filters import Filter, checkers, paraph
from .load import PASS, Figure, Played, expect_of, finish, play, start
from .plan import Plan, name_server, tell, trouble_of, workload
from .table import Goal, Row, at_most, both

DELAY = 50


def one_by_one(plan: Plan, running: Filter, dns, corpus, round_trip: int):
    """Single messages of domains that were never asked for, with their questions."""
    runs, questions, depths = [], [], []
    for number in range(max(plan.repeat, 3)):
        dns.forget()
        runs.append(play(plan.stage, running, corpus, messages=1, first_message=number + 1, round_trip=round_trip,
                         **expect_of(running, PASS)))
        count, depth = dns.chain()
        questions.append(count)
        depths.append(depth)
        time.sleep(0.1)
    return runs, questions, depths


@workload("one cold verdict")
def latency(plan: Plan):
    """Four SPF records, each of which names the next, are the longest chain of questions; the others fit beside it."""
    chain, events = 4, 3
    for round_trip in (0, 30):
        # SPF can begin at MAIL FROM; RCPT and DATA, and the reply to each, pass before the content.
        least = {"whole": max(chain * DELAY, events * round_trip), "dot": max(chain * DELAY - events * round_trip, DELAY)}
        corpus = plan.stage.corpus("deep", domain="deep-#.org", author_domain="news.deep-#.org",
                                   sign=("s1", "s2"), count=100)
        with name_server(plan, DELAY, log=True) as dns:
            for starter in checkers(plan.stage, dns.address, plan.peers):
                if starter.name == "no-op":
                    continue
                with starter() as running:
                    play(plan.stage, running, corpus, messages=1, first_message=0)
                    runs, questions, depths = one_by_one(plan, running, dns, corpus, round_trip)
                    yield latency_row(running.name, round_trip, least, runs, questions, depths)


def latency_row(name: str, round_trip: int, least: dict, runs, questions, depths) -> Row:
    figures = {"from MAIL FROM": Figure([run.wait("whole", "p50") for run in runs], "ms"),
               "after the dot": Figure([run.wait("dot", "p50") for run in runs], "ms"),
               "questions": Figure(questions, "", 0), "longest chain": Figure(depths, "", 0),
               "least possible": Figure([least["whole"]], f"ms, {least['dot']} after the dot", 0)}
    goal = both(at_most("from MAIL FROM", least["whole"] + 10, f"<= {least['whole'] + 10} ms"),
                at_most("after the dot", least["dot"] + 10, f"<= {least['dot'] + 10} ms after the dot"))
    row = Row(f"one cold verdict, DNS {DELAY} ms, client {round_trip} ms", name, figures, None,
              goal if name == "paraph" else None, trouble_of(runs))
    tell(f"{row.workload} / {name}: {row.main}, {row.figures['after the dot']} {row.trouble}")
    return row


class Others:
    """Steady mail of a domain whose answers are known, beside the load that waits."""

    def __init__(self, plan: Plan, running: Filter, seconds: float):
        self._process = start(plan.stage, running, warm_corpus(plan), sessions=8, rate=50, seconds=seconds,
                              expect=("spf=pass", "dkim=pass"))

    def figures(self) -> dict[str, Figure]:
        report = finish(self._process)
        told = Played(report, 0, 0)
        self.trouble = told.complaints()
        return {f"others' {name}": Figure([told.wait("whole", which)], "ms")
                for name, which in (("p50", "p50"), ("p99", "p99"), ("worst", "max"))}


def patient(plan: Plan, dns: str, timeout: str) -> Filter:
    return paraph(plan.stage, dns, {"dns": {"timeout": timeout, "attempts": 1, "message_budget": "60s"}})()


@workload("2 s answers")
def slow_answers(plan: Plan):
    """A thousand sessions at once, each with a domain nobody has asked for, each answer 2 s late."""
    seconds = 300 if plan.full else 10 if plan.quick else 60
    with name_server(plan, 2000) as dns, patient(plan, dns.address, "5s") as running:
        play(plan.stage, running, warm_corpus(plan), messages=1)
        others = Others(plan, running, seconds)
        time.sleep(0.5)
        played = play(plan.stage, running, plan.stage.template("slow", "slow-#.example"), sessions=1000, seconds=seconds - 3,
                      expect="spf=pass")
        figures = {"wait p50": Figure([played.wait("whole", "p50")], "ms", 0),
                   "p99": Figure([played.wait("whole", "p99")], "ms", 0), "RSS": Figure([played.peak_mib], "MiB"),
                   "messages": Figure([played.messages], "", 0), **others.figures()}
        goal = both(at_most("wait p50", 2300, "p50 <= 2.3 s"), at_most("p99", 3000, "p99 <= 3 s"),
                    at_most("RSS", 150, "RSS <= 150 MiB"), at_most("others' p99", 50, "others' p99 <= 50 ms"))
        yield told(f"1,000 sessions, DNS 2 s, {seconds} s", figures, goal, [played.complaints(), others.trouble])


@workload("one slow domain")
def one_slow_domain(plan: Plan):
    """One domain whose answers take 30 s, in 20 sessions at once, among 999 that answer at once."""
    seconds = 33
    corpus = plan.stage.corpus("fast", domain="fast-#.example", count=999)
    with name_server(plan) as dns, patient(plan, dns.address, "40s") as running:
        play(plan.stage, running, warm_corpus(plan), messages=20)
        stuck = start(plan.stage, running, plan.stage.corpus("stuck", domain="stuck.example"), sessions=20, messages=20)
        time.sleep(0.2)
        played = play(plan.stage, running, corpus, sessions=64, rate=200, seconds=seconds, expect="spf=pass")
        waited = Played(finish(stuck), 0, 0)
        figures = {"fast p99": Figure([played.wait("whole", "p99")], "ms"), "p50": Figure([played.wait("whole", "p50")], "ms"),
                   "worst": Figure([played.wait("whole", "max")], "ms"), "messages": Figure([played.messages], "", 0),
                   "slow p50": Figure([waited.wait("whole", "p50") / 1000], "s")}
        yield told("one domain of 30 s among 999", figures, at_most("fast p99", 50, "fast p99 <= 50 ms"),
                   [played.complaints(), waited.complaints()])


def told(name: str, figures: dict[str, Figure], goal: Goal, troubles: list[str]) -> Row:
    row = Row(name, "paraph", figures, None, goal, "; ".join(text for text in troubles if text))
    tell(f"{name}: " + ", ".join(f"{key} {figure}" for key, figure in figures.items()) + f" {row.trouble}")
    return row
