"""Several messages in one connection, and connections that end badly: nothing of one message may reach another."""

from harness import keys
from harness.client import Client
from harness.messages import message
from harness.site import SiteTest, value_of


class Sessions(SiteTest):
    def test_messages_of_one_connection_do_not_mix(self):
        recipients = [self.new_recipient() for _ in range(6)]
        plain, signed = message("x@soft.test"), self.site.signer.sign(message())
        with Client(self.site.postfix.port) as client:
            client.pretend("203.0.113.9", helo="mx.pass.test")
            for number, recipient in enumerate(recipients):
                author = "ann@pass.test" if number % 2 == 0 else "x@soft.test"
                client.send(author, [recipient], signed if number % 2 == 0 else plain)
        for number, recipient in enumerate(recipients):
            if number % 2 == 0:
                found = self.check(self.read(recipient), spf="fail", dkim="pass", dmarc="pass")
                self.assertEqual("pass.test", value_of(found["dmarc"][0], "header", "from"))
            else:
                found = self.check(self.read(recipient), spf="softfail", dkim="none", dmarc="fail")
                self.assertEqual("soft.test", value_of(found["dmarc"][0], "header", "from"))

    def test_reset_forgets_the_sender(self):
        recipient = self.new_recipient()
        with Client(self.site.postfix.port) as client:
            client.pretend("192.0.2.10", helo="mx.pass.test")
            client.envelope("ann@pass.test", [recipient])
            client.reset()
            client.send("x@soft.test", [recipient], message("x@soft.test"))
        found = self.check(self.read(recipient), spf="softfail")
        self.assertEqual("soft.test", value_of(found["spf"][0], "smtp", "mailfrom"))

    def test_second_greeting_replaces_the_first(self):
        recipient = self.new_recipient()
        with Client(self.site.postfix.port) as client:
            client.pretend("192.0.2.10", helo="other.test")
            client.hello("helo.pass.test")
            client.send("", [recipient], message("postmaster@helo.pass.test"))
        found = self.check(self.read(recipient), spf="pass")
        self.assertEqual("helo.pass.test", value_of(found["spf"][0], "smtp", "helo"))

    def test_several_recipients_get_the_same(self):
        recipients = [self.new_recipient() for _ in range(5)]
        with Client(self.site.postfix.port) as client:
            client.pretend("192.0.2.10", helo="mx.pass.test")
            client.send("ann@pass.test", recipients, self.site.signer.sign(message()))
        for recipient in recipients:
            self.check(self.read(recipient), spf="pass", dkim="pass", dmarc="pass")

    def test_client_that_leaves_in_the_middle_of_data(self):
        lost = self.new_recipient()
        for part in (b"From: ann@pass.test\r\n", b"From: ann@pass.test\r\n\r\nhalf a bo", b""):
            with Client(self.site.postfix.port) as client:
                client.pretend("192.0.2.10", helo="mx.pass.test")
                client.envelope("ann@pass.test", [lost])
                client.begin_data(part)
                client.drop()
        self.check(self.receive(message()), spf="pass", dmarc="pass")
        self.assertEqual([], self.site.postfix.mailboxes.files(lost))
        self.assertTrue(self.site.paraphd.running())

    def test_user_who_logs_in_is_not_taken_for_the_next(self):
        signed = self.submit(message("alice@ours.test"))
        self.assertEqual([True, True], keys.verdicts(signed.raw, self.site.zone))
        outside = self.receive(message("alice@ours.test"), sender="alice@ours.test", address="198.51.100.7")
        self.assertEqual([], outside.all("dkim-signature"))

    def test_postfix_has_nothing_to_complain_about(self):
        self.check(self.receive(message()), spf="pass")
        self.assertEqual([], self.site.postfix.complaints())
