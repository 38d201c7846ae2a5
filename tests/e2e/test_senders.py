"""Who may sign for which From: users who log in at a real Postfix, programs on its host, and lists."""

from harness import keys
from harness.client import Refused, send_one
from harness.messages import message
from harness.site import SiteTest

SIGNED = [True, True]


class Senders(SiteTest):
    """A table of senders; what does not fit is refused."""

    @staticmethod
    def change_settings(site, settings):
        table = site.folder / "senders"
        table.write_text("alice@ours.test  %s news@ours.test\n127.0.0.0/8  cron@ours.test\n")
        settings["senders"] = {"table": str(table), "mismatch": "reject", "delimiters": "+"}

    def verdicts(self, author: str, sender: str = "alice@ours.test") -> list:
        return keys.verdicts(self.submit(message(author), sender=sender).raw, self.site.zone)

    def test_a_login_writes_its_addresses(self):
        for author in ("alice@ours.test", "News <NEWS@Ours.test>", "alice+x@ours.test", "\"alice\"@ours.test"):
            with self.subTest(author):
                self.assertEqual(SIGNED, self.verdicts(author))

    def test_the_envelope_is_no_evidence(self):
        self.assertEqual(SIGNED, self.verdicts("alice@ours.test", sender="bob@ours.test"))
        with self.assertRaises(Refused) as refused:
            self.submit(message("bob@ours.test"), sender="alice@ours.test")
        self.assertEqual(550, refused.exception.code)
        self.assertIn("5.7.1", refused.exception.text)

    def test_every_author_counts(self):
        with self.assertRaises(Refused) as refused:
            self.submit(message("alice@ours.test, bob@ours.test"))
        self.assertEqual(550, refused.exception.code)

    def test_mail_that_nobody_would_sign_is_none_of_the_table(self):
        self.assertEqual([], self.submit(message("x@elsewhere.example")).all("dkim-signature"))

    def test_a_program_on_this_host(self):
        recipient = self.new_recipient()
        send_one(self.site.postfix.port, message("cron@ours.test"), address="127.0.0.1",
                 sender="cron@ours.test", recipient=recipient)
        self.assertEqual(SIGNED, keys.verdicts(self.read(recipient).raw, self.site.zone))


class Users(SiteTest):
    """Keys that are for some logins only; mail of others goes out unsigned."""

    @staticmethod
    def change_settings(site, settings):
        settings["domains"]["ours.test"]["used_by"] = {"logins": ["somebody@ours.test"]}

    def test_others_send_unsigned(self):
        delivered = self.submit(message("alice@ours.test"))
        self.assertEqual([], delivered.all("dkim-signature"))
        self.assertIn("(used_by)", self.site.paraphd.line_of(delivered.queue_id()))
