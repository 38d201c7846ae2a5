"""SPF as it reaches the mailbox: the client's address, the sender, HELO and the DNS are what Postfix was told."""

from harness.messages import message
from harness.site import SiteTest, value_of


class Spf(SiteTest):
    def test_pass(self):
        found = self.check(self.receive(message()), spf="pass", dkim="none", dmarc="pass")
        self.assertEqual("pass.test", value_of(found["spf"][0], "smtp", "mailfrom"))

    def test_softfail(self):
        delivered = self.receive(message("x@soft.test"), sender="x@soft.test", address="192.0.2.2")
        self.check(delivered, spf="softfail", dmarc="fail")

    def test_fail(self):
        delivered = self.receive(message(), address="203.0.113.9")
        self.check(delivered, spf="fail", dmarc="fail")

    def test_pass_of_an_unaligned_sender_does_not_help_dmarc(self):
        delivered = self.receive(message("x@soft.test"))
        self.check(delivered, spf="pass", dmarc="fail")

    def test_no_record(self):
        delivered = self.receive(message("x@nowhere.test"), sender="x@nowhere.test")
        self.check(delivered, spf="none", dmarc="none")

    def test_ipv6_client(self):
        self.check(self.receive(message(), address="2001:db8::25"), spf="pass", dmarc="pass")

    def test_ipv6_client_outside_the_record(self):
        self.check(self.receive(message(), address="2001:db9::25"), spf="fail", dmarc="fail")

    def test_connection_over_ipv6(self):
        if not self.site.postfix.has_ipv6:
            self.skipTest("this machine has no ::1")
        self.check(self.receive(message(), address="2001:db8::26", host="::1"), spf="pass", dmarc="pass")

    def test_null_sender_is_judged_by_helo(self):
        delivered = self.receive(message("MAILER-DAEMON@helo.pass.test"), sender="", helo="helo.pass.test")
        found = self.check(delivered, spf="pass")
        self.assertEqual("helo.pass.test", value_of(found["spf"][0], "smtp", "helo"))
        self.assertIsNone(value_of(found["spf"][0], "smtp", "mailfrom"))

    def test_null_sender_and_a_foreign_helo(self):
        delivered = self.receive(message("MAILER-DAEMON@helo.pass.test"), sender="", helo="helo.pass.test",
                                 address="203.0.113.9")
        self.check(delivered, spf="fail")

    def test_dns_failure(self):
        delivered = self.receive(message("x@broken.test"), sender="x@broken.test")
        self.check(delivered, spf="temperror", dmarc="temperror")
