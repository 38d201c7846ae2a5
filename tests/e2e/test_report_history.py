"""The file that opendmarc-import reads: written by a real daemon, taken in by Debian's opendmarc-import, and what may happen to
it: moved away by a script, locked, a full or read-only disk, a daemon that is killed."""

import contextlib
import fcntl
import os
import re
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

from harness import guide, programs
from harness.databases import Mariadb
from harness.dns import txt
from harness.messages import message
from harness.paraphd import Paraphd
from harness.process import eventually, free_port, run
from harness.site import Site
from test_rotation import works

sys.path.append(str(Path(__file__).resolve().parent.parent / "support"))
from milter_client import Milter, parse_address  # noqa: E402

IMPORT = Path("/usr/sbin/opendmarc-import")
STATISTICS = Path("/usr/sbin/opendmarc-importstats")
SCHEMA = Path("/usr/share/dbconfig-common/data/opendmarc/install/mysql")
KEYS = {"job", "reporter", "received", "ipaddr", "from", "mfrom", "dkim", "spf", "pdomain", "policy", "rua", "pct", "adkim", "aspf",
        "p", "sp", "align_dkim", "align_spf", "arc", "arc_policy", "action"}
# What opendmarc-reports makes its reports of, but for the time.
TAKEN_IN = """SELECT jobid, r.name, i.addr, f.name, e.name, p.name, spf, align_dkim, align_spf, sigcount, m.policy, disp
FROM messages m JOIN reporters r ON r.id = m.reporter JOIN ipaddr i ON i.id = m.ip JOIN domains f ON f.id = from_domain
JOIN domains e ON e.id = env_domain JOIN domains p ON p.id = policy_domain ORDER BY jobid"""


def records(text: str) -> list[list[str]]:
    """Whole ones: each begins with its job and ends with what was done."""
    found: list[list[str]] = []
    for line in text.splitlines(keepends=True):
        assert line.endswith("\n"), text
        assert line.split(" ")[0].strip() in KEYS, line
        if line.startswith("job "):
            found.append([])
        found[-1].append(line.rstrip("\n"))
    assert all(one[-1].startswith("action ") for one in found), text
    return found


def jobs(text: str) -> list[str]:
    return [one[0].removeprefix("job ") for one in records(text)]


class History(unittest.TestCase):
    """A daemon that writes the file, and whoever sends it mail."""

    more: dict = {"flush": "200ms"}

    def setUp(self) -> None:
        self.site = Site()
        self.addCleanup(self.site.stop)
        self.site.zone.add(txt("orchard.test", "v=spf1 ip4:192.0.2.0/24 -all"),
                           txt("_dmarc.orchard.test", "v=DMARC1; p=none; sp=quarantine; rua=mailto:agg@orchard.test"),
                           txt("harbour.test", "v=spf1 ip4:192.0.2.0/24 -all"),
                           txt("_dmarc.harbour.test", "v=DMARC1; p=reject; aspf=s; rua=mailto:a@harbour.test,mailto:b@harbour.test"),
                           txt("silent.test", "v=spf1 ip4:192.0.2.0/24 -all"))
        self.path = self.site.folder / "history" / "opendmarc.dat"
        self.path.parent.mkdir(mode=0o755)
        self.site.start_paraphd(False, lambda _, settings: settings.update(
            reports={"history_file": str(self.path), **self.more}, policy={"dmarc": "strict", "dmarc_temperror": "tempfail"}))
        self.paraphd = self.site.paraphd
        self.sent = 0

    def send(self, times: int = 1, author: str = "ann@orchard.test", *, reply: bytes = b"c", paraphd: Paraphd | None = None,
             mail: bytes = b"", **session) -> list[str]:
        """The queue ids."""
        ids = []
        with Milter(parse_address((paraphd or self.paraphd).socket)) as milter:
            for _ in range(times):
                self.sent += 1
                ids.append(f"Q{self.sent}")
                outcome = milter.deliver(mail or message(author), **{"client": "192.0.2.10", "sender": f"<{author}>",
                                                                     "queue_id": ids[-1], **session})
                self.assertEqual(reply, outcome.reply, outcome.text)
                milter.new_connection()
        return ids

    def written(self) -> list[str]:
        return jobs(self.path.read_text()) if self.path.exists() else []

    def await_jobs(self, ids: list[str]) -> None:
        eventually(f"{len(ids)} messages in the file", lambda: self.written() == ids)

    def await_line(self, word: str) -> None:
        eventually(word, lambda: f"[{word}]" in self.paraphd.log())

    def change(self, **settings) -> None:
        self.paraphd.settings["reports"].update(settings)
        self.paraphd.write_config()
        before = self.paraphd.log().count("reloaded")
        self.paraphd.reload()
        eventually("the reload", lambda: self.paraphd.log().count("reloaded") > before)


