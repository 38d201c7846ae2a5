"""What every differential test shares: options, programs that answer lines of JSON, and the report.

A test makes random cases, has them judged by us and by each peer, and notes every pair of judgements. Where they differ,
the difference must belong to a class of the test's list of known disagreements: a predicate, the section that decides and
who is right. What belongs to none fails the test. A case where all peers differ from us for one and the same reason
fails too, unless its class says that we may be alone, or mailauth was left out, which may have sided with us.

Without options a run is the same every time. --random draws new cases, which are judged as strictly."""

import argparse
import dataclasses
import json
import os
import random
import select
import subprocess
import sys
import time
import typing

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "..", "mailauth"))
import install  # noqa: E402 (found by the path above)

LONGEST_ANSWER = 120  # seconds; a program that takes longer is ended
MOST_DEATHS = 20  # of one program, in one run
FEWEST_FOR_ALL_RESULTS = 300  # cases
FIXED_SEED = 9989
SAME_ORDER = {"PERL_HASH_SEED": "0", "PYTHONHASHSEED": "0"}  # of the entries of hashes and sets, in every run


@dataclasses.dataclass(frozen=True)
class Class:
    """A kind of disagreement. `applies(case, peer)` tells whether the one with this peer is of this kind."""

    name: str
    peers: tuple
    section: str
    verdict: str
    applies: typing.Callable
    alone: bool = False  # no peer need side with us: the section is clear, and all of them differ


