"""A content filter hands mail back on a service of its own, from loopback: that is not our users' mail."""

from harness.client import Client
from harness.messages import message
from harness.site import SiteTest


class Reinjection(SiteTest):
    @staticmethod
    def change_settings(site, settings):
        settings["roles"] = {"reinjection_daemons": ["REINJECTION"]}

    def hand_back(self, text: bytes):
        recipient = self.new_recipient()
        with Client(self.site.postfix.reinjection) as client:
            client.hello("filter.ours.test")
            client.send("someone@pass.test", [recipient], text)
        return self.read(recipient)

    def test_forged_author_from_the_filter_is_not_signed(self):
        delivered = self.hand_back(message("boss@ours.test"))
        self.assertEqual([], delivered.all("dkim-signature"))
        self.assertIn("reinjection daemon REINJECTION", self.site.paraphd.line_of(delivered.queue_id()))

    def test_same_client_on_the_other_service_is_signed(self):
        delivered = self.receive(message("boss@ours.test"), address="127.0.0.1", sender="boss@ours.test")
        self.assertEqual(2, len(delivered.all("dkim-signature")))

    def test_outsider_on_the_reinjection_service_is_verified(self):
        recipient = self.new_recipient()
        with Client(self.site.postfix.reinjection) as client:
            client.pretend("192.0.2.10", helo="mx.pass.test")
            client.send("ann@pass.test", [recipient], message())
        self.check(self.read(recipient), spf="pass", dmarc="pass")


class UnlistedReinjection(SiteTest):
    """Without the list, loopback means our own mail, as everywhere."""

    def test_loopback_is_signed(self):
        recipient = self.new_recipient()
        with Client(self.site.postfix.reinjection) as client:
            client.hello("filter.ours.test")
            client.send("boss@ours.test", [recipient], message("boss@ours.test"))
        self.assertEqual(2, len(self.read(recipient).all("dkim-signature")))
