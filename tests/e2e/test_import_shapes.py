"""`paraph import` of old files in the shapes that people have, to the end: what it writes is checked, paraphd starts with it, and
mail is signed and checked as the old file asks. Where opendkim is installed, it is offered the same mail, and signs the same."""

import contextlib
import json
import signal
import sqlite3
import tempfile
import unittest
from pathlib import Path
from typing import Optional

import import_shapes as shapes
from harness import databases, machine
from harness.dns import NameServer, Zone
from harness.keys import KeyFile, Signer, verdicts
from harness.messages import message
from harness.old_site import OLD, OPENDKIM, OldSite, summary
from harness.process import free_port

REPLIES = {b"c": "accept", b"a": "accept", b"r": "reject", b"t": "tempfail", b"y": "reply"}


def reply_of(outcome) -> str:
    said = REPLIES[outcome.reply]
    return {b"4": "tempfail", b"5": "reject"}[outcome.text[:1]] if said == "reply" else said


def signed_by(outcome) -> str:
    return ", ".join(summary(field) for field in outcome.inserted("DKIM-Signature"))


@unittest.skipUnless(machine.can_be_made(), "namespaces and mounts are not allowed here")
class Shapes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.exit = contextlib.ExitStack()
        cls.addClassCleanup(cls.exit.close)
        cls.folder = Path(cls.exit.enter_context(tempfile.TemporaryDirectory(prefix="paraph-e2e-")))
        cls.folder.chmod(0o755)
        cls.zone = Zone(())
        cls.signer = Signer(cls.folder, cls.zone, "pass.test", "sel")
        cls.keys = {pair: KeyFile(cls.folder, cls.zone, *pair)
                    for pair in (("bakery.test", "mail"), ("choir.test", "y2024"), ("bakery.test", "default"))}
        # The one key of several domains is published for each.
        cls.zone.add_txt("default._domainkey.choir.test", cls.zone.dnsfunc("default._domainkey.bakery.test").decode())
        cls.zone.add_txt("default._domainkey.deep.bakery.test", cls.zone.dnsfunc("default._domainkey.bakery.test").decode())
        server = NameServer(cls.folder, cls.zone, 600)
        cls.exit.callback(server.stop)
        cls.name_server = server.address

    def make(self, shape: shapes.Shape, number: int, place: str, more: Optional[dict[str, Path]]) -> OldSite:
        folder = self.folder / f"{type(self).__name__}{number}"

        def filled(text: str) -> str:
            for word, value in (("{d}", OLD), ("{port}", str(port)), ("{place}", place)):
                text = text.replace(word, value)
            return text

        port = free_port()
        site = OldSite(folder, filled(shape.text), {name: filled(text) for name, text in shape.files.items()}, shape.main_cf)
        for name, pair in shape.keys.items():
            site.copy(self.keys[pair].path, name)
        for name, path in (more or {}).items():
            site.copy(path, name)
        return site

    def check_import(self, site: OldSite, shape: shapes.Shape) -> None:
        done = site.import_it()
        self.assertEqual(0, done.returncode, done.stdout.decode() + done.stderr.decode())
        for words in shape.told:
            self.assertIn(words, done.stdout.decode())
        checked = site.check_config()
        self.assertEqual((0, ""), (checked.returncode, checked.stdout.decode()))

    def check_signing(self, program, shape: shapes.Shape) -> None:
        for who, author, expected in shape.mail:
            with self.subTest(who=who, author=author):
                text = message(author)
                outcome = program.offer(text, who, "bounce@elsewhere.test")
                self.assertEqual("accept", reply_of(outcome))
                selector, _, domain = expected.partition("/")
                self.assertEqual(f"{selector}/{domain} {shape.form}" if expected else "", signed_by(outcome))
                for field in outcome.inserted("DKIM-Signature"):
                    whole = b"DKIM-Signature:" + field.replace("\n", "\r\n").encode() + b"\r\n" + text
                    self.assertEqual([True], verdicts(whole, self.zone))

    def check_arriving(self, program, shape: shapes.Shape) -> None:
        whole = self.signer.sign(message("Bob <bob@pass.test>"))
        for text, result, reply in ((whole, "pass", "accept"), (whole + b"More.\r\n", "fail", shape.on_bad_signature),
                                    (message("ann@bakery.test"), "none", "accept")):
            with self.subTest(arriving=result):
                outcome = program.offer(text, "stranger", "bob@pass.test")
                self.assertEqual(reply if shape.checks else "accept", reply_of(outcome))
                self.assertEqual("", signed_by(outcome))
                if reply == "accept" or not shape.checks:
                    self.assertEqual(result if shape.checks else "", outcome.result_of("dkim"))
                    self.assertIn(f"{shape.id};" if shape.checks else "", " ".join(outcome.inserted("Authentication-Results")))

    def check_beside_opendkim(self, site: OldSite, program, shape: shapes.Shape) -> None:
        """Mail that asks for no DNS: who is signed for, with which key, in which form."""
        old = site.start_old()
        try:
            for who, author, _ in shape.mail:
                with self.subTest(who=who, author=author):
                    told = [signed_by(one.offer(message(author), who, "bounce@elsewhere.test")) for one in (old, program)]
                    self.assertEqual(told[0], told[1])
        finally:
            old.stop(signal.SIGKILL)  # it takes seconds to end by itself

    def check_compared(self, site: OldSite, shape: shapes.Shape) -> None:
        """`paraph import --compare` runs both for itself, and knows why they differ."""
        mail = {f"{number}": message(author) for number, (_, author, _) in enumerate(shape.mail)}
        mail["whole"] = self.signer.sign(message("Bob <bob@pass.test>"))
        done = site.compare({**mail, "changed": mail["whole"] + b"More.\r\n"})
        said = done.stdout.decode() + done.stderr.decode()
        self.assertTrue(said.startswith("{"), said)
        told = json.loads(done.stdout)
        self.assertEqual((["opendkim"], [], len(mail) + 1), (told["compared"], told["not_compared"], told["inbound"]), said)
        self.assertEqual([], [one for one in told["differences"] if one["reason"] is None])
        self.assertEqual((0, any(expected for _, _, expected in shape.mail)), (done.returncode, told["signed"] > 0), said)

    def play(self, shape: shapes.Shape, number: int, place: str = "", more: Optional[dict[str, Path]] = None) -> None:
        site = self.make(shape, number, place, more)
        self.check_import(site, shape)
        program = site.start(self.name_server)
        try:
            self.check_signing(program, shape)
            self.check_arriving(program, shape)
            if Path(OPENDKIM).exists():
                self.check_beside_opendkim(site, program, shape)
                if shape.compared:
                    self.check_compared(site, shape)
        finally:
            program.stop()
        self.assertNotIn("error:", program.output())

    def play_all(self, table) -> None:
        for number, shape in enumerate(table):
            with self.subTest(shape.name):
                self.play(shape, number)


