"""Two mail hosts, each with a Postfix, a paraphd and a store, on days of a clock of the test: mail goes both ways, reports too, and
what they say is what was sent. Then the traffic ends."""

import gzip
import time
import unittest
from collections import Counter

from harness.client import Refused, send_one
from harness.messages import message
from harness.process import eventually
from harness.report_exchange import Exchange, MailHost
from harness.report_host import DAY, NAMESPACE, value, xml_of
from harness.scripted_smtp import Taken

FORGER, FORWARDER = "203.0.113.9", "198.51.100.9"


def row(record) -> tuple:
    """All that a record says of its messages; of signatures those that it has."""
    text = {name.rpartition("/")[2]: record.findtext("/".join(NAMESPACE + part for part in name.split("/"))) for name in (
        "row/source_ip", "row/policy_evaluated/disposition", "row/policy_evaluated/dkim", "row/policy_evaluated/spf",
        "identifiers/header_from", "identifiers/envelope_from", "identifiers/envelope_to")}
    signatures = [f"{one.findtext(NAMESPACE + 'domain')}/{one.findtext(NAMESPACE + 'selector')}={one.findtext(NAMESPACE + 'result')}"
                  for one in record.iter(NAMESPACE + "dkim") if len(one)]
    spf = [f"{one.findtext(NAMESPACE + 'domain')}={one.findtext(NAMESPACE + 'result')}" for one in record.iter(NAMESPACE + "spf") if len(one)]
    return (*text.values(), *signatures, *spf)


def figures(root) -> Counter:
    found: Counter = Counter()
    for record in root.iter(NAMESPACE + "record"):
        found[row(record)] += int(record.findtext(f"{NAMESPACE}row/{NAMESPACE}count"))
    return found


class ExchangeTest(unittest.TestCase):
    site: Exchange

    def setUp(self):
        # Ten in the morning, so that no midnight comes in between.
        self.today = int(time.time()) // DAY + 1
        self.site = Exchange(self.today * DAY + 10 * 3600)
        self.addCleanup(self.site.stop)
        self.site.start()

    def next_day(self):
        self.today += 1
        self.site.clock.set(self.today * DAY + 10 * 3600)

    def talk(self, here: MailHost, there: MailHost, signed: int, refused: bool) -> Counter:
        """Mail from `here` to `there`, with its signature and without, forwarded, and forged. What a report has to say of it."""
        own, text = here.domain, message(f"ann@{here.domain}")
        for number in range(signed):
            here.submit(f"bob{self.today}.{number}@{there.domain}", text)
        kept = [there.postfix.mailboxes.read(f"bob{self.today}.{number}@{there.domain}").raw for number in range(signed)]
        send_one(there.postfix.port, kept[0], address=FORWARDER, sender="list@other.test", recipient=f"fwd@{there.domain}")
        for _ in range(2):
            send_one(there.postfix.port, text, address=here.address, sender=f"ann@{own}", recipient=f"plain@{there.domain}")
        for _ in range(3):
            try:
                send_one(there.postfix.port, text, address=FORGER, sender=f"ann@{own}", recipient=f"forged@{there.domain}")
                self.assertFalse(refused)
            except Refused as refusal:
                self.assertTrue(refused, refusal)
        to = there.domain if there.reports.get("envelope_to") else None
        says_no = "reject" if refused else "quarantine"
        return Counter({(here.address, "pass", "pass", "pass", own, own, to, f"{own}/s1=pass", f"{own}=pass"): signed,
                        (FORWARDER, "pass", "pass", "fail", own, "other.test", to, f"{own}/s1=pass", "other.test=fail"): 1,
                        (here.address, "pass", "fail", "pass", own, own, to, f"{own}=pass"): 2,
                        (FORGER, says_no, "fail", "fail", own, own, to, f"{own}=fail"): 3})

    def talk_both_ways(self) -> dict[str, Counter]:
        north, south = self.site.hosts
        sent = {"north.test": self.talk(north, south, 4, True), "south.test": self.talk(south, north, 5, False)}
        self.await_counts(south, sum(sent["north.test"].values()))
        self.await_counts(north, sum(sent["south.test"].values()))
        return sent

    def await_counts(self, host: MailHost, many: int):
        eventually(f"{many} counted at {host.domain}", lambda: host.counted(self.today) == many)

    def check_report(self, about: MailHost, by: MailHost, sent: Counter):
        """It came in through the Postfix of whom it is about, and passed DMARC there."""
        mail = about.postfix.mailboxes.read(f"agg@{about.domain}")
        self.assertRegex(mail.all("authentication-results")[0], rf"dmarc=pass .*header\.from=reports\.{by.domain}")
        file = Taken("", "", mail.raw).file
        self.assertNotRegex(gzip.decompress(file), rb"\b(ann|bob|list|fwd|plain|forged)\b")  # no mailbox leaves the house
        root = xml_of(file)
        self.assertEqual(about.domain, value(root, "policy_published", "domain"))
        begin = (self.today - 1) * DAY
        self.assertEqual([str(begin), str(begin + DAY - 1)],
                         [value(root, "report_metadata", "date_range", name) for name in ("begin", "end")])
        self.assertEqual(sent, figures(root))

    def test_reports_are_what_was_sent_and_the_traffic_ends(self):
        """S1, S2, S3, S4, S8, S10, S13, S18."""
        north, south = self.site.hosts
        self.talk_both_ways()
        self.next_day()
        for host in self.site.hosts:  # all domains were new
            self.assertIn("planned 0, sent 0", host.report("send"))
        sent = self.talk_both_ways()
        self.next_day()
        self.assertIn("sent 2", south.report("send"))
        self.assertIn("sent 2", north.report("send"))
        self.check_report(north, south, sent["north.test"])
        self.check_report(south, north, sent["south.test"])
        # What was refused came back from this host's Postfix, and what was taken first from the other's.
        for host, dead in ((south, "gone@north.test"), (north, "gone@south.test")):
            eventually(f"{dead} to be suppressed", lambda host=host, dead=dead: f"address {dead} until" in host.report("suppress", "list"))
        self.await_counts(north, 2)  # a report and what came back
        self.await_counts(south, 2)  # two reports
        for day in range(3):
            self.next_day()
            for host in self.site.hosts:
                self.assertEqual(day == 0, "no report: " in host.report("send", "--dry-run"))
                self.assertIn("planned 0, sent 0", host.report("send"))


if __name__ == "__main__":
    unittest.main()
