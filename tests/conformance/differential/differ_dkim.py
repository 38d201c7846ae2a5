#!/usr/bin/python3
"""Random messages signed in every layout, changed on the way, and verified by us, dkimpy, Mail::DKIM, libopendkim and mailauth.

    differ_dkim.py --driver DKIM_INTEROP [--mailauth DIR] [--cases N] [--seed S | --random [RUNS]]"""
import base64
import os
import tempfile

import dkim_keys
import dkim_known
import dkim_messages
import harness

HERE = os.path.dirname(os.path.abspath(__file__))


class Case:
    """One message as it was received, and the judgements as they came."""

    def __init__(self, message, change, ours, others):
        self.message, self.change, self.ours, self.others = message, change, ours, others
        self.header, self.body = message.split(b"\r\n\r\n", 1)

    def reasons(self, peer):
        return [result.get("reason", "") for result in self.others[peer]]


def judgement(results):
    """What is compared: which signatures pass, from the top downward."""
    return tuple("pass" if result["result"] == "pass" else "not" for result in results)


def unsupported(verdict, answers):
    """True when we accept a signature that nobody else does."""
    for i, result in enumerate(verdict):
        if result["result"] == "pass" and not any(len(other) == len(verdict) and other[i]["result"] == "pass"
                                                  for other in answers.values()):
            return True
    return False


def describe(case):
    return "\n".join([f"  change: {case.change}", f"  ours: {case.ours}", *[f"  {n}: {r}" for n, r in case.others.items()],
                      f"  {case.header!r}", f"  {case.body[:200]!r}"])


def verify_all(programs, zone, message):
    job = {"op": "verify", "message": base64.b64encode(message).decode(), "zone": zone, "strict": True}
    for program in programs:
        program.send(job)
    answers = {program.name: program.receive() or {"error": "died"} for program in programs}
    return {name: answer.get("results", [{"result": "died", "reason": answer.get("error", "")}]) for name, answer in answers.items()}


def main():
    options = harness.arguments("DKIM against other implementations", 1000)
    with tempfile.TemporaryDirectory() as folder:
        keys = dkim_keys.Keys()
        worker = ["/usr/bin/python3", os.path.join(HERE, "dkim_worker.py")]
        ours = harness.Program("ours", [options.driver])
        peers = [harness.Program("dkimpy", [*worker, "dkimpy", "-"]),
                 harness.Program("opendkim", [*worker, "opendkim", os.path.join(folder, "keys.txt")]),
                 harness.Program("Mail::DKIM", ["/usr/bin/perl", os.path.join(HERE, "..", "dkim", "maildkim.pl")])]
        mailauth = harness.mailauth(options)
        peers += mailauth

        def run(random, cases):
            generator, report = dkim_messages.Generator(random, keys), harness.Report(dkim_known.CLASSES, options.show, bool(mailauth))
            for _ in range(cases):
                message, change = generator.sign(generator.message()), "none"
                if generator.chance(60):
                    message, change = generator.mutate(message)
                answers = verify_all([ours, *peers], keys.zone, message)
                verdict = answers.pop("ours")
                case = Case(message, change, verdict, answers)
                if mailauth and unsupported(verdict, answers):
                    report.add("nobody else accepts what we accept\n" + describe(case))
                report.note(case, judgement(verdict),
                            {name: judgement(results) for name, results in answers.items()},
                            verdict[0]["result"] if verdict else "unsigned", describe)
            return report.finish(["fail", "neutral", "pass", "permerror", "policy"])

        harness.run_seeds(options, run, [ours, *peers])


main()
