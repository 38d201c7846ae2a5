"""What a policy makes of mail that fails, behind a real Sendmail."""

from harness.client import Client, Refused
from harness.messages import message
from harness.process import eventually
from test_sendmail import BehindSendmail

NEEDS_SENDMAIL = True
FORGED = message("ann@loop.test")
# Sendmail has no XCLIENT: by profile, the address on the loopback network from which its clients come.
PROFILES = {
    "strict": ("127.0.0.11", {"dmarc": "strict"}),
    "spf": ("127.0.0.12", {"spf_fail": "reject"}),
    "temperror": ("127.0.0.13", {"spf_temperror": "tempfail"}),
    "hold": ("127.0.0.14", {"spf_fail": "quarantine"}),
    "discard": ("127.0.0.15", {"spf_fail": "discard"}),
    "dry": ("127.0.0.16", {"dmarc": "strict", "dry_run": True}),
}


class PolicyBehindSendmail(BehindSendmail):
    @staticmethod
    def change_settings(site, settings):
        BehindSendmail.change_settings(site, settings)
        profiles = {name: {"clients": [f"{address}/32"], **more} for name, (address, more) in PROFILES.items()}
        settings["policy"] = {"dmarc": "annotate", "profiles": profiles}

    def deliver(self, profile: str, text: bytes = FORGED, sender: str = "ann@loop.test", recipient: str = "") -> str:
        recipient = recipient or self.new_recipient()
        with Client(self.site.mta.port, source=PROFILES[profile][0]) as client:
            client.hello("mx.loop.test")
            client.send(sender, [recipient], text)
        return recipient

    def test_refusals_at_the_dot(self):
        cases = (("strict", "ann@loop.test", "DATA: 550 5.7.1 rejected by DMARC policy for loop.test"),
                 ("spf", "ann@loop.test", "DATA: 550 5.7.23 SPF: 127.0.0.12 may not send mail for loop.test"),
                 ("temperror", "ann@broken.test", "DATA: 451 4.7.24 SPF: the record of broken.test could not be looked up, try again later"))
        for profile, sender, reply in cases:
            with self.subTest(profile), self.assertRaises(Refused) as caught:
                self.deliver(profile, sender=sender)
            self.assertEqual(reply, str(caught.exception))

    def test_quarantine_holds_the_message(self):
        recipient = self.deliver("hold")
        # Sendmail's own name for the files of messages in quarantine.
        held = eventually("the message in quarantine", lambda: [file for file in (self.site.mta.folder / "queue").glob("hf*")
                                                                if recipient in file.read_text(errors="replace")])
        self.assertIn("spf=fail", held[0].read_text(errors="replace"))
        self.assertEqual([], self.site.mta.mailboxes.files(recipient))

    def test_discard(self):
        recipient = self.deliver("discard")
        eventually("the log", lambda: "disposition=discard reason=spf-fail" in self.site.paraphd.log())
        self.read(self.deliver("dry"))  # what is sent later arrives
        self.assertEqual([], self.site.mta.mailboxes.files(recipient))

    def test_dry_run(self):
        delivered = self.read(self.deliver("dry"))
        self.assertIn("would reject", " ".join(delivered.all("authentication-results")))

    def test_postmaster_is_spared(self):
        delivered = self.read(self.deliver("strict", recipient="postmaster@rcpt.test"))
        self.assertIn("x-paraph-quarantine", delivered.names())