class WithTables(Shapes):
    def test_shapes(self):
        self.play_all(shapes.WITH_TABLES)


class WithOneKeyOrNone(Shapes):
    def test_shapes(self):
        self.play_all(shapes.WITH_ONE_KEY)


class InDatabases(Shapes):
    """15: both tables by dsn, on a port or a socket."""

    def statements(self, schema: tuple[str, ...]) -> list[str]:
        found = list(schema)
        for word, value in (("{d}", OLD),
                            ("{pem0}", self.keys["bakery.test", "mail"].path.read_text()),
                            ("{pem1}", self.keys["choir.test", "y2024"].path.read_text())):
            found = [statement.replace(word, value) for statement in found]
        return found

    def server(self, kind, name: str):
        server = kind(self.folder / name, free_port())
        server.start()
        self.addCleanup(server.stop)
        return server

    def test_panel_with_postgresql(self):
        server = self.server(databases.Postgresql, "postgresql")
        server.sql(*self.statements(shapes.SCHEMA_OF_PANEL))
        self.play(shapes.in_database("a panel", shapes.PANEL, shapes.INET), 0,
                  f"pgsql://paraph:s3cret@{server.port}+127.0.0.1/postgres")

    def test_host_with_mariadb(self):
        server = self.server(databases.Mariadb, "mariadb")
        server.prepare()
        server.sql(*self.statements(shapes.SCHEMA_OF_HOST))
        self.play(shapes.in_database("a host", shapes.HOST, shapes.INTERNAL + shapes.UNIX, files={"trusted": shapes.TRUSTED},
                                     socket="unix"), 1, f"mysql://paraph:s3cret@{server.port}+127.0.0.1/mail")

    def test_host_with_sqlite(self):
        file = self.folder / "mail.db"
        with contextlib.closing(sqlite3.connect(file)) as database, database:
            for statement in self.statements(shapes.SCHEMA_OF_HOST):
                database.execute(statement)
        self.play(shapes.in_database("a host", shapes.HOST, "BaseDirectory {d}\n" + shapes.INET), 2, "sqlite3://mail/.db", {"mail.db": file})


if __name__ == "__main__":
    unittest.main()
