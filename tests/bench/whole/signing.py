"""Mail that goes out: one domain, and tables of many."""

from typing import Iterator

from .filters import Starter, noop, opendkim_part, paraph, rspamd_signing, signers
from .load import Figure
from .plan import Plan, name_server, usual_figures, workload
from .rounds import Entrant, compare, take_turns
from .table import Goal, Row, floors

SUBMISSION = {"submission": True, "client": "10.0.0.5"}
SIGNED = ("DKIM-Signature",)
SIZES = (1, 1000, 10_000, 100_000)


def plain_corpus(plan: Plan):
    return plan.stage.corpus("plain", domain="sender.example")


@workload("outbound rsa")
def rsa(plan: Plan):
    with name_server(plan) as dns:
        yield from compare(plan, "outbound RSA-2048, c=8", signers(plan.stage, dns.address, plan.peers, "sender.example"),
                           plain_corpus(plan), ("d=sender.example",), messages=2500, sessions=8,
                           crypto="sign_rsa", goal=floors(1.1), **SUBMISSION)


@workload("outbound both")
def rsa_and_ed25519(plan: Plan):
    with name_server(plan) as dns:
        starters = signers(plan.stage, dns.address, plan.peers, "sender.example", ("s1", "s2"))
        yield from compare(plan, "outbound RSA-2048 and Ed25519, c=8", starters, plain_corpus(plan),
                           ("a=rsa-sha256", "a=ed25519-sha256"), messages=2500, sessions=8,
                           crypto="sign_rsa_ed25519", goal=floors(1.25), **SUBMISSION)


class Tables:
    """KeyTable and SigningTable of so many domains, in OpenDKIM's form; one key signs for all."""

    def __init__(self, plan: Plan, count: int):
        self.count, folder, key = count, plan.stage.new_folder(), plan.stage.keys["s1"].path
        self.key_table, self.patterns, self.exact = folder / "keytable", folder / "refile", folder / "file"
        self.selectors, self.paths = folder / "selectors", folder / "paths"
        names = [f"t-{number}.example" for number in range(count)]
        self._write(self.key_table, (f"k{n} {name}:s1:{key}" for n, name in enumerate(names)))
        self._write(self.patterns, (f"*@{name} k{n}" for n, name in enumerate(names)))
        self._write(self.exact, (f"{name} k{n}" for n, name in enumerate(names)))
        self._write(self.selectors, (f"{name} s1" for name in names))
        self._write(self.paths, (f"{name} {key}" for name in names))

    @staticmethod
    def _write(path, lines) -> None:
        path.write_text("\n".join(lines) + "\n")

    def settings(self) -> dict:
        return {"signing": {"key_table": f"file:{self.key_table}", "signing_table": f"refile:{self.patterns}"}}

    def opendkim(self, kind: str) -> str:
        rows = self.patterns if kind == "refile" else self.exact
        return f"KeyTable file:{self.key_table}\nSigningTable {kind}:{rows}\n"

    def rspamd(self) -> str:
        return f'selector_map = "{self.selectors}"; path_map = "{self.paths}";'


def spread_corpus(plan: Plan, count: int):
    """Mail of at most 2,000 of the domains, spread over the whole table and in no order of it."""
    used, scatter = min(count, 2000), 1237
    return plan.stage.corpus(f"table-{count}", domain="t-#.example", count=used, step=count // used * scatter, modulo=count)


def table_entrant(plan: Plan, starter: Starter, count: int, messages: int = 2500, rounds: int = 0) -> Entrant:
    return Entrant(starter, spread_corpus(plan, count), plan.many(messages), rounds or plan.repeat, SIGNED,
                   {"sessions": 8, **SUBMISSION})


@workload("tables")
def tables(plan: Plan):
    """refile: with a wildcard for each domain. All sizes take turns, because they are compared with each other."""
    made = {count: Tables(plan, count) for count in SIZES}
    with name_server(plan) as dns:
        ours = {count: table_entrant(plan, paraph(plan.stage, dns.address, rows.settings()), count)
                for count, rows in made.items()}
        still = table_entrant(plan, noop(plan.stage), SIZES[-1])
        peers = list(table_peers(plan, dns.address, made[SIZES[-1]]))
        crypto = take_turns(plan, "sign_rsa", [*ours.values(), still, *peers])
    for count, entrant in ours.items():
        yield table_row(entrant, count, crypto, ours[1])
        yield table_row(still, count, crypto, ours[1])
    for peer in peers:
        yield table_row(peer, SIZES[-1], crypto, ours[1])


def table_peers(plan: Plan, dns: str, made: Tables) -> Iterator[Entrant]:
    def opendkim(kind: str) -> Starter:
        return Starter(f"opendkim {kind}:", lambda: [opendkim_part(plan.stage, dns, "s", made.opendkim(kind))])

    few = min(plan.repeat, 3)
    if "opendkim" in plan.peers:
        yield table_entrant(plan, opendkim("file"), made.count, 1500, few)
        yield table_entrant(plan, opendkim("refile"), made.count, 60, 1)
    if "rspamd" in plan.peers:
        yield table_entrant(plan, rspamd_signing(plan.stage, dns, made.rspamd()), made.count, 2000, few)


def table_row(entrant: Entrant, count: int, crypto: float, one: Entrant) -> Row:
    """`one`: paraph with one domain."""
    figures = {**usual_figures(entrant.runs), "start": Figure([entrant.start_seconds], "s", 2),
               "RSS at start": Figure([entrant.started_mib], "MiB")}
    if entrant.starter.name == one.starter.name:
        figures["RSS over one"] = Figure([entrant.started_mib - one.started_mib], "MiB")
    return entrant.row(f"{count:,} signing domains, refile:, c=8", figures, crypto, table_goal(one) if count > 1 else None)


def table_goal(one: Entrant) -> Goal:
    def met(row: Row, _) -> bool:
        return (row.value("start") <= 1 and row.value("RSS over one") <= 60
                and row.value("CPU") <= 1.03 * usual_figures(one.runs)["CPU"].median)
    return Goal("start <= 1 s, <= 60 MiB and <= 1.03 x CPU of one domain", met)
