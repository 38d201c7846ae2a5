#!/usr/bin/python3
"""Random SPF zones and envelopes, judged by us, by pyspf, by Mail::SPF and by mailauth.

    differ_spf.py --driver PROGRAM [--mailauth DIR] [--cases N] [--seed S | --random [RUNS]]"""
import os

import harness
import spf_known
import spf_zones

HERE = os.path.dirname(os.path.abspath(__file__))
CASES_A_ZONE = 8
RESULTS = ["fail", "neutral", "none", "pass", "permerror", "softfail", "temperror"]


def judgement(result):
    """What is compared: the result, and for a fail the explanation as well. The letters of names and of IPv6 addresses are
    upper or lower case as everybody likes (RFC 7208 7.3 says nothing, RFC 4343 makes it one for names)."""
    return result and (result["result"], result.get("explanation", "").lower() if result["result"] == "fail" else "")


class Case:
    """One envelope in one zone, with what the classes of disagreements want to know about it."""

    def __init__(self, ours, zone, envelope, verdict, others):
        self.ours, self.zone, self.envelope, self.verdict, self.others = ours, zone, envelope, verdict, others

    def with_limits(self, **limits):
        """Our judgement with other limits."""
        job = {"op": "spf", "zone": self.zone, "cases": [{**self.envelope, **limits}]}
        return judgement(self.ours.ask(job)["results"][0])

    def in_zone(self, change):
        """Our judgement where each TXT record that is one string was changed."""
        zone = {name: {**entry, "TXT": [[change("".join(strings))] for strings in entry["TXT"]]} if "TXT" in entry else entry
                for name, entry in self.zone.items()}
        job = {"op": "spf", "zone": zone, "cases": [self.envelope]}
        return judgement(self.ours.ask(job)["results"][0])


def describe(case):
    texts = [f"    {name} {case.zone.get(name, 'NXDOMAIN')}" for name in dict.fromkeys(case.verdict.get("asked", []))]
    return "\n".join([f"  {case.envelope}", f"  {case.verdict['problem']}", *[f"  {n}: {r}" for n, r in case.others.items()],
                      *texts])


def main():
    options = harness.arguments("SPF against other implementations", 2000)
    ours = harness.Program("ours", [options.driver])
    peers = [harness.Program("pyspf", ["/usr/bin/python3", os.path.join(HERE, "pyspf_peer.py")]),
             harness.Program("Mail::SPF", ["/usr/bin/perl", os.path.join(HERE, "mail_spf.pl")])]
    mailauth = harness.mailauth(options)
    peers += mailauth

    def run(random, cases):
        generator, report = spf_zones.Generator(random), harness.Report(spf_known.CLASSES, options.show, bool(mailauth))
        for _ in range(max(1, cases // CASES_A_ZONE)):
            zone, envelopes = generator.zone(), [generator.case() for _ in range(CASES_A_ZONE)]
            answers = harness.ask_all([ours, *peers], {"op": "spf", "zone": zone, "cases": envelopes})
            for i, envelope in enumerate(envelopes):
                verdict = answers["ours"][i]
                others = {peer.name: answers[peer.name][i] for peer in peers}
                report.note(Case(ours, zone, envelope, verdict, others), judgement(verdict),
                            {name: judgement(result) or ("died", "") for name, result in others.items()},
                            verdict["result"], describe)
        return report.finish(RESULTS)

    harness.run_seeds(options, run, [ours, *peers])


main()
