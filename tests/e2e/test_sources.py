"""Tables of keys in databases and directories: the same rows everywhere, asked by the daemon in its sandbox."""

import collections
import contextlib
import itertools
import json
import re
import signal
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

from harness import databases, programs
from harness.databases import Rows
from harness.dns import Zone
from harness.keys import KeyFile
from harness.messages import message
from harness.paraphd import Paraphd
from harness.process import eventually, run
from test_unit_file import SYSTEM_CALL, allowed, can_be_tried

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from milter_client import Milter, parse_address  # noqa: E402

TEMPFAIL, BAD_CONFIGURATION = 75, 78

# The author's local part may be anything; no database may take it for more than a value.
HOSTILE = ("'", "\\\"", "a'; DROP TABLE dkim_signing; --", "*", "%", ")(uid=*", "x" * 60_000, "\xff", "日本",
           "a\\0b")


class Stage(unittest.TestCase):
    """A daemon without a mail server; `paraph probe` speaks with it."""

    kind = ""

    @classmethod
    def setUpClass(cls):
        cls.exit = contextlib.ExitStack()
        cls.addClassCleanup(cls.exit.close)
        cls.folder = Path(cls.exit.enter_context(tempfile.TemporaryDirectory(prefix="paraph-e2e-")))
        cls.folder.chmod(0o755)
        cls.zone = Zone([])
        cls.first = KeyFile(cls.folder, cls.zone, "ours.test", "first")
        cls.second = KeyFile(cls.folder, cls.zone, "sub.test", "second", "ed25519")
        cls.other = KeyFile(cls.folder, cls.zone, "other.test", "other", "ed25519")
        cls.rows = Rows({"alice@ours.test": "first", ".ours.test": "first", "sub.test": "second", "*": "%"},
                        {"first": ("ours.test", "first", str(cls.first.path)),
                         "second": ("%", "second", str(cls.folder / "second.%.pem")),
                         "inline.test": ("inline.test", "second", cls.inline_key())})
        cls.prepare()
        settings = {"signing": cls.tables(), "sources": cls.sources(), "log": {"level": "info"},
                    "domains": {"other.test": {"keys": [cls.other.entry()]}},
                    "dns": {"nameservers": ["127.0.0.1"]}}
        cls.paraphd = Paraphd(cls.folder, settings, wrap=cls.traced())
        cls.exit.callback(cls.paraphd.stop)
        cls.start()

    @classmethod
    def start(cls):
        cls.paraphd.start()

    @classmethod
    def traced(cls) -> tuple:
        """When all is over, what the daemon did is compared with what the service manager would let it do."""
        if not can_be_tried():
            return ()
        trace = cls.folder / "strace.out"

        def check():
            made = set(SYSTEM_CALL.findall(trace.read_text(errors="replace"))) - {"execve"}
            assert "seccomp" in made and made <= allowed(), made - allowed()

        cls.exit.callback(check)
        return ("strace", "-D", "-f", "-qq", "-e", "signal=none", "-o", str(trace))

    @classmethod
    def inline_key(cls) -> str:
        """In base64, on one line."""
        return "".join(cls.second.path.read_text().split("\n")[1:-2])

    @classmethod
    def prepare(cls):
        """Overridden to make the database."""

    @classmethod
    def sources(cls) -> dict:
        return {}

    @classmethod
    def tables(cls) -> dict:
        return {"key_table": f"{cls.kind}:mail", "signing_table": f"{cls.kind}:mail"}

    def probe(self, author: str):
        return run([programs.paraph, "probe", "--json", "--socket", self.paraphd.socket, "--auth", "alice", "--mail-from",
                    "alice@ours.test", "-"], message(author), check=False)

    def selectors(self, author: str) -> list:
        """Of the signatures, or the exit status in their place."""
        told = self.probe(author)
        if told.returncode != 0:
            return [told.returncode]
        return [re.search(r"\bs=(\w+);", edit["value"])[1] for edit in json.loads(told.stdout)["edits"]
                if edit["name"] == "DKIM-Signature"]

    def check_config(self) -> str:
        told = run([programs.paraph, "check-config", "-c", str(self.paraphd.config)], check=False)
        return f"{told.returncode} {told.stdout.decode()}"


