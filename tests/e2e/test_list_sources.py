"""Who may write which From, and domains of the default keys, in databases and directories: as in files."""

import contextlib
import json
import signal
import tempfile
import time
import unittest
from pathlib import Path

from harness import databases, programs
from harness.databases import Lists
from harness.dns import Zone
from harness.keys import KeyFile
from harness.messages import message
from harness.paraphd import Paraphd
from harness.process import eventually, run

TEMPFAIL, REJECT, BAD_CONFIGURATION = 75, 550, 78
LISTS = Lists({"alice": ["alice@ours.test", "news@ours.test, customer.test", ".below.test"],
               "*@shop.test": ["%s"], "*": ["everyone@ours.test"], "carol": ["\"a b\"@ours.test", "carol@ours.test"],
               "127.0.0.0/8": ["cron@ours.test"]},
              ["customer.test", ".below.test", "shop.test"])
# No login is more than a value, and none is a pattern or a network.
HOSTILE = ("alice' OR '1'='1", "*", "%", "al*", "a'; DROP TABLE dkim_senders; --", "127.0.0.0/8", "127.0.0.1",
           ")(uid=*", "alice\\", "x" * 2000, "login-alice")


class Stage(unittest.TestCase):
    kind = ""
    mismatch = "reject"

    @classmethod
    def setUpClass(cls):
        cls.exit = contextlib.ExitStack()
        cls.addClassCleanup(cls.exit.close)
        cls.folder = Path(cls.exit.enter_context(tempfile.TemporaryDirectory(prefix="paraph-e2e-")))
        cls.folder.chmod(0o755)
        own = KeyFile(cls.folder, Zone([]), "ours.test", "own", "ed25519")
        other = KeyFile(cls.folder, Zone([]), "default.test", "default", "ed25519")
        cls.prepare()
        senders, domains = cls.tables()
        settings = {"domains": {"ours.test": {"keys": [own.entry()]}}, "dns": {"nameservers": ["127.0.0.1"]},
                    "default": {"domain_table": domains, "keys": [other.entry()]}, "sources": cls.sources(),
                    "senders": {"table": senders, "mismatch": cls.mismatch}, "log": {"level": "info"}}
        cls.paraphd = Paraphd(cls.folder, settings)
        cls.exit.callback(cls.paraphd.stop)
        cls.paraphd.start()

    @classmethod
    def prepare(cls):
        """Overridden to make the database."""

    @classmethod
    def sources(cls) -> dict:
        return {}

    @classmethod
    def tables(cls) -> tuple[str, str]:
        return f"{cls.kind}:mail", f"{cls.kind}:mail"

    def send(self, author: str, login: str = "alice") -> str | int:
        """Who signs, or in their place REJECT or the exit status."""
        told = run([programs.paraph, "probe", "--json", "--socket", self.paraphd.socket,
                    *(["--auth", login] if login else ["--ip", "127.0.0.1"]), "--mail-from", "alice@ours.test", "-"],
                   message(author), check=False)
        if told.returncode != 0:
            return told.returncode
        answer = json.loads(told.stdout)
        if answer["text"].startswith("550"):
            return REJECT
        signatures = [edit["value"] for edit in answer["edits"] if edit["name"] == "DKIM-Signature"]
        tags = [dict(tag.strip().split("=", 1) for tag in value.split(";")) for value in signatures]
        return " ".join(f"{one['d']}/{one['s']}" for one in tags)

    def check_other(self, **queries: str) -> str:
        """Another configuration, in the place of the daemon's."""
        mail = {**self.paraphd.settings["sources"]["mail"], **queries}
        self.paraphd.write_config({**self.paraphd.settings, "sources": {"mail": mail}})
        return self.check_config()

    def check_config(self) -> str:
        told = run([programs.paraph, "check-config", "-c", str(self.paraphd.config)], check=False)
        return f"{told.returncode} {told.stdout.decode()}"


