"""Mail from outside that something on this host hands back: a redirect by sendmail(1), a list by SMTP from loopback."""

import shutil
from pathlib import Path

from harness import keys
from harness.client import send_one
from harness.keys import KeyFile
from harness.messages import message
from harness.postfix import Postfix
from harness.process import eventually, run
from harness.site import AUTHSERV_ID, SiteTest

BOSS = "Boss <boss@ours.test>"
STRANGER, OURS = "192.0.2.66", "203.0.113.25"  # what the SPF record of ours.test does not allow, and what it does
LISTS = {
    "relay_domains": "lists.test",
    "transport_maps": "inline:{ lists.test=list: }",
    "smtpd_data_restrictions": "check_recipient_access inline:{ later@second.test=HOLD }",
    "list_destination_recipient_limit": "1",
}


class ListPostfix(Postfix):
    """Has a list manager at lists.test; mail for later@second.test stays in the queue."""

    def _write_master(self) -> None:
        super()._write_master()
        script = self.folder / "hand_back.py"
        shutil.copy(Path(__file__).parent / "harness/hand_back.py", script)
        script.chmod(0o755)
        with (self.config / "master.cf").open("a") as master:
            master.write("list unix - n n - - pipe\n"
                         f"  user=nobody argv=/usr/bin/python3 {script} {self.port} ${{recipient}}\n")


class Returned(SiteTest):
    @classmethod
    def prepare(cls, site):
        site.list_key = KeyFile(site.folder, site.zone, "lists.test", "list")

    @staticmethod
    def change_settings(site, settings):
        settings["domains"]["lists.test"] = {"keys": [site.list_key.entry()]}

    @classmethod
    def make_mta(cls, site):
        return ListPostfix(site.folder / "postfix", site.paraphd.socket, LISTS)

    def send_to_list(self, manner: str, address: str):
        name = self.new_recipient().partition("@")[0]
        send_one(self.site.postfix.port, message(BOSS), address=address, sender="boss@ours.test",
                 recipient=f"{manner}+{name}@lists.test")
        return self.read(f"{name}@rcpt.test")

    def redirect(self, address: str, author: str = BOSS, sender: str = "boss@ours.test"):
        """What arrived is given to sendmail(1) as it is, as Sieve and .forward pipes do."""
        arrived = self.receive(message(author), address=address, sender=sender)
        recipient = self.new_recipient()
        self.site.postfix.submit_locally(sender, recipient, arrived.raw.replace(b"\r\n", b"\n"))
        return self.read(recipient)

    def assert_left_alone(self, delivered):
        self.assertEqual([], delivered.all("dkim-signature"))
        ours = [field for field in delivered.all("authentication-results") if field.startswith(AUTHSERV_ID)]
        self.assertEqual(1, len(ours))
        self.assertIn("dmarc=fail", ours[0])
        self.assertIn("header.from=ours.test", ours[0])
        queue_id = delivered.queue_id()
        eventually("the line of the message",
                   lambda: any("mode=" in line for line in self.site.paraphd.lines_of(queue_id)))
        lines = self.site.paraphd.lines_of(queue_id)
        self.assertTrue(any("came_back=\"dmarc=fail for ours.test\"" in line for line in lines), lines)
        self.assertTrue(any("[NOT_SIGNED]" in line for line in lines), lines)

    def assert_signed(self, delivered, domain: str = "ours.test"):
        self.assertIn(keys.verdicts(delivered.raw, self.site.zone), ([True], [True, True]), delivered.raw.decode())
        for signature in delivered.all("dkim-signature"):
            self.assertIn(f"d={domain};", signature)
        self.assertEqual([], delivered.all("authentication-results"))

    def test_redirected_forgery_is_not_signed_and_keeps_its_result(self):
        self.assert_left_alone(self.redirect(STRANGER))

    def test_redirected_honest_mail_is_signed(self):
        self.assert_signed(self.redirect(OURS))

    def test_forgery_through_a_list_that_keeps_the_author(self):
        self.assert_left_alone(self.send_to_list("plain", STRANGER))

    def test_forgery_through_a_list_that_writes_its_own_author(self):
        self.assert_signed(self.send_to_list("rewrite", STRANGER), "lists.test")

    def test_honest_mail_through_both_lists(self):
        for manner, domain in (("plain", "ours.test"), ("rewrite", "lists.test")):
            with self.subTest(manner):
                self.assert_signed(self.send_to_list(manner, OURS), domain)

    def test_foreign_forgery_keeps_its_result_too(self):
        delivered = self.redirect(STRANGER, "Ann <ann@soft.test>", "ann@soft.test")
        self.assertIn("dmarc=fail", delivered.all("authentication-results")[0])

    def test_login_is_its_users_own_act(self):
        arrived = self.receive(message(BOSS), address=STRANGER, sender="boss@ours.test")
        self.assertEqual([True, True], keys.verdicts(self.submit(arrived.raw).raw, self.site.zone))

    def test_what_is_queued_again_stays_a_strangers(self):
        postfix = self.site.postfix
        send_one(postfix.port, message(BOSS), address=STRANGER, sender="boss@ours.test", helo="localhost",
                 recipient="later@second.test")
        run(["postsuper", "-c", str(postfix.config), "-r", "ALL"])
        delivered = self.read("later@second.test")
        self.assertEqual([], delivered.all("dkim-signature"))
        self.assertIn("dmarc=fail", delivered.all("authentication-results")[0])


class NotHeeded(SiteTest):
    @staticmethod
    def change_settings(site, settings):
        settings["roles"] = {"heed_own_results": False}

    def test_what_comes_back_is_signed(self):
        arrived = self.receive(message(BOSS), address=STRANGER, sender="boss@ours.test")
        recipient = self.new_recipient()
        self.site.postfix.submit_locally("boss@ours.test", recipient, arrived.raw.replace(b"\r\n", b"\n"))
        self.assertEqual([True, True], keys.verdicts(self.read(recipient).raw, self.site.zone))
