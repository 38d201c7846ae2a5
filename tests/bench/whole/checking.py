"""Mail that comes in: a message of 4 KiB with one RSA-2048 signature, SPF with nested includes, DMARC."""

from .filters import checkers, noop, paraph
from .load import PASS
from .plan import Plan, name_server, workload
from .rounds import compare
from .table import at_most, beside, both, floors, part, rate_over

PAIR = "opendkim+opendmarc"
WITH_POLICY = "paraph with policy"
# All that a policy can look at: actions, exceptions that do not apply, and a profile for the mail of some recipients.
POLICY = {"policy": {
    "dmarc": "enforce", "spf_fail": "reject", "dkim_fail": "mark",
    "exceptions": [
        {"name": "lists", "type": "mailing_list", "list_ids": ["*.lists.example"], "dkim_domains": ["lists.example"]},
        {"name": "a forwarder", "type": "trusted_forwarder", "clients": ["203.0.113.0/24"]},
        {"name": "a partner", "authors": ["*@partner.example"], "dkim_domains": ["partner.example"]}],
    "profiles": {"strict": {"recipient_domains": ["strict.example"], "dmarc": "strict"}}}}

WITH_REPORTS = "paraph with reports"
WITH_HISTORY = "paraph with a history"

WITH_RELAY = "paraph with relays"
RELAY = "203.0.113.10"  # for which the domain's SPF record speaks as well: all results are the same with and without
RELAYS = {"relays": {"hosts": [{"addresses": [RELAY], "names": ["relay.example"]}]}}
RELAYED = f"""Received: from mx.sender.example (mx.sender.example [192.0.2.10])\r
\tby relay.example (Postfix) with ESMTPS id 4gN8xK1vBzz9rQ\r
\tfor <bob@rcpt.example>; Mon, 02 Mar 2026 10:11:12 +0000\r
"""


def warm_corpus(plan: Plan):
    return plan.stage.corpus("warm", domain="warm.example", sign=("s1",))


def relayed_corpus(plan: Plan):
    """The same, as a relay hands it on."""
    made = warm_corpus(plan).read_bytes()
    head, _, text = made.partition(b"\n")
    sender, _, octets = head.partition(b" ")
    whole = RELAYED.encode() + text[:int(octets)]
    path = plan.stage.folder / "relayed.corpus"
    path.write_bytes(b"%s %d\n%s\n" % (sender, len(whole), whole))
    return path


@workload("inbound warm")
def warm(plan: Plan):
    with name_server(plan) as dns:
        yield from compare(plan, "inbound warm, c=64", checkers(plan.stage, dns.address, plan.peers), warm_corpus(plan), PASS,
                           messages=4000, sessions=64, crypto="verify_rsa",
                           goal=both(floors(1.5), part(PAIR, 8), part("rspamd", 2.5)), less={PAIR: 3})


@workload("inbound warm with policy")
def warm_with_policy(plan: Plan):
    with name_server(plan) as dns:
        starters = [paraph(plan.stage, dns.address), paraph(plan.stage, dns.address, POLICY, WITH_POLICY), noop(plan.stage)]
        yield from compare(plan, "inbound warm, policy off and on, c=64", starters, warm_corpus(plan), PASS,
                           messages=4000, sessions=64, crypto="verify_rsa",
                           goal=beside(WITH_POLICY, "CPU", "3 % more with policy", lambda off, on: on <= 1.03 * off))


@workload("inbound warm with reports")
def warm_with_reports(plan: Plan):
    """Every message is counted for a report, and what was counted goes to a file of SQLite once a second."""
    counting = {"reports": {"enabled": True, "flush": "1s", "store": str(plan.stage.folder / "reports.db")}}
    with name_server(plan) as dns:
        starters = [paraph(plan.stage, dns.address), paraph(plan.stage, dns.address, counting, WITH_REPORTS), noop(plan.stage)]
        yield from compare(plan, "inbound warm, reports off and on, c=64", starters, warm_corpus(plan), PASS,
                           messages=4000, sessions=64, crypto="verify_rsa",
                           goal=beside(WITH_REPORTS, "CPU", "3 % more with reports", lambda off, on: on <= 1.03 * off))


@workload("inbound warm with a history")
def warm_with_history(plan: Plan):
    """Every message is written to a file for opendmarc-import, once a second."""
    writing = {"reports": {"history_file": str(plan.stage.folder / "history"), "flush": "1s"}}
    with name_server(plan) as dns:
        starters = [paraph(plan.stage, dns.address), paraph(plan.stage, dns.address, writing, WITH_HISTORY), noop(plan.stage)]
        yield from compare(plan, "inbound warm, history off and on, c=64", starters, warm_corpus(plan), PASS,
                           messages=4000, sessions=64, crypto="verify_rsa",
                           goal=beside(WITH_HISTORY, "CPU", "3 % more with a history", lambda off, on: on <= 1.03 * off))


@workload("inbound warm through a relay")
def warm_through_relay(plan: Plan):
    with name_server(plan) as dns:
        starters = [paraph(plan.stage, dns.address), paraph(plan.stage, dns.address, RELAYS, WITH_RELAY), noop(plan.stage)]
        yield from compare(plan, "inbound warm, relays off and on, c=64", starters, relayed_corpus(plan), PASS,
                           messages=4000, sessions=64, crypto="verify_rsa", client=RELAY,
                           goal=beside(WITH_RELAY, "CPU", "5 % more with relays", lambda off, on: on <= 1.05 * off))


@workload("inbound cold")
def cold(plan: Plan):
    corpus = plan.stage.corpus("cold", domain="cold-#.example", sign=("s1",), count=plan.many(3000))
    with name_server(plan) as dns:
        yield from compare(plan, "inbound cold, c=64", checkers(plan.stage, dns.address, plan.peers), corpus, PASS,
                           messages=3000, sessions=64, prime=warm_corpus(plan), fresh=True,
                           crypto="verify_rsa", goal=part("rspamd", 4), less={PAIR: 3})


@workload("1,000 active")
def active(plan: Plan):
    """A thousand sessions at once, all domains new, each answer 50 ms late."""
    corpus = plan.stage.corpus("cold", domain="cold-#.example", sign=("s1",), count=plan.many(3000))
    with name_server(plan, delay_ms=50) as dns:
        yield from compare(plan, "1,000 active, cold, DNS 50 ms", checkers(plan.stage, dns.address, plan.peers), corpus, PASS,
                           messages=3000, sessions=1000, prime=warm_corpus(plan), fresh=True, repeat=min(plan.repeat, 3),
                           crypto="verify_rsa",
                           goal=both(at_most("RSS", 100, "RSS <= 100 MiB"), rate_over("rspamd", 2)))

