"""Mail that comes in: a message of 4 KiB with one RSA-2048 signature, SPF with nested includes, DMARC."""

from .filters import checkers
from .load import PASS
from .plan import Plan, name_server, workload
from .rounds import compare
from .table import at_most, both, floors, part, rate_over

PAIR = "opendkim+opendmarc"


def warm_corpus(plan: Plan):
    return plan.stage.corpus("warm", domain="warm.example", sign=("s1",))


@workload("inbound warm")
def warm(plan: Plan):
    with name_server(plan) as dns:
        yield from compare(plan, "inbound warm, c=64", checkers(plan.stage, dns.address, plan.peers), warm_corpus(plan), PASS,
                           messages=4000, sessions=64, crypto="verify_rsa",
                           goal=both(floors(1.5), part(PAIR, 8), part("rspamd", 2.5)), less={PAIR: 3})


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

