"""Mail that goes out, its keys in every place where tables may stand. Part of a run only where it is asked for, because it starts
servers of databases and directories.

The answers of a source are kept, so what is measured is what a kept answer costs beside a row in memory."""

import contextlib
import functools
import json
import sqlite3
from pathlib import Path
from typing import Callable, Iterator

from harness import databases

from .filters import noop, paraph
from .load import Figure, finish, play, start
from .plan import Plan, name_server, tell, usual_figures, workload
from .rounds import Entrant, take_turns
from .signing import SIGNED, SUBMISSION, Tables, spread_corpus
from .table import Goal, Row

MANY = 100_000
ROWS_IN_POSTGRESQL = (1, 1000, MANY, 1_000_000)
USED = 2000  # addresses, in every measurement
PAUSE = "1h"  # nothing is asked twice
LMDB_ROOM = 256 << 20
OF_DIRECTORY = f"maxsize {1 << 30}\nindex uid eq\nindex objectClass eq\n"


class Places:
    """The same rows as in files in every other place; the servers run until `exit` ends."""

    def __init__(self, plan: Plan, exit_: contextlib.ExitStack, count: int):
        self.plan, self.exit, self.count = plan, exit_, count
        self.key = plan.stage.keys["s1"].path
        plan.stage.folder.chmod(0o755)  # for the users of the databases
        self.folder = plan.stage.new_folder()

    @functools.cached_property
    def files(self) -> Tables:
        return Tables(self.plan, self.count)

    def _names(self) -> Iterator[tuple[str, str]]:
        return ((f"k{number}", f"t-{number}.example") for number in range(self.count))

    def _values(self) -> tuple[dict, dict]:
        """Of the signing table and the key table, each by name."""
        return {domain: name for name, domain in self._names()}, {name: f"{domain}:s1:{self.key}" for name, domain in self._names()}

    def _named(self, kind: str, entry: dict) -> dict:
        return {"signing": {"key_table": f"{kind}:mail", "signing_table": f"{kind}:mail"}, "sources": {"mail": {**entry, "cache_time": PAUSE}}}

    @staticmethod
    def _paths(kind: str, signing: Path, keys: Path) -> dict:
        return {"signing": {"key_table": f"{kind}:{keys}", "signing_table": f"{kind}:{signing}"}}

    def _running(self, server: databases.Server) -> databases.Server:
        self.exit.callback(server.stop)
        server.start()
        return server

    def file(self) -> dict:
        return {"signing": {"key_table": f"file:{self.files.key_table}", "signing_table": f"file:{self.files.exact}"}}

    def refile(self) -> dict:
        return self.files.settings()

    def yaml(self) -> dict:
        """Of each domain its own entry, in a file that the settings include."""
        key = json.dumps({"keys": [{"selector": "s1", "file": str(self.key)}]})
        path = self.folder / "domains.yaml"
        path.write_text("".join(["domains:\n", *(f"  {domain}: {key}\n" for _, domain in self._names())]))
        return {"include": [str(path)]}

    def lmdb(self) -> dict:
        paths = self.folder / "signing.lmdb", self.folder / "keys.lmdb"
        for path, values in zip(paths, self._values()):
            databases.write_lmdb(path, values, LMDB_ROOM)
        return self._paths("lmdb", *paths)

    def db(self) -> dict:
        paths = self.folder / "signing.db", self.folder / "keys.db"
        for path, values in zip(paths, self._values()):
            databases.write_berkeley(path, values)
        return self._paths("db", *paths)

    def sqlite(self) -> dict:
        path = self.folder / "mail.sqlite"
        with contextlib.closing(sqlite3.connect(path)) as database, database:
            for statement in databases.SCHEMA:
                database.execute(statement)
            database.executemany(f"INSERT INTO {databases.SIGNING} VALUES (?, ?)", ((domain, name) for name, domain in self._names()))
            database.executemany(f"INSERT INTO {databases.KEYS} VALUES (?, ?, 's1', ?)",
                                 ((name, domain, str(self.key)) for name, domain in self._names()))
        path.chmod(0o600)
        return self._paths("sqlite", path, path)

    def postgresql(self) -> dict:
        server = self._running(databases.Postgresql(self.folder / "postgresql"))
        rows = f"FROM generate_series(0, {self.count - 1}) n"
        for statement in (*databases.SCHEMA, f"INSERT INTO {databases.SIGNING} SELECT 't-' || n || '.example', 'k' || n {rows}",
                          f"INSERT INTO {databases.KEYS} SELECT 'k' || n, 't-' || n || '.example', 's1', '{self.key}' {rows}", "ANALYZE"):
            server.sql(statement)
        return self._named("postgresql", server.entry())

    def mysql(self) -> dict:
        server = self._running(databases.Mariadb(self.folder / "mysql"))
        server.prepare()
        rows = f"FROM seq_0_to_{self.count - 1}"
        server.sql(*databases.SCHEMA, f"INSERT INTO {databases.SIGNING} SELECT CONCAT('t-', seq, '.example'), CONCAT('k', seq) {rows}",
                   f"INSERT INTO {databases.KEYS} SELECT CONCAT('k', seq), CONCAT('t-', seq, '.example'), 's1', '{self.key}' {rows}")
        return self._named("mysql", server.entry())

    def ldap(self) -> dict:
        server = databases.Slapd(self.folder / "ldap", OF_DIRECTORY)
        server.load_entries([entry for name, domain in self._names() for entry in (
            f"dn: uid={domain},{server.SUFFIX}\nobjectClass: account\nuid: {domain}\ndescription: {name}\n",
            f"dn: uid=key-{name},{server.SUFFIX}\nobjectClass: account\nuid: key-{name}\nhost: {domain}\nl: s1\ndescription: {self.key}\n")])
        self._running(server)
        return self._named("ldap", server.entry())


