"""Two hosts that share the counts and the work in one PostgreSQL."""

import shutil
import tempfile
import unittest
from pathlib import Path

from harness.databases import Postgresql
from harness.process import eventually
from harness.report_host import NOON, TODAY, ReportHost
from harness.scripted_smtp import ScriptedSmtp


class SharedTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="paraph-shared-reports-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.folder.chmod(0o755)
        self.database = Postgresql.started(self, self.folder / "db")
        self.steps: dict[str, str] = {}
        self.smtp = ScriptedSmtp(lambda step, _: self.steps.get(step))
        self.addCleanup(self.smtp.stop)
        self.host = ReportHost(self.smtp, self.database.report_store())
        self.addCleanup(self.host.stop)

    def count(self, names: list[str]) -> None:
        for name in names:
            self.host.mail_domain(name)
        self.host.count_all([f"{TODAY - 1} {name} 1 1 mailto:agg@{name}" for name in names])

    def recipients(self) -> list[str]:
        return sorted(taken.recipient for taken in self.smtp.taken)

    def test_two_senders_share_the_work(self):
        names = [f"d{number}.test" for number in range(200)]
        self.count(names)
        self.host.reports["per_minute"] = 1200  # so that neither is done before the other begins
        children = [self.host.begin(name=f"host{number}") for number in range(2)]
        for child in children:
            eventually("a sender to end", lambda child=child: not child.running(), patience=60)
        self.assertEqual(sorted(f"agg@{name}" for name in names), self.recipients())
        self.assertTrue(all("sent 0" not in child.output() for child in children), [child.output() for child in children])

    def test_another_host_goes_on_where_one_was_killed(self):
        self.count(["a.test", "b.test", "c.test"])
        for step in ("MAIL", "END"):
            with self.subTest(step=step):
                self.smtp.taken.clear()
                self.smtp.holding.clear()
                self.smtp.go_on.clear()
                self.host.count_all([f"{TODAY - 2} {name} 1 1 mailto:agg@{name}" for name in ("a.test", "b.test", "c.test")]
                                    if step == "END" else [])
                self.steps = {step: "hold"}
                child = self.host.begin(name=step)
                eventually("the server to hold", self.smtp.holding.is_set)
                self.steps = {}
                self.assertIn("sent 2", self.host.report("send")[1])  # what the first one holds is his
                child.stop(9)
                self.smtp.go_on.set()
                eventually("the lock to go", lambda: self.host.report("send")[0] == 0 and len(self.smtp.taken) >= 3, every=0.2)
                self.host.report("send", now=NOON + 86400)
                self.assertEqual(["agg@a.test", "agg@b.test", "agg@c.test"], self.recipients())

    def test_a_lock_that_is_lost_at_the_end_of_a_mail_is_no_reason_to_take_it_for_sent(self):
        """As when PostgreSQL restarts: the run that has the mail is alive, and knows how it ends."""
        self.count(["a.test"])
        self.steps = {"END": "hold"}
        child = self.host.begin()
        eventually("the server to hold", self.smtp.holding.is_set)
        self.database.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'")
        self.steps = {}
        self.assertIn("sent 0", self.host.report("send")[1])
        self.assertEqual("handing_over", self.database.ask("SELECT state FROM paraph_report_delivery").strip())
        self.smtp.go_on.set()  # without a reply
        eventually("the first run to end", lambda: not child.running())
        self.assertEqual("waiting", self.database.ask("SELECT state FROM paraph_report_delivery").strip())
        self.assertIn("sent 1", self.host.report("send", now=NOON + 86400)[1])


if __name__ == "__main__":
    unittest.main()