class Program:
    """A process that answers each line of JSON with one. It is started again when it dies of a job."""

    def __init__(self, name, command):
        self.name, self.command, self.process, self.deaths = name, command, None, 0

    def send(self, job):
        if self.process is None:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **SAME_ORDER})
        try:
            self.process.stdin.write(json.dumps(job).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # receive() finds out

    def receive(self):
        """The answer, or None when the program died, or gave none."""
        line = b""
        if select.select([self.process.stdout], [], [], LONGEST_ANSWER)[0]:
            line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        self.process.kill()
        self.process.wait()
        self.process = None
        self.deaths += 1
        if self.deaths > MOST_DEATHS:
            sys.exit(f"FAILED: {self.name} died {self.deaths} times")
        return None

    def ask(self, job):
        self.send(job)
        return self.receive()

    def close(self):
        """At the end of all jobs."""
        if self.process:
            self.process.stdin.close()
            self.process.wait(timeout=20)


def ask_all(programs, job):
    """The results of each program by its name; they work at the same time. A program that dies of the job gets its cases
    one by one, so that only the case it dies of is lost (None)."""
    for program in programs:
        program.send(job)
    answers = {program.name: program.receive() for program in programs}
    for program in programs:
        if answers[program.name] is None:
            answers[program.name] = {"results": [
                (program.ask({**job, "cases": [case]}) or {"results": [None]})["results"][0] for case in job["cases"]]}
    return {name: answer["results"] for name, answer in answers.items()}


def mailauth(options):
    """The program in a list, which is empty where it is left out."""
    if options.mailauth and install.install(options.mailauth):
        return [Program("mailauth", install.command(options.mailauth))]
    return []


def address_parser(options):
    """nodemailer's parser of addresses, which comes with mailauth, in a list."""
    if options.mailauth and install.install(options.mailauth):
        return [Program("nodemailer", ["node", os.path.join(HERE, "address_parser.js"), options.mailauth])]
    return []


class Report:
    def __init__(self, classes, shown, every_peer=True):
        self.shown, self.classes, self.every_peer, self.counts, self.words, self.problems = shown, classes, every_peer, {}, {}, []
        self.cases, self.compared, self.agreed = 0, {}, {}

    def note(self, case, ours, theirs, word=None, describe=None):
        """One case: our judgement and those of the peers by name. None where a peer has nothing to say."""
        self.cases += 1
        if word is not None:
            self.words[word] = self.words.get(word, 0) + 1
        kinds = {}
        for peer, judgement in theirs.items():
            if judgement is None:
                continue
            self.compared[peer] = self.compared.get(peer, 0) + 1
            if judgement == ours:
                self.agreed[peer] = self.agreed.get(peer, 0) + 1
                continue
            kinds[peer] = self.classify(peer, case)
        self.judge(case, ours, theirs, kinds, describe)

    def classify(self, peer, case):
        for kind in self.classes:
            if peer in kind.peers and kind.applies(case, peer):
                self.counts[kind.name, peer] = self.counts.get((kind.name, peer), 0) + 1
                return kind
        return None

    def judge(self, case, ours, theirs, kinds, describe):
        unexplained = [peer for peer, kind in kinds.items() if kind is None]
        heard = [peer for peer, judgement in theirs.items() if judgement is not None]
        reasons = set(kinds.values())
        alone = self.every_peer and len(heard) > 1 and len(kinds) == len(heard) and len(reasons) == 1 and not any(r and r.alone for r in reasons)
        if unexplained or alone:
            why = f"unexplained: {', '.join(unexplained)}" if unexplained else "no peer sides with us"
            text = describe(case) if describe else json.dumps(case)
            self.add(f"{why}\n  ours   {ours}\n" +
                     "".join(f"  {peer:<6} {judgement}\n" for peer, judgement in theirs.items()) + text)

    def add(self, problem):
        self.problems.append("FAILED " + problem)

    def finish(self, needed_words=()):
        """Prints the figures; True when nothing is wrong."""
        if self.words:
            print("ours:", ", ".join(f"{word} {self.words[word]}" for word in sorted(self.words)))
        for peer, compared in self.compared.items():
            print(f"{peer}: {compared} compared, {self.agreed.get(peer, 0)} the same")
        for kind in self.classes:
            hits = {peer: self.counts[kind.name, peer] for peer in kind.peers if (kind.name, peer) in self.counts}
            if hits:
                print(f"  known: {kind.name} ({kind.section}): " + ", ".join(f"{p} {n}" for p, n in hits.items()))
        for problem in self.problems[:self.shown]:
            print(problem)
        missing = [] if self.cases < FEWEST_FOR_ALL_RESULTS else [word for word in needed_words if word not in self.words]
        if missing:
            print("FAILED: the cases never give", ", ".join(missing))
        print(f"{self.cases} cases, {len(self.problems)} not explained", flush=True)
        return not self.problems and not missing


def arguments(description, cases):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--cases", type=int, default=cases, help=f"how many, about (default {cases})")
    seeds = parser.add_mutually_exclusive_group()
    seeds.add_argument("--seed", type=int, default=FIXED_SEED, help=f"of the one run (default {FIXED_SEED})")
    seeds.add_argument("--random", type=int, nargs="?", const=1, default=0, metavar="RUNS",
                       help="runs (default 1) with seeds that are drawn now, and printed")
    parser.add_argument("--show", type=int, default=5, help="unexplained cases to print (default 5)")
    parser.add_argument("--driver", required=True, help="the program differential_driver")
    parser.add_argument("--mailauth", default="", help="where the npm package mailauth is installed; without it, no mailauth")
    return parser.parse_args()


def run_seeds(options, run, programs):
    """run(random.Random, cases) for each seed; ends the programs, and exits with the status."""
    draw = random.SystemRandom()
    seeds = [draw.randrange(1 << 32) for _ in range(options.random)] or [options.seed]
    try:
        fine = [run_seed(run, seed, options.cases) for seed in seeds]
    finally:
        for program in programs:
            program.close()
    sys.exit(0 if all(fine) else 1)


def run_seed(run, seed, cases):
    print(f"seed {seed}: about {cases} cases", flush=True)
    started = time.monotonic()
    fine = run(random.Random(seed), cases)
    print(f"{time.monotonic() - started:.1f} s\n", flush=True)
    return fine
