#!/usr/bin/python3
"""Random DMARC trees: our tree walk against mailauth's, and our reading of the same records with a public suffix list, as
RFC 7489 had it, against Mail::DMARC and libopendmarc.

    differ_dmarc.py --driver PROGRAM [--mailauth DIR] [--cases N] [--seed S | --random [RUNS]]"""
import os

import dmarc_known
import dmarc_trees
import harness

HERE = os.path.dirname(os.path.abspath(__file__))
CASES_A_TREE = 8
SUFFIX_LIST = os.path.join(HERE, "..", "dmarc", "suffixes.dat")
RESULTS = ["fail", "none", "pass", "permerror", "temperror"]


class Case:
    """One message's identifiers in one tree, with the judgements as they came."""

    def __init__(self, zone, message, ours, others):
        self.zone, self.message, self.ours, self.others = zone, message, ours, others

    def texts(self):
        """The records of all names that we asked for."""
        return ["".join(strings) for name in self.ours["asked"] for strings in self.zone.get(name, {}).get("TXT", [])]


def alignment(verdict):
    """Of SPF and DKIM. Beside a pass we say undecided where a walk failed, and others no."""
    return tuple("no" if verdict[part] == "undecided" else verdict[part] for part in ("spf", "dkim"))


def walked(verdict):
    """What is compared of a tree walk."""
    if verdict["result"] not in ("pass", "fail"):
        return (verdict["result"],)
    return (verdict["result"], verdict["policy_domain"], verdict["policy"], *alignment(verdict))


def listed(verdict):
    """What is compared with implementations of RFC 7489: the policy where it is carried out."""
    if verdict["result"] not in ("pass", "fail"):
        return (verdict["result"],)
    policy = verdict.get("published", verdict["policy"]) if verdict["result"] == "fail" else ""
    return (verdict["result"], policy, *alignment(verdict))


def describe(case):
    texts = [f"    {name} {case.zone.get(name, 'NXDOMAIN')}" for name in dict.fromkeys(case.ours["asked"])]
    return "\n".join([f"  {case.message}", f"  {case.ours}", *[f"  {n}: {r}" for n, r in case.others.items()], *texts])


def compare(report, ours, peers, job, judgement, words):
    answers = harness.ask_all([ours, *peers], job)
    for i, message in enumerate(job["cases"]):
        verdict = answers["ours"][i]
        others = {peer.name: answers[peer.name][i] or {"result": "died", "problem": "died", "policy": ""} for peer in peers}
        case = Case(job["zone"], message, verdict, others)
        report.note(case, judgement(verdict), {name: judgement(other) for name, other in others.items()},
                    verdict["result"] if words else None, describe)


def main():
    options = harness.arguments("DMARC against other implementations", 2000)
    ours = harness.Program("ours", [options.driver])
    walkers = harness.mailauth(options)
    listers = [harness.Program("Mail::DMARC", ["/usr/bin/perl", os.path.join(HERE, "mail_dmarc.pl")]),
               harness.Program("libopendmarc", ["/usr/bin/python3", os.path.join(HERE, "opendmarc_peer.py")])]

    def run(random, cases):
        report = harness.Report(dmarc_known.CLASSES, options.show)
        for plain, peers, judgement in ((False, walkers, walked), (True, listers, listed)):
            generator = dmarc_trees.Generator(random, plain)
            for _ in range(max(1, cases // CASES_A_TREE // 2)):
                zone, names = generator.tree()
                job = {"op": "dmarc", "zone": zone, "cases": [generator.case(names) for _ in range(CASES_A_TREE)]}
                if plain:
                    job["suffixes"] = SUFFIX_LIST
                compare(report, ours, peers, job, judgement, not plain)
        return report.finish(RESULTS)

    harness.run_seeds(options, run, [ours, *walkers, *listers])


main()