class SameLists(Stage):
    """What holds of every kind."""

    def test_as_in_a_file(self):
        for author, login, expected in (
                ("alice@ours.test", "alice", "ours.test/own"), ("Alice@Ours.test", "ALICE", "ours.test/own"),
                ("news@ours.test", "alice", "ours.test/own"), ("x@customer.test", "alice", "customer.test/default"),
                ("x@a.below.test", "alice", "a.below.test/default"), ("x@below.test", "alice", ""),
                ("boss@ours.test", "alice", REJECT), ("alice@ours.test, boss@ours.test", "alice", REJECT),
                ("alice@ours.test", "bob", REJECT), ("everyone@ours.test", "bob", "ours.test/own"),
                ("ann@shop.test", "ann@shop.test", "shop.test/default"), ("eve@shop.test", "ann@shop.test", REJECT),
                ("carol@ours.test", "carol", "ours.test/own"), ("cron@ours.test", "", "ours.test/own"),
                ("alice@ours.test", "", REJECT), ("x@stranger.test", "alice", "")):
            with self.subTest(f"{login} as {author}"):
                self.assertEqual(expected, self.send(author, login))
        self.assertTrue(self.check_config().startswith("0 "), self.check_config())

    def test_a_row_that_cannot_be_read_refuses_nobody_for_good(self):
        self.assertEqual(TEMPFAIL, self.send("dave@ours.test", "carol"))

    def test_a_hostile_login_is_nobody(self):
        before = len(self.paraphd.log())
        for login in HOSTILE:
            with self.subTest(login[:20]):
                self.assertEqual(REJECT, self.send("alice@ours.test", login))
                self.assertEqual(REJECT, self.send("cron@ours.test", login))
        self.assertEqual("ours.test/own", self.send("alice@ours.test"))
        self.assertEqual(0, self.paraphd.log()[before:].count("SOURCE_FAILS"))

    def test_what_the_tool_says(self):
        for domain, expected in (("a.below.test", "default"), ("below.test", "none"), ("ours.test", "domains.ours.test")):
            told = run([programs.paraph, "show-config", "-c", str(self.paraphd.config), domain]).stdout.decode()
            self.assertRegex(told, rf"(?m)^entry:? +{expected}\b")


class FileLists(SameLists):
    @classmethod
    def write(cls, lists):
        raise NotImplementedError

    @classmethod
    def prepare(cls):
        cls.write(LISTS)

    def test_a_file_that_is_replaced_or_missing(self):
        self.write(Lists({"alice": ["boss@ours.test"]}, ["other.test"]))
        try:
            self.assertEqual("ours.test/own", self.send("boss@ours.test"))
            self.assertEqual(REJECT, self.send("alice@ours.test"))
            self.assertEqual("", self.send("x@customer.test"))
            for path in self.paths():
                path.unlink()
            self.assertEqual(TEMPFAIL, self.send("new@ours.test", "new"))
            self.assertEqual(TEMPFAIL, self.send("x@new.test"))
            self.assertTrue(self.check_config().startswith(f"{BAD_CONFIGURATION} "))
            self.assertIn("The daemon would start", self.check_config())
        finally:
            self.write(LISTS)
        eventually("it to be asked again", lambda: self.send("new@ours.test", "new") == REJECT)
        eventually("it to be asked again", lambda: self.send("x@customer.test") == "customer.test/default")


class Sqlite(FileLists):
    @classmethod
    def paths(cls):
        return [cls.folder / "mail.sqlite"]

    @classmethod
    def write(cls, lists):
        databases.write_sqlite(cls.paths()[0], lists)

    @classmethod
    def tables(cls):
        return (f"sqlite:{cls.paths()[0]}",) * 2


class Lmdb(FileLists):
    prefix = "lmdb"

    @classmethod
    def paths(cls):
        return [cls.folder / f"senders.{cls.prefix}", cls.folder / f"domains.{cls.prefix}"]

    @classmethod
    def write(cls, lists):
        for path, values in zip(cls.paths(), lists.values()):
            cls.write_values(path, values)

    @staticmethod
    def write_values(path, values):
        databases.write_lmdb(path, values)

    @classmethod
    def tables(cls):
        return tuple(f"{cls.prefix}:{path}" for path in cls.paths())


class Berkeley(Lmdb):
    prefix = "db"

    @staticmethod
    def write_values(path, values):
        databases.write_berkeley(path, values)


class ServerLists(SameLists):
    server = None

    @classmethod
    def sources(cls):
        return {"mail": {**cls.server.entry(), "timeout": "1s", "cache_time": "0s"}}

    def test_a_server_that_stops_and_comes_back(self):
        self.assertEqual("ours.test/own", self.send("alice@ours.test"))
        self.assertEqual("customer.test/default", self.send("x@customer.test"))
        before = len(self.paraphd.log())
        self.server.stop()
        self.assertEqual("ours.test/own", self.send("alice@ours.test"))  # as it was last
        self.assertEqual("customer.test/default", self.send("x@customer.test"))
        self.assertEqual(TEMPFAIL, self.send("new@ours.test", "new"))
        self.assertEqual("ours.test/own", self.send("everyone@ours.test", "new"))  # whoever it is
        self.assertEqual(TEMPFAIL, self.send("x@new.test"))
        self.assertTrue(self.check_config().startswith(f"{BAD_CONFIGURATION} "))
        self.paraphd.reload()
        eventually("the reload", lambda: "configuration reloaded" in self.paraphd.log()[before:])
        self.assertEqual("ours.test/own", self.send("alice@ours.test"))  # also behind a reload
        self.assertEqual(TEMPFAIL, self.send("new@ours.test", "new"))
        self.server.start()
        eventually("it to be asked again", lambda: self.send(f"x@n{time.monotonic_ns()}.test") == "")
        eventually("it to be asked again", lambda: self.send("new@ours.test", f"n{time.monotonic_ns()}") == REJECT)
        self.assertNotIn("s3cret", self.paraphd.log())

    def test_a_server_that_hangs(self):
        self.server.tell(signal.SIGSTOP)
        try:
            self.assertEqual(TEMPFAIL, self.send("hangs@ours.test", "hangs"))
        finally:
            self.server.tell(signal.SIGCONT)
        eventually("it to be asked again", lambda: self.send("hangs@ours.test", "hangs") == REJECT)


