"""A mail server whose filters take minutes behind the end of a mail."""

import unittest

from harness.process import eventually
from harness.report_host import ReportHost
from harness.scripted_smtp import ScriptedSmtp


class PatienceTest(unittest.TestCase):
    def test_a_filter_may_take_minutes(self):
        """RFC 5321 4.5.3.2.6 has ten. Who gives up after two sends it again, and the first one was taken."""
        smtp = ScriptedSmtp()
        self.addCleanup(smtp.stop)
        smtp.slow_end = 125
        host = ReportHost(smtp)
        self.addCleanup(host.stop)
        host.mail_domain("orchard.test")
        host.count("orchard.test")
        child = host.begin()
        eventually("the run to end", lambda: not child.running(), patience=170, every=0.5)
        self.assertIn("sent 1", child.output())
        self.assertEqual(1, len(smtp.taken))


if __name__ == "__main__":
    unittest.main()
