"""Counts of mail for reports, and what may happen to the store that they are kept in: the daemon is killed, the disk is full,
somebody holds the lock, the database server goes away in the middle."""

import collections
import contextlib
import json
import random
import resource
import shutil
import sqlite3
import sys
import threading
import time
import unittest
from pathlib import Path

from harness import programs
from harness.databases import Postgresql
from harness.dns import txt
from harness.messages import message
from harness.paraphd import Paraphd
from harness.process import eventually, run
from harness.site import Site

sys.path.append(str(Path(__file__).resolve().parent.parent / "support"))
from milter_client import Milter, parse_address  # noqa: E402

FLUSH = 0.2
SLACK = 0.5  # for a flush that is late on a busy machine
ASKING = "v=DMARC1; p=none; rua=mailto:agg@{}"
MAIL = message("ann@orchard.test")


class Store(unittest.TestCase):
    """A daemon that counts, and whoever sends it mail."""

    more: dict = {}

    def setUp(self) -> None:
        self.site = Site()
        self.addCleanup(self.site.stop)
        for domain in ("orchard.test", "harbour.test"):
            self.site.zone.add(txt(domain, "v=spf1 ip4:192.0.2.0/24 -all"), txt(f"_dmarc.{domain}", ASKING.format(domain)))
        self.place = self.make_store()
        self.site.start_paraphd(False, lambda _, settings: settings.update(
            reports={"enabled": True, "flush": f"{int(FLUSH * 1000)}ms", **self.place, **self.more}))
        self.paraphd = self.site.paraphd

    def make_store(self) -> dict:
        self.path = self.site.folder / "reports.db"
        return {"store": str(self.path)}

    def send(self, times: int = 1, paraphd: Paraphd | None = None, sender: str = "ann@orchard.test", client: str = "192.0.2.10") -> None:
        with Milter(parse_address((paraphd or self.paraphd).socket)) as milter:
            for _ in range(times):
                outcome = milter.deliver(message(sender), client=client, sender=f"<{sender}>")
                self.assertEqual(b"c", outcome.reply)
                milter.new_connection()

    def counted(self) -> int:
        with contextlib.closing(sqlite3.connect(self.path, timeout=30)) as database:
            if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'paraph_report_row'").fetchone():
                return 0
            rows, = database.execute("SELECT coalesce(sum(messages), 0) FROM paraph_report_row").fetchone()
            policies, = database.execute("SELECT coalesce(sum(messages), 0) FROM paraph_report_policy").fetchone()
            sound, = database.execute("PRAGMA integrity_check").fetchone()
        self.assertEqual((rows, "ok"), (policies, sound))
        return rows

    def await_count(self, number: int) -> None:
        eventually(f"{number} counted messages", lambda: self.path.exists() and self.counted() == number)

    def await_line(self, word: str) -> None:
        eventually(word, lambda: f"[{word}]" in self.paraphd.log())

    def status(self) -> dict:
        return json.loads(run([programs.paraph, "report", "status", "--json", "-c", str(self.paraphd.config)]).stdout)

    def another_daemon(self) -> Paraphd:
        folder = self.site.folder / "second"
        folder.mkdir()
        other = Paraphd(folder, self.paraphd.settings)
        self.addCleanup(other.stop)
        other.start()
        return other


