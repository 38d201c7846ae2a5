"""rspamd as a second milter, wired as the guide on content filters says: who comes first, and who writes what."""

import re

from harness import guide, keys
from harness.guided_postfix import GuidedPostfix, with_ports
from harness.messages import message
from harness.rspamd import GUIDE_PORT, Rspamd
from harness.site import SiteTest

PAGE, HEADING = "content-filters.md", "rspamd beside us"
LOCAL = {name: guide.block(PAGE, HEADING, f"/etc/rspamd/local.d/{name}")
         for name in ("dkim_signing.conf", "worker-proxy.inc", "milter_headers.conf")}
ALICE = "Alice <alice@ours.test>"
CHANGED = "[spam] A test"


class Beside(SiteTest):
    @classmethod
    def make_mta(cls, site):
        rspamd = Rspamd(site.folder, site.name_server_address, LOCAL)
        cls.addClassCleanup(rspamd.stop)
        ports = {8891: int(site.paraphd.socket.rpartition(":")[2]), GUIDE_PORT: rspamd.port}
        main_cf = with_ports(guide.block(PAGE, HEADING, "main.cf"), ports)
        postfix = GuidedPostfix(site.folder / "postfix", None, dict(re.findall(r"^(\w+) = (.*)$", main_cf, re.MULTILINE)))
        postfix.wire(guide.block(PAGE, HEADING, "master.cf"), ports)
        return postfix

    def test_mail_from_outside_has_results_of_ours_alone(self):
        delivered = self.receive(self.site.signer.sign(message(subject="A test")))
        self.check(delivered, spf="pass", dkim="pass", dmarc="pass")
        self.assertEqual(1, len(delivered.all("authentication-results")))
        self.assertEqual([CHANGED], delivered.all("subject"))
        self.assertTrue(delivered.all("x-spam-level"))

    def test_results_that_were_brought_along_are_removed(self):
        forged = message("Ann <ann@soft.test>", fields=("Authentication-Results: mx.ours.test; dmarc=pass header.from=soft.test",))
        self.check(self.receive(forged, sender="ann@soft.test"), spf="softfail", dmarc="fail")

    def test_mail_of_users_is_signed_once_as_rspamd_left_it(self):
        delivered = self.submit(message(ALICE))
        self.assertEqual([CHANGED], delivered.all("subject"))
        self.assertEqual([True, True], keys.verdicts(delivered.raw, self.site.zone))

    def test_sendmail_command_is_signed(self):
        recipient = self.new_recipient()
        self.site.postfix.submit_locally("alice@ours.test", recipient, message(ALICE).replace(b"\r\n", b"\n"))
        self.assertEqual([True, True], keys.verdicts(self.read(recipient).raw, self.site.zone))

    def test_in_the_other_order_the_signature_breaks(self):
        """The reason for the order of submission."""
        delivered = self.receive(message(ALICE), address="127.0.0.1", sender="alice@ours.test")
        self.assertEqual([CHANGED], delivered.all("subject"))
        self.assertEqual([False, False], keys.verdicts(delivered.raw, self.site.zone))
