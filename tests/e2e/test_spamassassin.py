"""What SpamAssassin makes of the field that we wrote, with the rules of the guide on content filters."""

import unittest
from pathlib import Path

from harness import guide
from harness.messages import message
from harness.process import run
from harness.site import SiteTest

READER = Path(__file__).with_name("harness") / "spamassassin.pl"
RULES = guide.block("content-filters.md", "SpamAssassin reads our results", "/etc/spamassassin/local.cf")
OF_DMARC = next(text for text in guide.blocks((guide.GUIDES / "dmarc.md").read_text()) if text.startswith("header "))
OF_ITS_SPF = "header SPF_PASS eval:check_for_spf_pass()\nheader SPF_FAIL eval:check_for_spf_fail()\n"
FOREIGN = "Authentication-Results: mx.elsewhere.test; dkim=pass header.d=pass.test; dmarc=fail header.from=pass.test"


class Reader(SiteTest):
    @classmethod
    def setUpClass(cls) -> None:
        if not Path("/usr/bin/spamassassin").exists():
            raise unittest.SkipTest("/usr/bin/spamassassin: apt-get install spamassassin")
        super().setUpClass()

    def hits(self, text: bytes, more: str = "") -> set[str]:
        """`more` are settings beside the guide's."""
        rules = self.site.folder / "rules.cf"
        rules.write_text(RULES.replace("mx.example.org", "mx.ours.test") + OF_ITS_SPF + more)
        done = run(["/usr/bin/perl", str(READER), str(rules)], text)
        return set(done.stdout.decode().strip().split(","))


class Directly(Reader):
    def test_good_mail(self):
        delivered = self.receive(self.site.signer.sign(message()))
        self.assertEqual({"SPF_PASS", "OUR_DKIM_PASS"}, self.hits(delivered.raw))

    def test_forgery_beside_results_of_others(self):
        delivered = self.receive(message("Boss <boss@ours.test>", fields=(FOREIGN,)), sender="boss@ours.test")
        self.assertEqual({"SPF_FAIL", "OUR_DMARC_FAIL"}, self.hits(delivered.raw))

    def test_rule_of_the_guide_on_dmarc(self):
        rule = OF_DMARC.replace("example\\.org", "ours\\.test")
        forged = self.receive(message("Boss <boss@ours.test>", fields=(FOREIGN,)), sender="boss@ours.test")
        self.assertIn("DMARC_FAIL_REJECT", self.hits(forged.raw, rule))
        self.assertNotIn("DMARC_FAIL_REJECT", self.hits(self.receive(message(fields=(FOREIGN,))).raw, rule))

    def test_our_name_typed_by_a_stranger(self):
        forged = FOREIGN.replace("mx.elsewhere.test", "mx.ours.test")
        delivered = self.receive(message(fields=(forged,)))
        self.assertEqual({"SPF_PASS"}, self.hits(delivered.raw))

    def test_below_a_received_field_that_a_milter_made_up(self):
        delivered = self.receive(self.site.signer.sign(message()))
        made_up = b"Received: from mx.pass.test ([192.0.2.10]) by mx.ours.test; Mon, 02 Mar 2026 10:11:12 +0000\r\n"
        self.assertEqual({""}, self.hits(made_up + delivered.raw))
        self.assertEqual({"OUR_DKIM_PASS"}, self.hits(made_up + delivered.raw, "authres_networks all\n"))


class ThroughARelay(Reader):
    """The guide says what does not work. Once this fails SpamAssassin knows the word, and the guide can say so."""

    @staticmethod
    def change_settings(site, settings):
        settings["relays"] = {"hosts": [{"addresses": ["198.51.100.7"], "names": ["mx2.ours.test"], "form": "postfix"}]}

    def relayed(self, text: bytes) -> set[str]:
        received = (b"Received: from mx.pass.test (unknown [192.0.2.10])\r\n\tby mx2.ours.test (Postfix) with ESMTP id 4F1;\r\n"
                    b"\tMon, 02 Mar 2026 10:11:12 +0000\r\n")
        return self.hits(self.receive(received + text, address="198.51.100.7").raw)

    def test_only_spf_is_read(self):
        self.assertEqual({"SPF_PASS"}, self.relayed(self.site.signer.sign(message())))

