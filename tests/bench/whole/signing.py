"""Mail that goes out: one domain, and tables of many."""

from .filters import Filter, noop, opendkim_part, paraph, rspamd_signing, signers
from .load import Figure, play
from .plan import Plan, compare, name_server, tell, trouble_of, usual_figures, workload
from .table import Goal, Row, floors

SUBMISSION = {"submission": True, "client": "10.0.0.5"}
SIGNED = ("DKIM-Signature",)


def plain_corpus(plan: Plan):
    return plan.stage.corpus("plain", domain="sender.example")


@workload("outbound rsa")
def rsa(plan: Plan):
    with name_server(plan) as dns:
        yield from compare(plan, "outbound RSA-2048, c=8", signers(plan.stage, dns.address, plan.peers, "sender.example"),
                           plain_corpus(plan), ("d=sender.example",), messages=2500, sessions=8,
                           crypto=plan.crypto_ms("sign_rsa"), goal=floors(1.1), **SUBMISSION)


@workload("outbound both")
def rsa_and_ed25519(plan: Plan):
    with name_server(plan) as dns:
        starters = signers(plan.stage, dns.address, plan.peers, "sender.example", ("s1", "s2"))
        yield from compare(plan, "outbound RSA-2048 and Ed25519, c=8", starters, plain_corpus(plan),
                           ("a=rsa-sha256", "a=ed25519-sha256"), messages=2500, sessions=8,
                           crypto=plan.crypto_ms("sign_rsa_ed25519"), goal=floors(1.25), **SUBMISSION)


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


def measure_table(plan: Plan, name: str, starter, corpus, messages: int, repeat: int) -> Row:
    """Start, memory before any mail, and what a message costs."""
    with starter() as running:
        begin_mib = running.resident_mib()
        play(plan.stage, running, corpus, messages=20, sessions=8, **SUBMISSION)
        runs = [play(plan.stage, running, corpus, messages=plan.many(messages), sessions=8, **SUBMISSION,
                     **({} if running.name == "no-op" else {"expect": SIGNED})) for _ in range(repeat)]
        figures = usual_figures(runs)
        figures["start"] = Figure([running.start_seconds], "s", 2)
        figures["RSS at start"] = Figure([begin_mib], "MiB")
        tell(f"{name} / {running.name}: {figures['CPU']}, start {figures['start']}, {figures['RSS at start']}")
        return Row(name, running.name, figures, plan.crypto_ms("sign_rsa"), None, trouble_of(runs))


def spread_corpus(plan: Plan, count: int):
    """Mail of at most 2,000 of the domains, spread over the whole table and in no order of it."""
    used, scatter = min(count, 2000), 1237
    return plan.stage.corpus(f"table-{count}", domain="t-#.example", count=used, step=count // used * scatter, modulo=count)


def table_goal(one: Row) -> Goal:
    def met(row: Row, _) -> bool:
        return (row.value("start") <= 1 and row.value("RSS at start") - one.value("RSS at start") <= 60
                and row.value("CPU") <= 1.03 * one.value("CPU"))
    return Goal("start <= 1 s, <= 60 MiB and <= 1.03 x CPU of one domain", met)


@workload("tables")
def tables(plan: Plan):
    """refile: with a wildcard for each domain."""
    sizes = (1, 1000, 10_000, 100_000)
    with name_server(plan) as dns:
        one = None
        for count in sizes:
            made, corpus = Tables(plan, count), spread_corpus(plan, count)
            name = f"{count:,} signing domains, refile:, c=8"
            row = measure_table(plan, name, lambda: paraph(plan.stage, dns.address, made.settings()), corpus, 2500, plan.repeat)
            one = one or row
            row.goal = table_goal(one) if count > 1 else None
            row.figures["RSS over one"] = Figure([row.value("RSS at start") - one.value("RSS at start")], "MiB")
            yield row
            yield measure_table(plan, name, lambda: noop(plan.stage), corpus, 2500, plan.repeat)
        yield from table_peers(plan, dns.address, made, corpus, name)


def table_peers(plan: Plan, dns: str, made: Tables, corpus, name: str):
    def opendkim(kind: str):
        return lambda: Filter(f"opendkim {kind}:", [opendkim_part(plan.stage, dns, "s", made.opendkim(kind))])

    if "opendkim" in plan.peers:
        yield measure_table(plan, name, opendkim("file"), corpus, 1500, min(plan.repeat, 3))
        yield measure_table(plan, name, opendkim("refile"), corpus, 60, 1)
    if "rspamd" in plan.peers:
        yield measure_table(plan, name, lambda: rspamd_signing(plan.stage, dns, made.rspamd()), corpus, 2000,
                            min(plan.repeat, 3))
