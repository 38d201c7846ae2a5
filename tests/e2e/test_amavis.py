"""amavis before and behind Postfix's queue, wired as the guide on content filters says: each message is checked or signed once,
and what arrives has a good signature although the filter changed it."""

import os
import re

import yaml

from harness import guide, keys, programs
from harness.amavis import DISCLAIMER, Amavis, new_ports
from harness.client import Refused
from harness.guided_postfix import GuidedPostfix
from harness.messages import message
from harness.process import run
from harness.site import SiteTest

PAGE = "content-filters.md"
BEHIND, BEFORE = "amavis behind the queue", "amavis before the queue"
# altermime finds the end of a text only where a field says that there is one.
ALICE = message("Alice <alice@ours.test>", fields=("MIME-Version: 1.0", "Content-Type: text/plain; charset=us-ascii"))
FORGED = message("Boss <boss@ours.test>")


class Filtered:
    """The tests of both manners."""

    master_cf = amavis = ""

    @classmethod
    def make_mta(cls, site):
        ports = new_ports()
        amavis = Amavis(site.folder, cls.amavis, ports)
        cls.addClassCleanup(amavis.stop)
        postfix = GuidedPostfix(site.folder / "postfix", site.paraphd.socket)
        postfix.wire(cls.master_cf, ports)
        return postfix

    def lines_about(self, delivered) -> list[str]:
        """What paraphd logged of a message, under each id that it had here."""
        ids = re.findall(rb"by mx\.ours\.test \(Postfix\) with \w+\s+id (\w+)", delivered.raw)
        return [line for queue_id in ids for line in self.site.paraphd.lines_of(queue_id.decode())]

    def assert_results(self, delivered, *expected: str) -> None:
        """One field of ours, wherever the filter's Received put it."""
        fields = delivered.all("authentication-results")
        self.assertEqual(1, len(fields), delivered.fields)
        for result in expected:
            self.assertRegex(fields[0], rf"\b{result}\b")
        self.assertEqual(1, len(self.lines_about(delivered)), "met paraphd once")

    def test_mail_from_outside_is_checked_once(self):
        delivered = self.receive(self.site.signer.sign(message()))
        self.assert_results(delivered, "spf=pass", "dkim=pass", "dmarc=pass")
        self.assertEqual([True], keys.verdicts(delivered.raw, self.site.zone))

    def test_results_that_were_brought_along_are_removed(self):
        forged = message("Ann <ann@soft.test>", fields=("Authentication-Results: mx.ours.test; dmarc=pass header.from=soft.test",))
        self.assert_results(self.receive(forged, sender="ann@soft.test"), "spf=softfail", "dmarc=fail")

    def test_mail_of_users_is_signed_once_behind_the_filter(self):
        delivered = self.submit(ALICE)
        self.assertIn(DISCLAIMER.encode(), delivered.body)
        self.assertEqual([True, True], keys.verdicts(delivered.raw, self.site.zone))
        self.assertEqual(1, len(self.lines_about(delivered)))

    def test_check_config_has_nothing_against_the_wiring(self):
        file = self.site.folder / "plain.yaml"
        file.write_text(f"authserv_id: mx.ours.test\nlisten: {{socket: \"{self.site.paraphd.socket}\"}}\n")
        told = run([programs.paraph, "check-config", "--postfix", "--reload", str(file)],
                   env={**os.environ, "MAIL_CONFIG": str(self.site.postfix.config)})
        self.assertIn(b"0 errors, 0 warnings", told.stdout)

    def test_sendmail_command_is_signed(self):
        recipient = self.new_recipient()
        self.site.postfix.submit_locally("alice@ours.test", recipient, ALICE.replace(b"\r\n", b"\n"))
        self.assertEqual([True, True], keys.verdicts(self.read(recipient).raw, self.site.zone))


class BehindTheQueue(Filtered, SiteTest):
    master_cf = guide.block(PAGE, BEHIND, "master.cf")
    amavis = guide.block(PAGE, BEHIND, "/etc/amavis/conf.d/50-user")

    def test_forgery_is_checked_and_not_signed(self):
        delivered = self.receive(FORGED, address="192.0.2.66", sender="boss@ours.test")
        self.assert_results(delivered, "spf=fail", "dmarc=fail")
        self.assertEqual([], delivered.all("dkim-signature"))


class BeforeTheQueue(Filtered, SiteTest):
    master_cf = guide.block(PAGE, BEFORE, "master.cf")
    amavis = BehindTheQueue.amavis + guide.block(PAGE, BEFORE, "/etc/amavis/conf.d/55-before-queue")

    @staticmethod
    def change_settings(site, settings):
        settings.update(yaml.safe_load(guide.block(PAGE, BEFORE, "paraph.yaml").replace("example.org", "ours.test")))

    def test_forgery_is_refused_while_its_client_waits(self):
        with self.assertRaises(Refused) as refused:
            self.receive(FORGED, address="192.0.2.66", sender="boss@ours.test")
        self.assertIn("550", str(refused.exception))
        self.assertIn("why=\"relay 127.0.0.25\" client=192.0.2.66", self.site.paraphd.log())