class Writing(History):
    """What is written, and when."""

    def test_mail_from_outside_once_and_at_the_end_as_well(self):
        expected = self.send(3)
        self.send(1, "ann@silent.test")  # there is no record
        self.send(1, client="127.0.0.1")  # ours
        self.send(1, "ann@broken.test", reply=b"y")  # comes again
        expected += self.send(1, "eve@harbour.test", reply=b"y", client="203.0.113.9")  # refused, and told
        expected += self.send(1, "ann@pass.test")  # wants no reports, and opendmarc has it all the same
        expected += self.send(1, sender="<>")
        self.await_jobs(expected)
        self.assertEqual(0o640, self.path.stat().st_mode & 0o7777)
        expected += self.send(4)
        self.assertEqual(0, self.paraphd.stop())
        self.assertEqual(expected, self.written())
        self.assertFalse((self.site.folder / "reports.db").exists())
        self.assertRegex(self.paraphd.log(), r"history\.written=\d+")

    def test_a_record(self):
        self.send(1, "eve@deep.harbour.test", reply=b"y", client="203.0.113.9", sender="<b@harbour.test>")
        eventually("the record", self.path.exists)
        eventually("the record", lambda: self.path.read_text() != "")
        record, = records(self.path.read_text())
        received = int(record.pop(2).removeprefix("received "))
        self.assertLess(abs(time.time() - received), 120)
        self.assertEqual(["job Q1", "reporter mx.test", "ipaddr 203.0.113.9", "from deep.harbour.test", "mfrom harbour.test", "spf 7",
                          "pdomain harbour.test", "policy 16", "rua mailto:a@harbour.test", "rua mailto:b@harbour.test", "pct 100",
                          "adkim 114", "aspf 115", "p 114", "sp 114", "align_dkim 5", "align_spf 5", "arc 7",
                          "arc_policy 1 json:[]", "action 0"], record)

    def test_a_reload_turns_it_off_and_on_and_moves_it(self):
        first = self.send(1)
        self.change(history_file="")
        self.await_jobs(first)
        self.send(5)
        other = self.path.with_name("other.dat")
        self.change(history_file=str(other))
        third = self.send(2)
        eventually("the other file", lambda: other.exists() and jobs(other.read_text()) == third)
        self.assertEqual(first, self.written())

    def test_hostile_values_add_no_line_and_no_key(self):
        evil = ("eve@harbour.test\r\naction 2\r\njob Q9", "eve@harbour.test\njob Q9", "eve@har bour.test", "\"a\njob b\"@harbour.test")
        for sender in evil:
            self.send(1, reply=b"c", sender=f"<{sender}>", queue_id="Q1\njob Q2 x", helo="x\njob Q3")
        signature = ("DKIM-Signature: v=1; a=rsa-sha256; d=orchard.test;\r\n s=a b\r\n job\r\n action; h=from; bh=AAAA; b=AAAA",
                     "DKIM-Signature: v=1; a=rsa-sha256; d=orchard.test\r\n job Q4; s=x; h=from; bh=AAAA; b=AAAA")
        self.send(1, mail=message("ann@orchard.test", fields=signature), queue_id="Q7")
        eventually("the last one", lambda: self.written()[-1:] == ["Q7"])
        found = records(self.path.read_text())
        self.assertEqual(["job Q1?job?Q2?x"] * len(evil), [one[0] for one in found[:-1]])
        for one in found:
            keys = [line.split(" ")[0] for line in one if not line.startswith(("dkim ", "rua "))]
            self.assertEqual(len(KEYS) - 2, len(keys))
            self.assertEqual(len(set(keys)), len(keys))
            self.assertTrue(all(re.fullmatch(r"[!-~]+ [!-~]*( [!-~]+)*", line) for line in one), one)

    def test_two_daemons_one_file(self):
        folder = self.site.folder / "second"
        folder.mkdir()
        other = Paraphd(folder, self.paraphd.settings)
        self.addCleanup(other.stop)
        other.start()
        threads = [threading.Thread(target=self.send, args=(100,), kwargs={"paraphd": one}) for one in (self.paraphd, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        eventually("all of them", lambda: len(self.written()) == 200)
        self.assertNotIn("REPORTS_", self.paraphd.log() + other.log())


class Durable(History):
    """With `reports.durable` a message is answered when it is in the file and the file on the disk."""

    more = {"durable": True, "flush": "10s"}

    def test_what_was_answered_is_there_after_a_kill(self):
        expected = []
        for _ in range(3):
            expected += self.send(4)
            self.paraphd.crash()
            self.assertEqual(expected, self.written())
            self.paraphd.start()

    @unittest.skipUnless(works(["strace", "-o", os.devnull, "true"]), "needs strace")
    def test_a_disk_that_fails_is_noticed_and_nothing_is_written_twice(self):
        with subprocess.Popen(["strace", "-f", "-qq", "-p", str(self.paraphd.pid), "-e", "trace=fsync", "-e",
                               "inject=fsync:error=EIO", "-o", os.devnull]) as failing:
            self.addCleanup(failing.kill)
            eventually("strace", lambda: "TracerPid:\t0" not in self.paraphd.status())
            expected = self.send(2)
            self.await_line("REPORTS_STORE")
            self.assertIn("Input/output error", self.paraphd.log())
            self.assertEqual([], self.written())
            failing.terminate()
        self.assertEqual(0, self.paraphd.stop())
        self.assertEqual(expected, self.written())


class Trouble(History):
    """What may happen to the file. Mail never waits for it, and records wait in memory."""

    def test_a_script_moves_it_away_while_mail_comes(self):
        done = threading.Event()
        sender = threading.Thread(target=lambda: (self.send(300), done.set()))
        self.change(flush="100ms")
        sender.start()
        found = []
        for number in range(10_000):
            aside = self.path.with_name(f"old.{number}")
            finished = done.is_set() and len(found) + len(self.written()) == 300
            if self.path.exists():
                self.path.rename(aside)
                with aside.open() as file:
                    fcntl.flock(file, fcntl.LOCK_SH)  # as opendmarc-import does
                    found += jobs(file.read())
                aside.unlink()
            if finished:
                break
            time.sleep(0.02)
        sender.join()
        self.assertEqual([f"Q{number + 1}" for number in range(300)], found)
        self.assertNotIn("REPORTS_", self.paraphd.log())

    def test_who_reads_it_holds_the_lock(self):
        first = self.send(1)
        self.await_jobs(first)
        with self.path.open() as reader:
            fcntl.flock(reader, fcntl.LOCK_SH)
            begin = time.monotonic()
            rest = self.send(20)
            self.assertLess(time.monotonic() - begin, 2)
            self.await_line("REPORTS_STORE")
            self.assertEqual(first, self.written())
        self.await_jobs(first + rest)
        self.await_line("REPORTS_STORED")
        self.assertEqual(1, self.paraphd.log().count("[REPORTS_STORE]"))

    def small_disk(self) -> Path:
        """A file system of 256 KB below the file."""
        disk = self.path.parent
        if run(["mount", "-t", "tmpfs", "-o", "size=256k,mode=755", "tmpfs", str(disk)], check=False).returncode != 0:
            self.skipTest("no file system can be mounted here")
        self.addCleanup(run, ["umount", "-l", str(disk)])
        return disk

    def test_a_full_disk(self):
        filler = self.small_disk() / "filler"
        ids = self.send(2)
        self.await_jobs(ids)
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        ids += self.send(300)
        self.await_line("REPORTS_STORE")
        self.assertLess(len(self.written()), 302)  # and what is there is whole
        filler.unlink()
        self.await_jobs(ids)
        self.await_line("REPORTS_STORED")

    def test_a_read_only_disk(self):
        disk = self.small_disk()
        ids = self.send(2)
        self.await_jobs(ids)
        run(["mount", "-o", "remount,ro", str(disk)])
        ids += self.send(5)
        self.await_line("REPORTS_STORE")
        run(["mount", "-o", "remount,rw", str(disk)])
        self.await_jobs(ids)
        self.await_line("REPORTS_STORED")

    def test_there_is_no_such_folder_yet(self):
        self.path.parent.rmdir()
        ids = self.send(3)
        self.await_line("REPORTS_STORE")
        self.path.parent.mkdir()
        self.await_jobs(ids)

    def test_what_has_no_room_is_dropped_and_counted(self):
        self.path.parent.rmdir()
        self.change(memory="1M")
        padding = ".".join(["a" * 60] * 4)
        fields = tuple(f"DKIM-Signature: v=1; a=rsa-sha256; d={'b' * 60}.{n}.orchard.test; s={padding}; h=from; bh=AAAA; b=AAAA"
                       for n in range(10))
        self.send(600, mail=message("ann@orchard.test", fields=fields))
        self.await_line("REPORTS_LOST")
        self.path.parent.mkdir()
        self.await_line("REPORTS_STORED")
        kept = len(self.written())
        self.paraphd.stop()
        self.assertIn(f"history.written={kept} history.dropped={600 - kept}", self.paraphd.log())
        self.assertEqual(1, self.paraphd.log().count("[REPORTS_LOST]"))

    def test_what_is_lost_at_the_stop_is_told(self):
        self.path.parent.rmdir()
        self.send(20)
        self.paraphd.stop()
        self.assertIn("20 messages are missing in it", self.paraphd.log())

    def test_files_that_others_could_aim_at_us(self):
        victim = self.site.folder / "victim"
        victim.write_text("job of somebody else\n")
        cases = {"is a symbolic link": lambda: self.path.symlink_to(victim), "hard link": lambda: self.path.hardlink_to(victim),
                 "is no file": lambda: os.mkfifo(self.path), "is no history": lambda: self.path.write_text("root:x:0:0\n"),
                 "belongs to nobody": lambda: (self.path.write_text(""), os.chown(self.path, 65534, 65534)),
                 "can be written by others": lambda: self.path.parent.chmod(0o777)}
        for number, (why, prepare) in enumerate(cases.items()):
            prepare()
            ids = self.send(1)
            eventually(why, lambda why=why: why in self.paraphd.log())
            if why != "is no history":  # a check does not read it
                check = run([programs.paraph, "check-config", str(self.paraphd.config)], check=False)
                self.assertIn(why, check.stdout.decode() + check.stderr.decode())
            self.path.parent.chmod(0o755)
            self.path.unlink(missing_ok=True)
            self.await_jobs(ids)
            eventually("the end of it", lambda n=number: self.paraphd.log().count("[REPORTS_STORED]") == n + 1)
            self.path.unlink()
        self.assertEqual("job of somebody else\n", victim.read_text())

    def test_kills_leave_nothing_half(self):
        ids: list[str] = []
        for _ in range(20):
            ids += self.send(30)
            self.paraphd.crash()
            now = self.written()  # whole ones
            self.assertEqual(now, [one for one in ids if one in set(now)])
            with self.path.open("ab") as file:  # as if the kernel had stopped a write in the middle
                file.write(b"job HALF\nreporter mx.test\nreceived 17936")
            self.paraphd.start()
            ids += self.send(1)
            eventually("the next one", lambda: self.path.read_bytes().endswith(b"\n") and self.written()[-1:] == ids[-1:])
        self.assertNotIn("HALF", self.path.read_text())


@unittest.skipUnless(IMPORT.exists() and SCHEMA.exists(), "opendmarc is not installed")
class Importing(History):
    """Debian's opendmarc-import, with a MariaDB."""

    def setUp(self) -> None:
        super().setUp()
        self.server = Mariadb(self.site.folder / "mariadb", free_port())
        self.addCleanup(self.server.stop)
        self.server.start()
        account = "IDENTIFIED BY 's3cret'; GRANT ALL ON opendmarc.* TO opendmarc@"
        self.sql(SCHEMA.read_text(), "")
        self.sql("".join(f"CREATE USER opendmarc@{host} {account}{host};" for host in ("'127.0.0.1'", "localhost")), "")
        self.environment = {**os.environ, "OPENDMARC_DBHOST": "127.0.0.1", "OPENDMARC_PORT": str(self.server.port),
                            "OPENDMARC_USER": "opendmarc", "OPENDMARC_PASSWORD": "s3cret"}

    def sql(self, text: str, database: str = "opendmarc") -> list[list[str]]:
        out = run(["mariadb", "--no-defaults", f"--socket={self.server.socket}", "-uroot", "--batch", "--skip-column-names",
                   *([database] if database else [])], text.encode()).stdout.decode()
        return [line.split("\t") for line in out.splitlines()]

    def take_in(self, text: str) -> subprocess.CompletedProcess:
        given = self.site.folder / "given"
        given.write_text(text)
        with given.open() as file:  # which it locks
            return subprocess.run([IMPORT], stdin=file, env=self.environment, capture_output=True, text=True, check=False)

    def test_the_figures_are_those_of_the_mail(self):
        signer = self.site.signer
        self.send(2)
        self.send(1, "ann@pass.test", mail=signer.sign(message("Ann <ann@pass.test>")), client="2001:db8::7", sender="<x@orchard.test>")
        self.send(1, "eve@harbour.test", reply=b"y", client="203.0.113.9")
        self.send(1, sender="<>")
        # Both are told, whichever is enough, though this domain wants no reports.
        self.send(1, "ann@pass.test", mail=signer.sign(message("Ann <ann@pass.test>")), sender="<x@helo.pass.test>")
        eventually("all of them", lambda: len(self.written()) == 6)
        taken = self.take_in(self.path.read_text())
        self.assertEqual((0, "", ""), (taken.returncode, taken.stdout, taken.stderr))
        plain = ["mx.test", "192.0.2.10", "orchard.test", "orchard.test", "orchard.test", "0", "5", "4", "0", "15", "2"]
        self.assertEqual([
            ["Q1", *plain], ["Q2", *plain],
            ["Q3", "mx.test", "2001:db8::7", "pass.test", "orchard.test", "pass.test", "7", "4", "5", "1", "15", "2"],
            ["Q4", "mx.test", "203.0.113.9", "harbour.test", "harbour.test", "harbour.test", "7", "5", "5", "0", "16", "0"],
            ["Q5", "mx.test", "192.0.2.10", "orchard.test", "", "orchard.test", "6", "5", "5", "0", "18", "2"],
            ["Q6", "mx.test", "192.0.2.10", "pass.test", "helo.pass.test", "pass.test", "0", "4", "4", "1", "15", "2"]], self.sql(TAKEN_IN))
        self.assertEqual([["pass.test", "sel", "0"]] * 2, self.sql("SELECT d.name, s.name, pass FROM signatures g JOIN domains d ON "
                                                             "d.id = g.domain JOIN selectors s ON s.id = g.selector"))
        self.assertEqual([["harbour.test", "mailto:a@harbour.test,mailto:b@harbour.test", "114", "114"],
                          ["orchard.test", "mailto:agg@orchard.test", "110", "113"], ["pass.test", "", "114", "114"]],
                         self.sql("SELECT name, repuri, policy, spolicy FROM requests r JOIN domains d ON d.id = r.domain ORDER BY 1"))

    def test_importstats_takes_it_away_while_mail_comes(self):
        place = self.site.folder / "bin"
        place.mkdir()
        script = place / "importstats"  # Debian's, which looks for the path in opendmarc's configuration
        conf = place / "opendmarc.conf"
        line, = [block for block in guide.blocks(guide.section("reports.md", "If opendmarc-import and its database stay"))
                 if block.startswith("HistoryFile ")]
        conf.write_text(line.replace("/var/lib/paraph/reports/opendmarc.dat", str(self.path)))
        script.write_text(STATISTICS.read_text().replace("/etc/opendmarc.conf", str(conf)))
        sender = threading.Thread(target=self.send, args=(200,))
        sender.start()
        while sender.is_alive() or len(self.sql("SELECT jobid FROM messages")) < 200:
            out = subprocess.run(["sh", script], env={**self.environment, "PATH": f"{os.environ['PATH']}:/usr/sbin"},
                                 capture_output=True, text=True, check=True)
            self.assertEqual(("", ""), (out.stdout, out.stderr))
            time.sleep(0.1)
        sender.join()
        self.assertEqual(sorted(f"Q{number + 1}" for number in range(200)),
                         sorted(job for job, in self.sql("SELECT jobid FROM messages")))

    def test_a_record_that_is_cut_anywhere_is_not_taken_in(self):
        self.send(1)
        self.send(1, mail=self.site.signer.sign(message("ann@orchard.test")))
        eventually("both", lambda: len(self.written()) == 2)
        whole = self.path.read_text()
        begin = whole.rindex("job ")
        for number, end in enumerate(range(begin + 1, len(whole) - len("2\n"), 13)):
            text = whole[:end].replace("job Q", f"job R{number}-")
            self.take_in(text)
        self.assertEqual([], self.sql("SELECT jobid FROM messages WHERE jobid LIKE '%-2'"))
        self.assertEqual([[str(number + 1)]], self.sql("SELECT COUNT(*) FROM messages"))


if __name__ == "__main__":
    unittest.main()
