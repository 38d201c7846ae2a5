"""Mail comes in through a real Postfix and is counted; on the next day its report goes out through that Postfix, and is equal to
what came. The report of somebody else that comes in makes no report: two hosts that tell each other everything fall silent."""

import contextlib
import sqlite3
import time

from harness import programs
from harness.keys import KeyFile
from harness.messages import message
from harness.process import eventually, run
from harness.report_host import value, xml_of
from harness.scripted_smtp import Taken
from harness.site import SiteTest

DAY = 86400
REPORT = (b"From: reports@pass.test\r\nTo: agg@reports.test\r\nSubject: Report Domain: reports.test Submitter: pass.test Report-ID: x\r\n"
          b"Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: application/gzip\r\n"
          b"Content-Transfer-Encoding: base64\r\n\r\nH4sIAAAAAAAAAwMAAAAAAAAAAAA=\r\n")


class ReportMailTest(SiteTest):
    @classmethod
    def prepare(cls, site) -> None:
        site.zone.lines = [line for line in site.zone.lines if not line.startswith("_dmarc.pass.test")]
        site.zone.add("_dmarc.pass.test 300 TXT \"v=DMARC1; p=none; rua=mailto:agg@rcpt.test\"", "rcpt.test 300 MX 10 mx.pass.test",
                      "pass.test._report._dmarc.rcpt.test 300 TXT \"v=DMARC1\"",
                      "_dmarc.reports.test 300 TXT \"v=DMARC1; p=reject\"")
        site.report_key = KeyFile(site.folder, site.zone, "reports.test", "s1")

    @staticmethod
    def change_settings(site, settings) -> None:
        settings["domains"]["reports.test"] = {"keys": [site.report_key.entry()]}
        settings["reports"] = {"enabled": True, "from": "dmarc-reports@reports.test", "store": str(site.folder / "reports.db"),
                               "token_key": str(site.folder / "token.key"), "flush": "1s", "hold_new_domains": False}

    def counted(self) -> int:
        with contextlib.closing(sqlite3.connect(self.site.folder / "reports.db", timeout=30)) as database:
            if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'paraph_report_row'").fetchone():
                return 0
            return database.execute("SELECT coalesce(sum(messages), 0) FROM paraph_report_row").fetchone()[0]

    def send(self, days: int) -> str:
        """So many days from now."""
        config = self.site.folder / "report.yaml"
        config.write_text(self.site.paraphd.config.read_text().replace('"enabled": true', f'"enabled": true, "server": "127.0.0.1:{self.site.postfix.port}"'))
        done = run([programs.paraph, "report", "send", "-c", str(config), "--now", str(int(time.time()) + days * DAY)], check=False)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout.decode()

    def test_what_came_is_reported_once_and_reports_are_not(self):
        """S2, S3."""
        for _ in range(3):
            self.receive(message("ann@pass.test"))
        self.receive(message("ann@pass.test"), address="203.0.113.9")
        self.receive(REPORT)
        self.receive(message("MAILER-DAEMON@pass.test"), sender="", helo="helo.pass.test")
        eventually("six counted messages", lambda: self.counted() == 6)
        self.assertIn("sent 0", self.send(0))  # the day is not over
        self.assertIn("sent 1", self.send(1))
        root = xml_of(Taken("", "", self.read("agg@rcpt.test").raw).file)
        self.assertEqual("pass.test", value(root, "policy_published", "domain"))
        namespace = root.tag.partition("}")[0] + "}"
        figures = {}
        for row in root.iter(f"{namespace}row"):
            spf = row.findtext(f"{namespace}policy_evaluated/{namespace}spf")
            key = (row.findtext(f"{namespace}source_ip"), spf)
            figures[key] = figures.get(key, 0) + int(row.findtext(f"{namespace}count"))
        self.assertEqual({("192.0.2.10", "pass"): 5, ("203.0.113.9", "fail"): 1}, figures)
        # From the next day on only reports come.
        for day in range(2, 12):
            self.receive(REPORT)
            self.assertIn("sent 0", self.send(day))