class SameRows(Stage):
    """What holds of every kind."""

    def test_rows_choose_the_keys(self):
        for author, expected in {"alice@ours.test": ["first"], "Alice@OURS.test": ["first"], "bob@ours.test": [],
                                 "x@deep.er.ours.test": ["first"], "x@sub.test": ["second"],
                                 "x@inline.test": ["second"], "x@nobody.test": [], "x@other.test": ["other"]}.items():
            with self.subTest(author):
                self.assertEqual(expected, self.selectors(author))
        self.assertTrue(self.check_config().startswith("0 "), self.check_config())

    def test_a_hostile_author_is_nobody(self):
        before = len(self.paraphd.log())
        for local_part in HOSTILE:
            with self.subTest(local_part[:20]):
                self.assertIn(self.selectors(f'"{local_part}"@ours.test'), ([], [TEMPFAIL], [69]))
        self.assertEqual(["first"], self.selectors("alice@ours.test"))
        self.assertNotIn("SOURCE_FAILS", self.paraphd.log()[before:])

    def test_an_answer_that_is_too_large_stops_nobody_else(self):
        before = len(self.paraphd.log())
        self.assertEqual([TEMPFAIL], self.selectors("x@many.test"))
        self.assertEqual([], self.selectors(f"n{time.monotonic_ns()}@ours.test"))
        self.assertNotIn("SOURCE_FAILS", self.paraphd.log()[before:])


