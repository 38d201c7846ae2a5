#!/usr/bin/python3
"""The decisions of opendmarc, policyd-spf and paraphd for the same messages.

    side_by_side.py --paraphd PROGRAM --test-dns PROGRAM [--show N]

Fails for every difference that known.py does not list, and for each that it lists and that occurs another number of times."""

import collections

import start

import judges
import known
import messages
import world

CASES = 500
# policyd-spf's settings, for a table each.
SWITCHES = {
    "policyd-spf": {},
    "policyd-spf, strict": {"HELO_reject": "SPF_Not_Pass", "Mail_From_reject": "SPF_Not_Pass", "PermError_reject": "True",
                            "TempError_Defer": "True"},
    known.WITH_LISTS: {"HELO_reject": "False", "Mail_From_reject": "Softfail", "No_Mail": "True",
                       "Whitelist": known.WHITELISTED, "Reject_Not_Pass_Domains": "reject.test,bare.test"},
    known.WITH_NAMES: {"HELO_Whitelist": "pass.helo.test", "Domain_Whitelist": "forwarder.test", "Domain_Whitelist_PTR": "relay.test",
                       "Reject_Not_Pass_Domains": "sp-reject.test,missing.test,sub.none.test,sub.quarantine.test,sub.reject.test"},
    known.WITHOUT_HELO: {"HELO_reject": "No_Check", "Mail_From_reject": "Softfail"},
}
LISTS = {"Whitelist", "HELO_Whitelist", "Domain_Whitelist", "Domain_Whitelist_PTR", "Reject_Not_Pass_Domains"}
FLAGS = {"PermError_reject", "TempError_Defer", "No_Mail"}
STAGES = {"policyd-spf": "rcpt", known.WITH_LISTS: "rcpt"}  # of ours; where it is not named: at the end of the message
STRICT = {"policy": {"dmarc": "strict", "dmarc_quarantine": "quarantine"}}


class Table:
    """Every message as one peer and we judge it."""

    def __init__(self, name, peer, shown):
        self._classes = [kind for kind in known.CLASSES if kind.peer == peer]
        self._name, self._shown = name, shown
        self.found = collections.Counter()
        self._same, self._differ, self._unknown = collections.Counter(), collections.Counter(), []

    def note(self, judgement):
        if judgement.ours == judgement.theirs:
            self._same[judgement.ours] += 1
            return
        for kind in self._classes:
            if kind.applies(judgement):
                self.found[kind.name] += 1
                self._differ[kind.name, judgement.ours, judgement.theirs] += 1
                return
        self._unknown.append(judgement)

    def print(self):
        print(f"{self._name}: {sum(self._same.values())} the same")
        for word, count in sorted(self._same.items()):
            print(f"  {count:4} {word}")
        print(f"{self._name}: {self._differ.total() + len(self._unknown)} differ")
        for (name, ours, theirs), count in sorted(self._differ.items()):
            print(f"  {count:4} {name}: ours {ours}, theirs {theirs}")

    def unlisted(self):
        """Prints some of the differences that are not listed; the number of all."""
        for judgement in self._unknown[:self._shown]:
            print(f"FAILED: not listed: ours {judgement.ours}, {self._name} {judgement.theirs}: {judgement.case.summary()} {judgement.results}")
        return len(self._unknown)


def miscounted(tables):
    """Prints the listed differences that occur more or less often; the number."""
    found = sum((table.found for table in tables), collections.Counter())
    off = [kind for kind in known.CLASSES if found[kind.name] != kind.count or kind.count == 0]
    for kind in off:
        print(f"FAILED: {kind.peer}, {kind.name}: listed {kind.count} times, found {found[kind.name]}")
    return len(off)


def policyd_settings(changed, stage):
    """Of ours: policyd-spf's, and its page that explains a refusal, which names the identity."""
    block = {name: value.split(",") if name in LISTS else value == "True" if name in FLAGS else value for name, value in changed.items()}
    explained = {"Reason_Message": "Message {rejectdefer} due to: {spf}. Please see {url}",
                 "Reason_URL": "http://www.openspf.net/Why?s={0};id={1};ip={2};r={3}"}
    return {"spf": {"received_spf": True, "policyd": {"stage": stage, **explained, **block}}}


class Bench:
    """All judges at work."""

    def __init__(self, folder, stack, shown):
        self.finder = start.judge(stack, judges.Ours, folder, "finder", {})
        self.strict = start.judge(stack, judges.Ours, folder, "strict", STRICT)
        self.opendmarc = start.judge(stack, judges.OpenDmarc, folder, world.SUFFIXES)
        self.spf = {name: (start.judge(stack, judges.Ours, folder, name, policyd_settings(changed, STAGES.get(name, "end_of_message"))),
                           start.judge(stack, judges.PolicydSpf, folder, f"{name}.policyd", {"debugLevel": 0, **changed}))
                    for name, changed in SWITCHES.items()}
        self.tables = {name: Table(name, peer, shown) for name, peer in
                       [("opendmarc", known.OPENDMARC), *((name, known.POLICYD_SPF) for name in SWITCHES)]}

    def judge(self, case):
        found = self.finder.judge(case)
        results = collections.defaultdict(list)
        for method, result in found.results():
            results[method].append(result)
        self._note("opendmarc", case, results, judges.dmarc_judgement(self.strict.judge(case)),
                   judges.dmarc_judgement(self.opendmarc.judge(case, judges.dkim_results(found))))
        for name, (ours, theirs) in self.spf.items():
            self._note(name, case, results, judges.spf_judgement(ours.judge(case)), judges.spf_judgement_of_action(theirs.ask(case)))

    def _note(self, table, case, results, ours, theirs):
        self.tables[table].note(known.Judgement(case, table, ours, theirs, dict(results)))


def main():
    options = start.arguments("Decisions side by side with Debian's opendmarc and policyd-spf", [judges.OPENDMARC, judges.POLICYD_SPF])
    with start.stage() as (folder, key, stack):
        bench = Bench(folder, stack, options.show)
        for case in messages.make(CASES, key):
            bench.judge(case)
    tables = bench.tables.values()
    for table in tables:
        table.print()
    start.finish(f"{CASES} messages", sum(table.unlisted() for table in tables) + miscounted(tables))


main()