class Counting(Store):
    """What is counted, by whom, and when it is written."""

    def test_mail_from_outside_is_counted_once_and_at_the_end_as_well(self):
        self.send(3)
        self.send(2, sender="eve@harbour.test", client="203.0.113.9")  # fails, and is told all the same
        self.await_count(5)
        self.send(1, sender="ann@pass.test")  # wants no reports
        self.send(1, client="127.0.0.1")  # ours
        self.assertEqual((5, 2), (self.status()["messages"], self.status()["domains"]))
        self.send(4)
        self.assertEqual(0, self.paraphd.stop())
        self.assertEqual(9, self.counted())
        with sqlite3.connect(self.path) as database:
            self.assertEqual([("harbour.test", 2), ("orchard.test", 7)], database.execute(
                "SELECT domain, sum(messages) FROM paraph_report_policy GROUP BY domain ORDER BY domain").fetchall())

    def test_reload_turns_it_off_and_on(self):
        self.send(1)
        self.paraphd.settings["reports"]["enabled"] = False
        self.paraphd.write_config()
        self.paraphd.reload()
        eventually("the reload", lambda: "reloaded" in self.paraphd.log())
        self.await_count(1)
        self.send(5)
        self.paraphd.settings["reports"]["enabled"] = True
        self.paraphd.write_config()
        self.paraphd.reload()
        eventually("the reload", lambda: self.paraphd.log().count("reloaded") == 2)
        self.send(2)
        self.await_count(3)

    def add_old_days(self) -> None:
        with contextlib.closing(sqlite3.connect(self.path)) as database, database:
            for table, rest in (("policy", "part, domain, content, messages, due, row_bound, first_seen, planned"),
                                ("row", "part, row_key, content, messages")):
                database.execute(f"INSERT INTO paraph_report_{table} SELECT day - 40, policy, {rest} FROM paraph_report_{table}")

    def test_old_days_go_at_the_start_without_mail(self):
        self.send(2)
        self.await_count(2)
        for enabled in (True, False):
            self.paraphd.stop()
            self.add_old_days()
            self.assertEqual(4, self.counted())
            self.paraphd.settings["reports"]["enabled"] = enabled
            self.paraphd.start()
            self.await_count(2)

    def test_two_daemons_on_one_file(self):
        other = self.another_daemon()
        threads = [threading.Thread(target=self.send, args=(150, one)) for one in (self.paraphd, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.await_count(300)
        self.assertNotIn("REPORTS_", self.paraphd.log() + other.log())


class Crowd(Store):
    """A domain with a record for each name below it."""

    more = {"domains_per_organization": 3}

    def make_store(self) -> dict:
        for i in range(10):
            self.site.zone.add(txt(f"_dmarc.a{i}.crowd.test", ASKING.format("crowd.test")))
        return super().make_store()

    def test_the_rest_of_an_organization_is_counted_and_makes_no_report(self):
        for i in range(10):
            self.send(2, sender=f"ann@a{i}.crowd.test")
        self.send(1)
        self.await_count(21)
        self.paraphd.stop()
        self.paraphd.start()  # which forgets nothing
        for i in range(10):
            self.send(1, sender=f"ann@a{i}.crowd.test")
        self.await_count(31)
        with sqlite3.connect(self.path) as database:
            counts = dict(database.execute("SELECT domain, sum(messages) FROM paraph_report_policy GROUP BY domain"))
            rest = database.execute("SELECT sum(due) FROM paraph_report_policy WHERE domain = 'crowd.test'").fetchone()
        apart = {name: count for name, count in counts.items() if name.endswith(".crowd.test")}
        self.assertEqual([3, 3, 3], list(apart.values()))  # those that were there first, after the start too
        self.assertEqual((21, 1), (counts["crowd.test"], counts["orchard.test"]))
        self.assertEqual((0,), rest)


class Killed(Store):
    def test_a_hundred_kills_lose_at_most_a_flush_each(self):
        random.seed(16)
        counted = 0
        for _ in range(100):
            answered = []
            end = time.monotonic() + random.uniform(0.05, 0.5)
            while time.monotonic() < end:
                self.send()
                answered.append(time.monotonic())
            killed = time.monotonic()
            self.paraphd.crash()
            now = self.counted() if self.path.exists() else 0
            least = sum(1 for when in answered if when < killed - FLUSH - SLACK)
            self.assertGreaterEqual(now, counted + least)
            self.assertLessEqual(now, counted + len(answered))
            counted = now
            self.paraphd.start()
        self.send(10)
        self.await_count(counted + 10)
        self.assertGreater(counted, 0)


class Durable(Store):
    more = {"durable": True, "flush": "10s"}

    def test_what_was_answered_is_there_after_a_kill(self):
        for round_number in range(1, 6):
            self.send(4)
            self.paraphd.crash()
            self.assertEqual(4 * round_number, self.counted())
            self.paraphd.start()

    def test_a_locked_store_holds_a_message_up_for_a_moment_and_no_longer(self):
        self.send(1)
        with sqlite3.connect(self.path, isolation_level=None) as other:
            other.execute("BEGIN EXCLUSIVE")
            begin = time.monotonic()
            self.send(4)
            self.assertLess(time.monotonic() - begin, 4)
            self.assertGreater(time.monotonic() - begin, 0.2)
            other.execute("ROLLBACK")
        other.close()
        self.await_count(5)


class Trouble(Store):
    """What the store may suffer. Mail never waits for it, and the counts wait in memory."""

    def test_somebody_holds_the_lock(self):
        self.send(1)
        self.await_count(1)
        with sqlite3.connect(self.path, isolation_level=None) as other:
            other.execute("BEGIN EXCLUSIVE")
            begin = time.monotonic()
            self.send(20)
            self.assertLess(time.monotonic() - begin, 2)
            self.await_line("REPORTS_STORE")
            self.send(20)
            other.execute("ROLLBACK")
        other.close()
        self.await_count(41)
        self.await_line("REPORTS_STORED")
        self.assertEqual(1, self.paraphd.log().count("[REPORTS_STORE]"))

    def test_what_is_lost_at_the_stop_is_told(self):
        self.send(1)
        self.await_count(1)
        with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            self.send(20)
            self.paraphd.stop()
            other.execute("ROLLBACK")
        self.await_line("REPORTS_LOST")
        self.assertIn("20 messages are lost", self.paraphd.log())
        self.assertEqual(1, self.counted())

    def test_no_room_on_the_disk(self):
        self.send(1)
        self.await_count(1)
        most = 40_000  # the daemon's log is a file as well, and needs less
        self.assertGreater(Path(f"{self.path}-wal").stat().st_size, most)
        resource.prlimit(self.paraphd.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
        self.send(20)
        self.await_line("REPORTS_STORE")
        self.assertEqual(1, self.counted())
        resource.prlimit(self.paraphd.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        self.await_count(21)
        self.await_line("REPORTS_STORED")

    def move_to_small_disk(self) -> Path:
        """A file system of 1 MB."""
        disk = self.site.folder / "disk"
        disk.mkdir()
        if run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=False).returncode != 0:
            self.skipTest("no file system can be mounted here")
        self.addCleanup(run, ["umount", "-l", str(disk)])
        self.path = disk / "reports.db"
        self.paraphd.stop()
        self.paraphd.settings["reports"]["store"] = str(self.path)
        self.paraphd.start()
        self.send(1)
        self.await_count(1)
        return disk

    def test_a_full_file_system(self):
        filler = self.move_to_small_disk() / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        self.send(100, sender="eve@harbour.test")
        for number in range(100):
            self.send(1, client=f"198.51.100.{number}")
        self.await_line("REPORTS_STORE")
        filler.unlink()
        self.await_count(201)
        self.await_line("REPORTS_STORED")

    def test_a_read_only_file_system(self):
        disk = self.move_to_small_disk()
        self.paraphd.stop()  # who has a file open for writing keeps the file system from it
        run(["mount", "-o", "remount,ro", str(disk)])
        self.paraphd.start()
        self.send(20)
        self.await_line("REPORTS_STORE")
        run(["mount", "-o", "remount,rw", str(disk)])
        self.await_count(21)
        self.await_line("REPORTS_STORED")

    def test_a_broken_file_is_set_aside(self):
        self.send(2)
        self.await_count(2)
        self.paraphd.stop()
        self.path.write_bytes(b"no database " * 1000)
        self.paraphd.start()
        self.send(3)
        self.await_line("REPORTS_DAMAGED")
        self.await_count(3)
        aside, = self.site.folder.glob("reports.db.damaged-*Z")
        self.assertEqual(b"no database " * 1000, aside.read_bytes())

    def test_the_file_is_taken_away(self):
        self.send(2)
        self.await_count(2)
        for file in self.site.folder.glob("reports.db*"):
            file.unlink()
        self.send(3)
        self.await_count(3)

    def test_there_is_no_such_directory_yet(self):
        self.paraphd.stop()
        later = self.site.folder / "later"
        self.path = later / "reports.db"
        self.paraphd.settings["reports"]["store"] = str(self.path)
        self.paraphd.start()
        self.send(3)
        self.await_line("REPORTS_STORE")
        later.mkdir()
        self.await_count(3)
        shutil.rmtree(later)


class OnPostgresql(Store):
    """Several hosts, one database."""

    def make_store(self) -> dict:
        self.postgresql = Postgresql.started(self, self.site.folder / "postgresql")
        return self.postgresql.report_store()

    def ask(self, statement: str) -> str:
        """The first row, in one transaction."""
        return self.postgresql.ask(statement)

    def await_count(self, number: int) -> None:
        def counted() -> bool:
            rows, policies = self.ask("SELECT (SELECT coalesce(sum(messages), 0) FROM paraph_report_row), "
                                      "(SELECT coalesce(sum(messages), 0) FROM paraph_report_policy)").split("|")
            self.assertEqual(rows, policies)
            return int(rows) == number

        eventually(f"{number} counted messages", counted, every=0.2)

    def await_tables(self) -> None:
        self.send(1)
        eventually("the tables", lambda: self.ask("SELECT count(*) FROM pg_class WHERE relname = 'paraph_report_row'") == "1", every=0.2)
        self.await_count(1)

    def test_two_daemons_never_stand_in_each_others_way(self):
        other = self.another_daemon()
        kinds = [(sender, f"192.0.2.{i}") for sender in ("ann@orchard.test", "eve@harbour.test") for i in range(1, 11)]
        sent = collections.Counter()

        def work(paraphd, order):
            for _ in range(10):
                for sender, client in order:
                    self.send(1, paraphd, sender, client)
                    sent[sender] += 1

        threads = [threading.Thread(target=work, args=pair) for pair in ((self.paraphd, kinds), (other, kinds[::-1]))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.await_count(sum(sent.values()))
        self.assertEqual("20", self.ask("SELECT count(*) FROM paraph_report_row"))
        self.assertNotIn("deadlock", self.postgresql.child.output())
        self.assertEqual(sum(sent.values()), self.status()["messages"])
        self.assertNotIn("REPORTS_", self.paraphd.log() + other.log())

    def test_it_is_stopped_within_a_flush_and_comes_back(self):
        self.await_tables()
        lock = threading.Thread(target=self.hold_lock)
        lock.start()
        eventually("the lock", lambda: self.ask("SELECT count(*) FROM pg_locks WHERE mode = 'ExclusiveLock' AND relation = "
                                                "'paraph_report_row'::regclass") == "1", every=0.1)
        self.send(5)
        eventually("the flush to wait", lambda: self.ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
                                                         "application_name = 'paraphd'") == "1", every=0.1)
        self.postgresql.stop()
        lock.join()
        begin = time.monotonic()
        self.send(7)
        self.assertLess(time.monotonic() - begin, 2)
        self.await_line("REPORTS_STORE")
        self.postgresql.start()
        self.await_count(13)
        self.await_line("REPORTS_STORED")
        for _ in range(5):  # at any moment, this time
            self.send(3)
            time.sleep(random.uniform(0, FLUSH))
            self.postgresql.stop()
            self.send(3)
            self.postgresql.start()
        self.await_count(43)

    def test_a_slow_server_does_not_hold_up_the_stop(self):
        """It takes two seconds for each of the pieces in which much goes to it."""
        self.await_tables()
        self.postgresql.sql("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(2); RETURN NEW; END $$",
                            "CREATE TRIGGER slow BEFORE INSERT OR UPDATE ON paraph_report_daemon FOR EACH ROW EXECUTE FUNCTION slow()")
        with Milter(parse_address(self.paraphd.socket)) as milter:
            for i in range(4000):
                milter.deliver(MAIL, client=f"198.51.{i // 250}.{i % 250}", sender="<ann@orchard.test>")
                milter.new_connection()
        begin = time.monotonic()
        self.assertEqual(0, self.paraphd.stop())
        self.assertLess(time.monotonic() - begin, 12)
        self.assertRegex(self.paraphd.log(), r"\[REPORTS_LOST\] at the end the store does not take what was counted: \d+ messages are lost")

    def hold_lock(self) -> None:
        try:
            self.postgresql.sql("BEGIN", "LOCK TABLE paraph_report_row IN EXCLUSIVE MODE", "SELECT pg_sleep(60)")
        except Exception:  # noqa: BLE001 (the server is stopped under it)
            pass


if __name__ == "__main__":
    unittest.main()
