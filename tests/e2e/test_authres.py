"""Authentication-Results: ours once and on top, forged ones gone, other people's left alone."""

from harness.messages import message
from harness.site import SiteTest

FORGERIES = {
    "plain": "Authentication-Results: mx.ours.test; dkim=pass header.d=bank.test",
    "upper case": "AUTHENTICATION-RESULTS: MX.OURS.TEST; dkim=pass header.d=bank.test",
    "no space": "Authentication-Results:mx.ours.test;dkim=pass header.d=bank.test",
    "with a version": "Authentication-Results: mx.ours.test 1; dkim=pass header.d=bank.test",
    "unknown version": "Authentication-Results: mx.ours.test 99; dkim=pass header.d=bank.test",
    "quoted": "Authentication-Results: \"mx.ours.test\"; dkim=pass header.d=bank.test",
    "quoted pairs": "Authentication-Results: \"mx.\\ours.test\"; dkim=pass header.d=bank.test",
    "comment first": "Authentication-Results: (not (really) ours) mx.ours.test; dkim=pass header.d=bank.test",
    "comment after": "Authentication-Results: mx.ours.test (honest); dkim=pass header.d=bank.test",
    "folded": "Authentication-Results:\r\n\tmx.ours.test;\r\n\tdkim=pass header.d=bank.test",
    "folded twice": "Authentication-Results:\r\n \r\n mx.ours.test;\r\n dkim=pass header.d=bank.test",
    "blank before the colon": "Authentication-Results : mx.ours.test; dkim=pass header.d=bank.test",
    "tab": "Authentication-Results:\tmx.ours.test\t; dkim=pass header.d=bank.test",
    "nothing but the id": "Authentication-Results: mx.ours.test; none",
}
FOREIGN = (
    "Authentication-Results: mx.elsewhere.test; dkim=pass header.d=list.test",
    "Authentication-Results: notmx.ours.test; spf=pass smtp.mailfrom=list.test",
    "Authentication-Results: mx.ours.test.evil.test; spf=pass smtp.mailfrom=list.test",
)


class AuthenticationResults(SiteTest):
    def test_forged_fields_are_removed(self):
        for name, forged in FORGERIES.items():
            with self.subTest(name):
                delivered = self.receive(message(fields=(forged,)), address="203.0.113.9")
                self.check(delivered, spf="fail", dkim="none", dmarc="fail")
                self.assertNotIn("bank.test", delivered.raw.decode())

    def test_all_of_many_forged_fields_are_removed(self):
        fields = tuple(FORGERIES.values()) + FOREIGN
        delivered = self.receive(message(fields=fields), address="203.0.113.9")
        self.check(delivered, spf="fail", dkim="none", dmarc="fail")
        self.assertNotIn("bank.test", delivered.raw.decode())

    def test_fields_of_others_stay_as_they_are(self):
        delivered = self.receive(message(fields=FOREIGN))
        self.check(delivered, spf="pass")
        self.assertEqual([field.encode() + b"\r\n" for field in FOREIGN],
                         delivered.raw_fields("authentication-results")[1:])

    def test_mixture_keeps_the_order_of_the_others(self):
        forged = "Authentication-Results: mx.ours.test; dkim=pass header.d=bank.test"
        fields = (forged, FOREIGN[0], forged, FOREIGN[1], forged)
        delivered = self.receive(message(fields=fields))
        self.check(delivered, spf="pass")
        self.assertEqual([field.encode() + b"\r\n" for field in FOREIGN[:2]],
                         delivered.raw_fields("authentication-results")[1:])

    def test_forged_field_on_the_way_out_is_removed(self):
        forged = "Authentication-Results: mx.ours.test; dkim=pass header.d=bank.test"
        delivered = self.submit(message("alice@ours.test", fields=(forged,)))
        self.assertNotIn("bank.test", delivered.raw.decode())

    def test_ours_stands_above_received(self):
        delivered = self.receive(message(fields=("Received: from a by b; Mon, 02 Mar 2026 10:11:12 +0000",)))
        self.assertEqual(["authentication-results", "received", "received"], delivered.names()[:3])

    def test_nothing_else_is_changed(self):
        sent = message(fields=FOREIGN)
        delivered = self.receive(sent)
        self.assertEqual(["authentication-results", "received"], delivered.names()[:2])
        above = b"".join(raw for _, raw in delivered.fields[:2])
        self.assertEqual(above + sent, delivered.raw)

    def test_message_without_from_is_never_dmarc_pass(self):
        bare = message().replace(b"From: Ann <ann@pass.test>\r\n", b"")
        found = self.results(self.receive(bare))
        self.assertEqual(["permerror"], [result.result for result in found["dmarc"]])

    def test_two_authors_are_never_dmarc_pass(self):
        double = message(fields=("From: <victim@ours.test>",))
        found = self.results(self.receive(double))
        self.assertEqual(["permerror"], [result.result for result in found["dmarc"]])

    def test_message_without_any_field(self):
        found = self.results(self.receive(b"\r\nonly a body\r\n"))
        self.assertEqual(["permerror"], [result.result for result in found["dmarc"]])
