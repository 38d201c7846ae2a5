"""Verifying signatures that dkimpy made, after Postfix has had the message in its hands."""

import re

from harness.messages import awkward, message
from harness.site import SiteTest, value_of

OUTSIDE = "203.0.113.9"  # an address that SPF fails


class Dkim(SiteTest):
    def signed(self, *arguments, **options) -> bytes:
        return self.site.signer.sign(message(*arguments), **options)

    def test_aligned_signature(self):
        found = self.check(self.receive(self.signed(), address=OUTSIDE), spf="fail", dkim="pass", dmarc="pass")
        self.assertEqual("pass.test", value_of(found["dkim"][0], "header", "d"))
        self.assertEqual("sel", value_of(found["dkim"][0], "header", "s"))
        self.assertEqual("rsa-sha256", value_of(found["dkim"][0], "header", "a"))

    def test_ed25519_signature(self):
        delivered = self.receive(self.site.ed25519_signer.sign(message()), address=OUTSIDE)
        found = self.check(delivered, dkim="pass", dmarc="pass")
        self.assertEqual("ed25519-sha256", value_of(found["dkim"][0], "header", "a"))

    def test_unaligned_signature(self):
        delivered = self.receive(self.site.other_signer.sign(message()), address=OUTSIDE)
        found = self.check(delivered, dkim="pass", dmarc="fail")
        self.assertEqual("other.test", value_of(found["dkim"][0], "header", "d"))

    def test_two_signatures(self):
        twice = self.site.other_signer.sign(self.signed())
        found = self.check(self.receive(twice, address=OUTSIDE), dkim="pass pass", dmarc="pass")
        self.assertEqual({"pass.test", "other.test"}, {value_of(each, "header", "d") for each in found["dkim"]})

    def test_broken_body(self):
        broken = self.signed().replace(b"Hello.", b"Hullo.")
        self.check(self.receive(broken, address=OUTSIDE), dkim="fail", dmarc="fail")

    def test_broken_field(self):
        broken = self.signed().replace(b"Subject: A test", b"Subject: A text")
        self.check(self.receive(broken, address=OUTSIDE), dkim="fail", dmarc="fail")

    def test_broken_signature_beside_a_good_one(self):
        good = self.signed()
        field, rest = re.match(rb"(?s)(DKIM-Signature:.*?\r\n)(?=\S)(.*)", good).groups()
        bad = re.sub(rb"(?<=\bb=)(\s*)(\w)", lambda found: found[1] + (b"A" if found[2] != b"A" else b"B"), field)
        delivered = self.receive(bad + field + rest, address=OUTSIDE)
        self.check(delivered, dkim="fail pass", dmarc="pass")

    def test_every_canonicalization_of_awkward_white_space(self):
        fields = [b"from", b"to", b"subject", b"x-nothing", b"x-tight", b"x-tab", b"x-wide", b"x-folded",
                  b"content-type", b"message-id"]
        for signer in (self.site.signer, self.site.ed25519_signer):
            for canonicalization in ("simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed"):
                with self.subTest(canonicalization, key=signer.kind):
                    signed = signer.sign(awkward("Ann <ann@pass.test>"), canonicalization, fields=fields)
                    self.check(self.receive(signed, address=OUTSIDE), dkim="pass", dmarc="pass")

    def test_simple_sees_a_blank_that_relaxed_does_not(self):
        for canonicalization, expected in (("simple/simple", "fail"), ("relaxed/relaxed", "pass")):
            with self.subTest(canonicalization):
                signed = self.signed(canonicalization=canonicalization)
                changed = signed.replace(b"Subject: A test", b"Subject:  A  test")
                self.check(self.receive(changed, address=OUTSIDE), dkim=expected)

    def test_appended_text_beyond_the_signed_length(self):
        appended = self.signed(length=True) + b"Buy now.\r\n"
        found = self.results(self.receive(appended, address=OUTSIDE))
        self.assertNotEqual("pass", found["dkim"][0].result)
        self.assertEqual("fail", found["dmarc"][0].result)

    def test_key_that_the_dns_cannot_give(self):
        signed = self.signed("x@broken.test").replace(b"d=pass.test", b"d=broken.test")
        signed = signed.replace(b"i=@pass.test", b"i=@broken.test")
        self.check(self.receive(signed, sender="x@broken.test", address=OUTSIDE), dkim="temperror")

    def test_key_that_does_not_exist(self):
        signed = self.signed().replace(b"s=sel", b"s=gone")
        self.check(self.receive(signed, address=OUTSIDE), dkim="permerror", dmarc="fail")

    def test_signature_survives_the_removal_of_a_forged_result(self):
        forged = message(fields=("Authentication-Results: mx.ours.test; dkim=pass header.d=bank.test",))
        signed = self.site.signer.sign(forged, fields=[b"from", b"subject", b"authentication-results"])
        delivered = self.receive(signed, address=OUTSIDE)
        self.check(delivered, dkim="pass", dmarc="pass")
        self.assertNotIn("bank.test", delivered.raw.decode())
