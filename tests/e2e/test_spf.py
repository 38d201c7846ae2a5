"""SPF as it reaches the mailbox: the client's address, the sender, HELO and the DNS are what Postfix was told."""

import re

from harness.client import Client
from harness.messages import message
from harness.site import SiteTest, value_of

# MAIL FROM arguments that Postfix takes although RFC 5321 has no such path. To each of them it is pass.test's mail.
ODD_PATHS = ["<a..b@pass.test>", "<a.@pass.test>", "<.a@pass.test>", "<@pass.test>", "<a@pass.test.>", "<a@b@pass.test>",
             "<a@@pass.test>", "<a@soft.test@pass.test>", "<a(x)@pass.test>", "<(x)a@pass.test>", "<a@(x)pass.test>",
             "<a@pass.test(x)>", "<a@pass.test(.soft.test>", "< a@pass.test >", "<a @ pass.test>", "<a@pass .test>",
             "<<a@pass.test>>", "a@pass.test>", "<a@pass.test>>", "a@pass.test,", "<a@pass.test;>", "<a:b@pass.test>",
             "<a]b@pass.test>", "<a)@pass.test>", "<a\\@pass.test>", "<\"a@pass.test\">", "<a@\"pass.test\">",
             "<@:a@pass.test>", "<a\x01b@pass.test>"]
# Those in which somebody else may see another domain, or none.
DISPUTED_PATHS = ["<(a@pass.test>", "<a(@pass.test>", "<a@pass.test (x@soft.test)>", "<(x@soft.test)a@pass.test>",
                  "<a@pass.test (>x@soft.test)>", "<a@soft.test.\"x@pass.test\">", "<a%pass.test>", "<pass.test!a>"]


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

    def send(self, path: str, address: str, helo: str = "mx.pass.test"):
        """With MAIL FROM exactly as told; what was delivered, and the sender as Postfix understood it."""
        recipient = self.new_recipient()
        with Client(self.site.postfix.port) as client:
            client.pretend(address, helo=helo)
            client.command(f"MAIL FROM:{path}")
            client.command(f"RCPT TO:<{recipient}>")
            client.begin_data(message().rstrip(b"\r\n"))
            client.end_data(b"")
        delivered = self.read(recipient)
        understood = re.findall(r"qmgr.*: from=<(.*)>, size", self.site.postfix.log())[-1]
        return delivered, understood

    def test_a_path_outside_of_the_grammar_has_the_domain_that_postfix_sees(self):
        for path in ODD_PATHS:
            with self.subTest(path):
                delivered, understood = self.send(path, "192.0.2.10")
                self.assertEqual("pass.test", understood.rpartition("@")[2])
                found = self.check(delivered, spf="pass", dmarc="pass")
                self.assertEqual("pass.test", value_of(found["spf"][0], "smtp", "mailfrom"))

    def test_a_forger_cannot_throw_the_identity_away(self):
        for path in ODD_PATHS + DISPUTED_PATHS:
            with self.subTest(path):
                delivered, _ = self.send(path, "203.0.113.9")
                self.check(delivered, spf="fail", dmarc="fail")

    def test_a_path_that_can_be_read_in_two_ways_never_passes(self):
        for path in DISPUTED_PATHS:
            with self.subTest(path):
                delivered, _ = self.send(path, "192.0.2.10")
                self.check(delivered, spf="none", dmarc="fail")

    def test_a_path_without_a_domain_is_none_and_not_helos(self):
        for path in ("<postmaster>", "<()>", "<(x)>", '""', "<@relay.test:>", "<a@pass.test@>"):
            with self.subTest(path):
                delivered, _ = self.send(path, "192.0.2.10", helo="helo.pass.test")
                self.check(delivered, spf="none", dmarc="fail")

    def test_a_null_path_with_blanks_is_helos(self):
        delivered, understood = self.send("< >", "192.0.2.10", helo="helo.pass.test")
        self.assertEqual("", understood)
        found = self.check(delivered, spf="pass")
        self.assertEqual("helo.pass.test", value_of(found["spf"][0], "smtp", "helo"))
