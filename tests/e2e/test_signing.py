"""Signing what our own users send; every signature is checked by dkimpy on the delivered bytes."""

from harness import keys
from harness.client import send_one
from harness.messages import awkward, message
from harness.site import SiteTest

ALICE = "Alice <alice@ours.test>"


class Signing(SiteTest):
    def assert_signed(self, delivered, expected=(True, True)):
        self.assertEqual(list(expected), keys.verdicts(delivered.raw, self.site.zone), delivered.raw.decode())

    def tags(self, delivered, name: str) -> list[str]:
        fields = [dict(tag.strip().partition("=")[::2] for tag in text.split(";") if tag.strip())
                  for text in delivered.all("dkim-signature")]
        return [field.get(name, "") for field in fields]

    def test_submission_is_signed_with_both_keys(self):
        for mechanism in ("PLAIN", "LOGIN"):
            with self.subTest(mechanism):
                delivered = self.submit(message(ALICE), mechanism=mechanism)
                self.assert_signed(delivered)
                self.assertEqual({"rsa-sha256", "ed25519-sha256"}, set(self.tags(delivered, "a")))
                self.assertEqual(["ours.test", "ours.test"], self.tags(delivered, "d"))

    def test_sendmail_command_is_signed(self):
        recipient = self.new_recipient()
        local = message(ALICE).replace(b"\r\n", b"\n")
        self.site.postfix.submit_locally("alice@ours.test", recipient, local)
        self.assert_signed(self.read(recipient))

    def test_fields_that_postfix_adds_are_signed_too(self):
        recipient = self.new_recipient()
        self.site.postfix.submit_locally("alice@ours.test", recipient, b"From: alice@ours.test\nSubject: x\n\nx\n")
        delivered = self.read(recipient)
        self.assertIn("date", delivered.names())
        self.assert_signed(delivered)
        for signed in self.tags(delivered, "h"):
            self.assertIn("date", signed.lower())
            self.assertIn("message-id", signed.lower())

    def test_what_is_signed_as_absent_stays_absent(self):
        # Nothing but From: whatever Postfix adds is there when it is signed, or is not signed as absent.
        for name, text in (("submitted", b"From: alice@ours.test\r\n\r\nx\r\n"),
                           ("eight bits", "From: alice@ours.test\r\n\r\ngr\u00fc\u00dfe\r\n".encode())):
            with self.subTest(name):
                self.assert_signed(self.submit(text))
                recipient = self.new_recipient()
                send_one(self.site.postfix.port, text, address="127.0.0.1", sender="alice@ours.test",
                         recipient=recipient)
                self.assert_signed(self.read(recipient))

    def test_internal_host_is_signed(self):
        delivered = self.receive(message(ALICE), address="127.0.0.1", sender="alice@ours.test")
        self.assert_signed(delivered)

    def test_outsider_is_not_signed(self):
        delivered = self.receive(message(ALICE), sender="alice@ours.test")
        self.assertEqual([], delivered.all("dkim-signature"))
        self.check(delivered, spf="fail", dkim="none", dmarc="fail")

    def test_outsider_at_the_submission_port_is_originating(self):
        # The service's name says whose mail it takes; keeping outsiders away from it is Postfix's part.
        recipient = self.new_recipient()
        send_one(self.site.postfix.submission, message(ALICE), address="127.0.0.2", sender="alice@ours.test",
                 recipient=recipient)
        self.assert_signed(self.read(recipient))

    def test_author_of_a_foreign_domain_is_not_signed(self):
        delivered = self.submit(message("boss@pass.test"))
        self.assertEqual([], delivered.all("dkim-signature"))

    def test_no_author_and_two_authors_are_not_signed(self):
        for name, text in (("none", message(ALICE).replace(f"From: {ALICE}\r\n".encode(), b"")),
                           ("two", message(ALICE, fields=("From: <victim@bank.test>",)))):
            with self.subTest(name):
                # From a user who logged in, Postfix would add the missing From field.
                recipient = self.new_recipient()
                send_one(self.site.postfix.submission, text, address="198.51.100.7", sender="alice@ours.test",
                         recipient=recipient)
                self.assertEqual([], self.read(recipient).all("dkim-signature"))

    def test_oversigned_from_cannot_be_added_to(self):
        delivered = self.submit(message(ALICE))
        added = b"From: <evil@evil.test>\r\n" + delivered.raw
        self.assert_signed(delivered)
        self.assertEqual([False, False], keys.verdicts(added, self.site.zone))

    def test_replay_with_another_encoding_fails(self):
        delivered = self.submit(message(ALICE, body="=3Ch1=3EYour text=3C/h1=3E\r\n"))
        for field in (b"Content-Transfer-Encoding: quoted-printable", b"Content-Disposition: attachment",
                      b"Date: Tue, 03 Mar 2026 10:11:12 +0000", b"Mail-Followup-To: <eve@evil.test>"):
            with self.subTest(field):
                added = field + b"\r\n" + delivered.raw
                self.assertEqual([False, False], keys.verdicts(added, self.site.zone))
                returned = self.receive(added, sender="eve@evil.test")
                self.check(returned, dkim="fail fail", dmarc="fail")

    def test_awkward_white_space(self):
        self.assert_signed(self.submit(awkward(ALICE)))

    def test_dots_and_an_empty_body(self):
        for name, body in (("empty", ""), ("blank lines", "\r\n\r\n"), ("dots", ".\r\n..\r\n.x\r\n"),
                           ("no line end", "text")):
            with self.subTest(name):
                self.assert_signed(self.submit(message(ALICE, body=body)))

    def test_eight_bit_and_long_lines(self):
        self.assert_signed(self.submit(message(ALICE, body="gr\u00fc\u00dfe\r\n" + "x" * 990 + "\r\n",
                                               fields=("Content-Transfer-Encoding: 8bit",))))

    def test_existing_signature_of_another_is_kept(self):
        signed = self.site.other_signer.sign(message(ALICE))
        self.assert_signed(self.submit(signed), (True, True, True))

    def test_null_sender_from_inside_is_signed(self):
        self.assert_signed(self.submit(message("postmaster@ours.test"), sender=""))


