#!/usr/bin/python3
"""The decisions of opendmarc, policyd-spf and paraphd for the same messages.

    side_by_side.py --paraphd PROGRAM --test-dns PROGRAM [--show N]

Fails for every difference that known.py does not list, and for each that it lists and that occurs another number of times."""

import collections

import start

import judges
import known
import messages
import tally
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
        self.tables = {name: tally.Table(name, [kind for kind in known.CLASSES if kind.peer == peer], shown) for name, peer in
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
    start.finish(f"{CASES} messages", sum(table.unlisted() for table in tables) + tally.miscounted(tables, known.CLASSES))


main()