def entrant(plan: Plan, dns: str, settings: dict, count: int) -> Entrant:
    return Entrant(paraph(plan.stage, dns, settings), spread_corpus(plan, count), plan.many(2500), plan.repeat, SIGNED,
                   {"sessions": 8, **SUBMISSION}, primes=USED)


def beside(one: Entrant, other: Entrant) -> Figure:
    """The CPU of one as times the other's, round by round."""
    return Figure([mine.cpu_ms / yours.cpu_ms for mine, yours in zip(one.runs, other.runs)], "", 3)


def row(one: Entrant, other: Entrant, name: str, words: str, crypto: float) -> Row:
    """`other`: what it is to be as fast as; `words` say what that is."""
    figures = {**usual_figures(one.runs), "start": Figure([one.start_seconds], "s", 2), "RSS at start": Figure([one.started_mib], "MiB"),
               f"x {words}": beside(one, other)}
    goal = None if one is other else Goal(f"<= 1.03 x {words}", lambda made, _: made.value(f"x {words}") <= 1.03)
    return one.row(name, figures, crypto, goal)


def measured(plan: Plan, dns: str, settings: dict, count_of: Callable) -> tuple[dict, Entrant, float]:
    """An entrant for each of the settings, by name; the no-op; the bare arithmetic."""
    entrants = {name: entrant(plan, dns, told, count_of(name)) for name, told in settings.items()}
    still = Entrant(noop(plan.stage), spread_corpus(plan, MANY), plan.many(2500), plan.repeat, SIGNED, {"sessions": 8, **SUBMISSION})
    return entrants, still, take_turns(plan, "sign_rsa", [*entrants.values(), still])


@workload("tables of every source", on_demand=True)
def every_source(plan: Plan):
    """100,000 domains in each, of which 2,000 send mail."""
    with name_server(plan) as dns, contextlib.ExitStack() as exit_:
        places = Places(plan, exit_, MANY)
        settings = {}
        for kind in ("file", "refile", "yaml", "lmdb", "db", "sqlite", "postgresql", "mysql", "ldap"):
            settings[kind] = getattr(places, kind)()
            tell(f"{MANY:,} domains in {kind}")
        entrants, still, crypto = measured(plan, dns.address, settings, lambda _: MANY)
    for kind, one in entrants.items():
        name = f"{MANY:,} signing domains, {kind}, kept, c=8"
        yield row(one, entrants["file"], name, "file", crypto)
        yield still.row(name, usual_figures(still.runs), crypto)


@workload("tables in PostgreSQL", on_demand=True)
def sizes_in_postgresql(plan: Plan):
    """From one row to a million."""
    with name_server(plan) as dns, contextlib.ExitStack() as exit_:
        settings = {count: Places(plan, exit_, count).postgresql() for count in ROWS_IN_POSTGRESQL}
        entrants, still, crypto = measured(plan, dns.address, settings, lambda count: count)
    for count, one in entrants.items():
        name = f"{count:,} signing domains, postgresql, kept, c=8"
        yield row(one, entrants[1], name, "one domain", crypto)
        yield still.row(name, usual_figures(still.runs), crypto)


@workload("tables under made-up authors", on_demand=True)
def flooded(plan: Plan):
    """Mail of 1,000 domains in PostgreSQL, 50 messages a second, without and with somebody else who writes a new author in every
    message, as fast as he is answered. Its keys must be found, and memory stay within the cache."""
    count, seconds = 1000, 5 if plan.quick else 30
    usual = {"messages": 50 * seconds, "rate": 50, "sessions": 8, "expect": SIGNED, **SUBMISSION}
    with name_server(plan) as dns, contextlib.ExitStack() as exit_:
        one = entrant(plan, dns.address, Places(plan, exit_, count).postgresql(), count)
        running = exit_.enter_context(one.ready(plan.stage))
        for name in ("alone", "beside made-up authors"):
            flood = name != "alone" and start(plan.stage, running, plan.stage.template("made-up", "n-#.invalid.example"), sessions=50, messages=0,
                                              seconds=seconds, first_number=10**9, **SUBMISSION)
            one.runs = [play(plan.stage, running, one.corpus, **usual)]
            figures = usual_figures(one.runs)
            if flood:
                figures["made up"] = Figure([finish(flood)["messages"] / seconds], "msg/s", 0)
            yield one.row(f"{count:,} signing domains, postgresql, {name}", figures, 0)