class SimpleSigning(Signing):
    """The same once more with the canonicalization that forgives nothing."""

    @staticmethod
    def change_settings(site, settings):
        settings["signing"] = {"header_canonicalization": "simple", "body_canonicalization": "simple"}

    def test_canonicalization_is_simple(self):
        delivered = self.submit(message(ALICE))
        self.assertEqual({"simple/simple"}, {tag or "simple/simple" for tag in self.tags(delivered, "c")})
        respaced = delivered.raw.replace(b"Subject: A test", b"Subject:  A test")
        self.assertEqual([False, False], keys.verdicts(respaced, self.site.zone))


class StrayLineBreaks(SiteTest):
    """A Postfix that hands on line breaks which are no folds, as all did before it learned to replace them."""

    postfix_settings = {"cleanup_replace_stray_cr_lf": "no"}

    def assert_whole(self, delivered):
        self.assertEqual([True, True], keys.verdicts(delivered.raw, self.site.zone), delivered.raw)
        head = delivered.raw.partition(b"\r\n\r\n")[0]
        self.assertNotIn(b"\r", head.replace(b"\r\n", b""))

    def test_subject_of_own_mail_stays_and_hides_nothing(self):
        hidden = "v\rAuthentication-Results: mx.ours.test; dmarc=pass"
        delivered = self.submit(message(ALICE, subject=hidden, fields=("Subject: first", "X-Last: end\r")))
        self.assert_whole(delivered)
        self.assertEqual(["first", hidden.replace("\r", " ")], delivered.all("subject"))
        self.assertEqual([], delivered.all("authentication-results"))
        self.assertIn("[MENDED]", self.site.paraphd.log())

    def test_other_fields_and_folds(self):
        fields = ("X-Note: y\rReply-To: eve@evil.test", "Comments: one,\r\n\ttwo\r\rthree,\r\n  four",
                  "Authentication-Results: mx.ours.test;\r dmarc=pass")
        delivered = self.submit(message(ALICE, fields=fields))
        self.assert_whole(delivered)
        self.assertEqual([], delivered.all("reply-to"))
        self.assertEqual([b"Comments: one,\r\n\ttwo  three,\r\n  four\r\n"], delivered.raw_fields("comments"))

    def test_replay_with_a_hidden_field_passes_nothing(self):
        signed = self.submit(message(ALICE)).raw
        for field in (b"X: y\rReply-To: eve@evil.test", b"X: y\rContent-Type: text/html", b"X: y\r\rAnother body"):
            with self.subTest(field):
                delivered = self.receive(field + b"\r\n" + signed, sender="eve@evil.test")
                self.check(delivered, dmarc="permerror")
                self.assertEqual(["stray-line-break"], delivered.all("x-paraph-quarantine"))
        self.check(self.receive(signed, sender="eve@evil.test"), dmarc="pass")

    def test_sendmail_command(self):
        recipient = self.new_recipient()
        self.site.postfix.submit_locally("alice@ours.test", recipient,
                                         b"From: alice@ours.test\nSubject: v\rContent-Type: text/html\n\nx\n")
        self.assert_whole(self.read(recipient))


class StrayLineBreaksSimple(StrayLineBreaks):
    """The same once more with the canonicalization that forgives nothing."""

    change_settings = staticmethod(SimpleSigning.change_settings)


class UnixSocket(SiteTest):
    """Signs and verifies over a unix socket as over TCP."""

    unix_socket = True

    def test_submission_and_reception(self):
        signed = self.submit(message(ALICE))
        self.assertEqual([True, True], keys.verdicts(signed.raw, self.site.zone))
        returned = self.receive(signed.raw, sender="alice@ours.test")
        self.check(returned, dkim="pass pass", spf="fail", dmarc="pass")