class FileRows(SameRows):
    """A file that is replaced is noticed without a reload."""

    def test_a_new_file(self):
        self.write(Rows({"carol@ours.test": "first"}, self.rows.keys))
        try:
            self.assertEqual(["first"], self.selectors("carol@ours.test"))
            self.assertEqual([], self.selectors("alice@ours.test"))
        finally:
            self.write(self.rows)
        self.assertEqual(["first"], self.selectors("alice@ours.test"))

    def test_no_file(self):
        for path in self.paths():
            path.rename(path.with_suffix(".aside"))
        try:
            self.assertEqual([TEMPFAIL], self.selectors("new@ours.test"))
            self.assertEqual(["other"], self.selectors("x@other.test"))
            self.assertTrue(self.check_config().startswith(f"{BAD_CONFIGURATION} "))
            self.assertIn("The daemon would start", self.check_config())
            self.assertIn("SOURCE_FAILS", self.paraphd.log())
        finally:
            for path in self.paths():
                path.with_suffix(".aside").rename(path)
        eventually("it to be asked again", lambda: self.selectors("new@ours.test") == [])
        self.assertIn("SOURCE_ANSWERS", self.paraphd.log())

    def test_a_file_that_is_cut_short(self):
        """In place, while it is open. What can no longer be asked waits; nothing ends the daemon, and nobody else's key signs."""
        for path in self.paths():
            whole = path.read_bytes()
            for size in (len(whole) - 1, len(whole) // 2, 4096, 100, 0):
                with self.subTest(f"{path.name}, {size} of {len(whole)} bytes"):
                    self.selectors("alice@ours.test")
                    with path.open("r+b") as file:
                        file.truncate(size)
                    try:
                        self.assertEqual(["first"], self.selectors("alice@ours.test"))  # as it was last
                        self.assertIn(self.selectors(f"n{time.monotonic_ns()}@ours.test"), ([], [TEMPFAIL]))
                        self.assertIn(self.selectors("x@inline.test"), (["second"], [TEMPFAIL]))
                        self.check_config()
                        self.assertTrue(self.paraphd.running())
                    finally:
                        path.write_bytes(whole)
                    eventually("it to be asked again", lambda: self.selectors(f"n{time.monotonic_ns()}@ours.test") == [])
                    eventually("it to be asked again", lambda: self.selectors("x@inline.test") == ["second"])

    def test_keys_in_a_file_that_others_read(self):
        path = self.paths()[-1]
        path.chmod(0o644)
        self.assertEqual([TEMPFAIL], self.selectors("x@inline.test"))
        self.assertEqual(["first"], self.selectors("alice@ours.test"))
        path.chmod(0o600)
        self.assertEqual(["second"], self.selectors("x@inline.test"))


class Sqlite(FileRows):
    @classmethod
    def prepare(cls):
        cls.write(cls.rows)

    @classmethod
    def paths(cls):
        return [cls.folder / "mail.db"]

    @classmethod
    def write(cls, rows):
        databases.write_sqlite(cls.paths()[0], rows)

    @classmethod
    def tables(cls):
        return {"key_table": f"sqlite:{cls.paths()[0]}", "signing_table": f"sqlite:{cls.paths()[0]}"}


class ValueFiles(FileRows):
    suffix, prefix = "lmdb", "lmdb:"

    @classmethod
    def prepare(cls):
        cls.write(cls.rows)

    @classmethod
    def paths(cls):
        return [cls.folder / f"signing.{cls.suffix}", cls.folder / f"keys.{cls.suffix}"]

    @staticmethod
    def write_values(path, values):
        databases.write_lmdb(path, values)

    @classmethod
    def write(cls, rows):
        for path, values in zip(cls.paths(), rows.values()):
            cls.write_values(path, values)

    @classmethod
    def tables(cls):
        signing, key_table = (f"{cls.prefix}{path}" for path in cls.paths())
        return {"key_table": key_table, "signing_table": signing}


class BerkeleyHash(ValueFiles):
    suffix, prefix = "db", ""

    @staticmethod
    def write_values(path, values):
        databases.write_berkeley(path, values)


class BerkeleyTree(ValueFiles):
    suffix, prefix = "bt", "bdb:"

    @staticmethod
    def write_values(path, values):
        databases.write_berkeley(path, values, "btree")


class Flood:
    """Somebody who logs in and writes one new author after the other, many in each message, as fast as he is answered."""

    SENDERS, AUTHORS = 6, 10
    LOGIN = {"{auth_type}": "PLAIN", "{auth_authen}": "mallory"}

    def __init__(self, address: str, domain: str):
        self._address, self._domain, self._end = parse_address(address), domain, threading.Event()
        self.names, self.replies = itertools.count(), collections.Counter()
        self._threads = [threading.Thread(target=self._send) for _ in range(self.SENDERS)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _send(self):
        while not self._end.is_set():
            authors = ", ".join(f"n{next(self.names)}.{time.monotonic_ns()}@{self._domain}" for _ in range(self.AUTHORS))
            with Milter(self._address) as milter:
                self.replies[milter.deliver(message(authors), sender="<x@ours.test>", macros=self.LOGIN).reply] += 1


class ServerRows(SameRows):
    """A server that is down at the start, stops, hangs and comes back."""

    server = None

    @classmethod
    def start(cls):
        """The daemon first, the database then."""
        cls.paraphd.settings["sources"]["mail"]["timeout"] = "1s"
        cls.paraphd.settings["sources"]["mail"]["cache_time"] = "0s"
        cls.paraphd.settings["sources"]["mail"]["cache_size"] = "64K"
        cls.server.stop()
        cls.paraphd.start()
        cls.at_start = cls.paraphd.log()

    @classmethod
    def sources(cls):
        return {"mail": cls.server.entry()}

    def setUp(self):
        if self.server.child is None:
            self.server.start()
        self.await_answers()

    def await_answers(self):
        """Until both tables are asked again, about a domain that neither knows."""
        eventually("the database to be asked", lambda: self.selectors(f"a@n{time.monotonic_ns()}.test") == [])
        self.assertEqual(["first"], self.selectors("alice@ours.test"))

    def test_it_was_down_at_the_start(self):
        self.assertIn(f"[KEY] {self.paraphd.config}:", self.at_start)
        self.assertEqual(1, self.at_start.count(f"{self.kind}:mail: "))
        self.assertNotIn("s3cret", self.paraphd.log())

    def test_a_server_that_stops_and_comes_back(self):
        before = len(self.paraphd.log())
        self.server.stop()
        self.assertEqual([TEMPFAIL], self.selectors("new@ours.test"))
        self.assertEqual(["first"], self.selectors("alice@ours.test"))  # as it was last
        self.assertEqual([TEMPFAIL], self.selectors("alice@ours.test, new@ours.test"))
        self.assertEqual(["other"], self.selectors("x@other.test"))
        self.assertEqual(1, self.paraphd.log()[before:].count("SOURCE_FAILS"))
        self.assertTrue(self.check_config().startswith(f"{BAD_CONFIGURATION} "))
        self.paraphd.reload()
        eventually("the reload", lambda: "configuration reloaded" in self.paraphd.log()[before:])
        self.assertEqual(["first"], self.selectors("alice@ours.test"))  # also behind a reload
        self.server.start()
        self.await_answers()
        self.assertIn("SOURCE_ANSWERS", self.paraphd.log()[before:])

    def test_a_flood_of_made_up_authors(self):
        """Others are signed for meanwhile, and behind it, when the server is gone. bob has no row, only his domain has."""
        users = {"alice@ours.test": ["first"], "bob@sub.test": ["second"], "bob@nobody.test": []}
        for author, expected in (*users.items(), *users.items()):
            self.assertEqual(expected, self.selectors(author))
        before, longest = len(self.paraphd.log()), 0.0
        with Flood(self.paraphd.socket, "ours.test") as flood:
            while next(flood.names) < 400:  # more than fit
                for author, expected in users.items():
                    begin = time.monotonic()
                    self.assertEqual(expected, self.selectors(author))
                    longest = max(longest, time.monotonic() - begin)
            self.assertLess(int(re.search(r"Threads:\s+(\d+)", self.paraphd.status())[1]), 40)
        self.assertLessEqual(set(flood.replies), {b"c", b"y"})  # or 451, where his own questions take too long
        self.assertLess(longest, 10)  # waiting behind his questions would take far longer
        self.assertNotIn("SOURCE_FAILS", self.paraphd.log()[before:])
        self.server.stop()
        for author, expected in users.items():
            self.assertEqual(expected, self.selectors(author))

    def test_a_stranger_asks_nothing(self):
        """Mail that is not ours to sign waits for no source, whatever its From."""
        self.server.tell(signal.SIGSTOP)
        before = len(self.paraphd.log())
        try:
            for author in ("another@ours.test", "x@nobody.test"):
                told = run([programs.paraph, "probe", "--json", "--socket", self.paraphd.socket, "--mail-from", author, "-"],
                           message(author), check=False)
                self.assertEqual(0, told.returncode, told.stdout)
            self.assertNotIn("SOURCE_FAILS", self.paraphd.log()[before:])
        finally:
            self.server.tell(signal.SIGCONT)

    def test_a_server_that_hangs_holds_up_nobody_else(self):
        self.server.tell(signal.SIGSTOP)
        try:
            begin = time.monotonic()
            self.assertEqual([TEMPFAIL], self.selectors("another@ours.test"))
            self.assertLess(time.monotonic() - begin, 5)
            begin = time.monotonic()
            self.assertEqual(["other"], self.selectors("x@other.test"))
            self.assertEqual(["first"], self.selectors("alice@ours.test"))
            self.assertLess(time.monotonic() - begin, 5)
        finally:
            self.server.tell(signal.SIGCONT)

    def check_other(self, **source) -> str:
        """What check-config says of a source with other settings."""
        settings = json.loads(self.paraphd.config.read_text())
        settings["sources"]["mail"].update(source)
        config = self.folder / "other.yaml"
        config.write_text(json.dumps(settings))
        return run([programs.paraph, "check-config", "-c", str(config)], check=False).stdout.decode()

    def test_a_wrong_password_is_told_without_it(self):
        wrong = self.folder / "wrong"
        wrong.write_text("n0t-it\n")
        wrong.chmod(0o600)
        told = self.check_other(password_file=str(wrong))
        self.assertIn(f"{self.kind}:mail: ", told)
        self.assertNotIn("n0t-it", told)


class SqlRows(ServerRows):
    """A query that writes is refused, whatever the user of the database may do."""

    def test_a_query_that_writes(self):
        for query in (f"DELETE FROM dkim_signing WHERE address <> {self.parameter} RETURNING key_name",
                      f"INSERT INTO dkim_signing VALUES ({self.parameter}, 'first') RETURNING key_name"):
            with self.subTest(query):
                before = self.server.sql("SELECT * FROM dkim_signing")
                self.assertRegex(self.check_other(signing_query=query), self.refusal)
                self.assertEqual(before, self.server.sql("SELECT * FROM dkim_signing"))


class Postgresql(SqlRows):
    kind, parameter, refusal = "postgresql", "$1", "read-only transaction"

    @classmethod
    def prepare(cls):
        cls.server = databases.Postgresql(cls.folder / "pg")
        cls.exit.callback(cls.server.stop)
        cls.server.start()
        cls.server.sql(*databases.SCHEMA, *cls.rows.sql())


class Mariadb(SqlRows):
    kind, parameter, refusal = "mysql", "?", "READ ONLY transaction"

    @classmethod
    def prepare(cls):
        cls.server = databases.Mariadb(cls.folder / "my")
        cls.exit.callback(cls.server.stop)
        cls.server.start()
        cls.server.prepare()
        cls.server.sql(*databases.SCHEMA, *cls.rows.sql(), "GRANT INSERT, DELETE ON mail.* TO paraph@localhost")


class Ldap(ServerRows):
    kind = "ldap"

    @classmethod
    def prepare(cls):
        cls.server = databases.Slapd(cls.folder / "ldap")
        cls.server.load(cls.rows)
        cls.exit.callback(cls.server.stop)


class Guide(unittest.TestCase):
    """The settings that the guide shows are settings."""

    def test_the_examples(self):
        blocks = re.findall(r"^ {4}(?:signing|senders):\n(?:^ {4}.*\n)+", databases.GUIDE.read_text(), re.MULTILINE)
        self.assertEqual(4, len(blocks))
        for block in blocks:
            told = run([programs.paraph, "check-config", "-"], re.sub(r"^ {4}", "", block, flags=re.M).encode(), check=False)
            text = told.stdout.decode()
            with self.subTest(text):
                self.assertIn("The daemon would start", text)  # without a database that is not here
                self.assertEqual([], re.findall("unknown setting|expected|the query|is written", text))


def load_tests(loader, _tests, _pattern):
    """Of the classes that are a kind, not of those that say what holds of several."""
    kinds = (Guide, Sqlite, ValueFiles, BerkeleyHash, BerkeleyTree, Postgresql, Mariadb, Ldap)
    return unittest.TestSuite(loader.loadTestsFromTestCase(kind) for kind in kinds)


if __name__ == "__main__":
    unittest.main()