class Postgresql(ServerLists):
    kind = "postgresql"

    @classmethod
    def prepare(cls):
        cls.server = databases.Postgresql(cls.folder / "pg")
        cls.exit.callback(cls.server.stop)
        cls.server.start()
        cls.server.sql(*databases.SCHEMA, *LISTS.sql())

    def test_a_query_that_can_make_nothing_of_a_name(self):
        """A column of numbers, for example: nobody is refused for good, and check-config says so."""
        query = "SELECT allowed FROM dkim_senders WHERE login = $1::int::text"
        self.assertRegex(self.check_other(sender_query=query), "(?s)^78 .*invalid input syntax")
        self.paraphd.reload()
        eventually("the reload", lambda: self.send("alice@ours.test") == TEMPFAIL)
        self.paraphd.write_config()
        self.paraphd.reload()
        eventually("the reload", lambda: self.send("alice@ours.test") == "ours.test/own")

    def test_a_query_with_a_row_for_every_name(self):
        try:
            for what in ("count(*)", "max(domain)", "count(*) > 0"):
                told = self.check_other(domain_query=f"SELECT {what} FROM dkim_domains WHERE domain = $1")
                self.assertRegex(told, "(?s)^78 .*a row for every name")
        finally:
            self.paraphd.write_config()


class Mariadb(ServerLists):
    kind = "mysql"

    @classmethod
    def prepare(cls):
        cls.server = databases.Mariadb(cls.folder / "my")
        cls.exit.callback(cls.server.stop)
        cls.server.start()
        cls.server.prepare()
        cls.server.sql(*databases.SCHEMA, *LISTS.sql())


class Ldap(ServerLists):
    """Mail that does not fit goes out unsigned, but only if that is known."""

    kind = "ldap"

    @classmethod
    def prepare(cls):
        cls.server = databases.Slapd(cls.folder / "ldap")
        cls.server.load_lists(LISTS)
        cls.server.add_domain("customer.test")
        cls.server.start()
        cls.exit.callback(cls.server.stop)

    def test_a_domain_as_components_is_not_those_below_it(self):
        suffix = self.server.SUFFIX
        try:
            self.assertTrue(self.check_other(domain_query=f"$D,{suffix}?dc?base").startswith("0 "))
            for domain, expected in (("customer.test", "default"), ("a.customer.test", "none"), ("other.test", "none")):
                told = run([programs.paraph, "show-config", "-c", str(self.paraphd.config), domain]).stdout.decode()
                self.assertRegex(told, rf"(?m)^entry:? +{expected}\b")
        finally:
            self.paraphd.write_config()


class Unsigned(Sqlite):
    """What is not allowed goes out unsigned, and what nobody knows waits."""

    mismatch = "unsigned"

    def test_as_in_a_file(self):
        self.assertEqual("", self.send("boss@ours.test"))
        self.assertEqual(TEMPFAIL, self.send("dave@ours.test", "carol"))

    def test_a_hostile_login_is_nobody(self):
        for login in HOSTILE:
            self.assertEqual("", self.send("alice@ours.test", login))

    def test_a_file_that_is_replaced_or_missing(self):
        self.paths()[0].rename(self.folder / "aside")
        self.assertEqual(TEMPFAIL, self.send("new@ours.test", "new"))
        (self.folder / "aside").rename(self.paths()[0])
        eventually("it to be asked again", lambda: self.send("new@ours.test", "new") == "")


def load_tests(loader, _tests, _pattern):
    kinds = (Sqlite, Lmdb, Berkeley, Postgresql, Mariadb, Ldap, Unsigned)
    return unittest.TestSuite(loader.loadTestsFromTestCase(kind) for kind in kinds)


if __name__ == "__main__":
    unittest.main()
