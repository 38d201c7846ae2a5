"""What a policy makes of mail that fails, behind a real Sendmail."""

from harness.client import Client, Refused
from harness.messages import message
from harness.process import eventually
from test_sendmail import GOOD, BehindSendmail

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
STRANGER = "127.0.0.20"  # of no profile
NO_RELAY = (450, 550)  # what Sendmail says to one whose name this machine's resolver does not answer for, or denies
DMARC_REFUSAL = "DATA: 550 5.7.1 rejected by DMARC policy for loop.test"
SPF_WORDS = "Message rejected due to: SPF fail - not authorized"


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
        cases = (("strict", "ann@loop.test", DMARC_REFUSAL),
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


class Profiles(BehindSendmail):
    """Sendmail tells the name and the port of its daemon without being configured to."""

    def use(self, **conditions):
        """Makes the daemon strict where these hold, and only there."""
        daemon = self.site.paraphd
        daemon.stop()
        daemon.settings["roles"]["originating_daemons"] = []
        daemon.settings["policy"] = {"dmarc": "annotate", "profiles": {"strict": {"dmarc": "strict", **conditions}}}
        daemon.start()

    def deliver(self, *recipients: str, port: int = 0, source: str = STRANGER) -> str:
        """Gives the reply if it is a refusal."""
        with Client(port or self.site.mta.port, source=source) as client:
            client.hello("mx.loop.test")
            try:
                client.send("ann@loop.test", recipients, FORGED)
                return ""
            except Refused as refused:
                return str(refused)

    def assert_only_marked(self, recipient: str):
        self.check(self.read(recipient), dmarc="fail")

    def test_name_of_the_daemon(self):
        self.use(daemon_names=["ORIGINATING"])
        recipient = self.new_recipient()
        self.assertEqual(DMARC_REFUSAL, self.deliver(self.new_recipient(), port=self.site.mta.submission))
        self.assertEqual("", self.deliver(recipient))
        self.assert_only_marked(recipient)

    def test_port_of_the_daemon(self):
        self.use(daemon_ports=[str(self.site.mta.port)])
        recipient = self.new_recipient()
        self.assertEqual(DMARC_REFUSAL, self.deliver(self.new_recipient()))
        self.assertEqual("", self.deliver(recipient, port=self.site.mta.submission))
        self.assert_only_marked(recipient)

    def test_network_of_the_client(self):
        self.use(clients=["127.0.0.16/28"])
        recipient = self.new_recipient()
        for source in ("127.0.0.16", "127.0.0.31"):
            self.assertEqual(DMARC_REFUSAL, self.deliver(self.new_recipient(), source=source))
        self.assertEqual("", self.deliver(recipient, source="127.0.0.32"))
        self.assert_only_marked(recipient)

    def test_domain_of_the_recipients_where_they_agree(self):
        self.use(recipient_domains=["second.test"])
        self.assertEqual(DMARC_REFUSAL, self.deliver("one@second.test", "two@second.test"))
        mixed = self.new_recipient()
        self.assertEqual("", self.deliver("one@second.test", mixed))
        self.assert_only_marked(mixed)

    def test_domain_of_a_recipient_that_sendmail_refused_does_not_count(self):
        self.use(recipient_domains=["second.test"])
        with Client(self.site.mta.port, source=STRANGER) as client:
            client.hello("mx.loop.test")
            client.command("MAIL FROM:<ann@loop.test>")
            client.command("RCPT TO:<one@second.test>")
            client.command("RCPT TO:<two@elsewhere.test>", *NO_RELAY)
            with self.assertRaises(Refused) as caught:
                client.text(FORGED)
        self.assertEqual(DMARC_REFUSAL, str(caught.exception))


class PolicydBehindSendmail(BehindSendmail):
    @staticmethod
    def change_settings(site, settings):
        BehindSendmail.change_settings(site, settings)
        # All clients here are on the loopback network.
        settings["spf"] = {"policyd": {"PermError_reject": True, "TempError_Defer": True, "skip_addresses": []}}

    @classmethod
    def prepare(cls, site):
        site.zone.add("wrong.test 300 TXT \"v=spf1 nonsense -all\"",
                      "explains.test 300 TXT \"v=spf1 -all exp=why.explains.test\"",
                      "why.explains.test 300 TXT \"100%% of %{i} is not ours\"")

    @staticmethod
    def refusal(recipient: str) -> str:
        """At RCPT Sendmail names the recipient before the words of a refusal for good."""
        return f"550 5.7.23 <{recipient}>... {SPF_WORDS}"


class AtRcpt(PolicydBehindSendmail):
    @staticmethod
    def change_settings(site, settings):
        PolicydBehindSendmail.change_settings(site, settings)
        settings["spf"]["policyd"]["stage"] = "rcpt"

    def replies(self, client, sender: str, *recipients: str) -> list[str]:
        """To each recipient of a transaction that is left open."""
        client.command(f"MAIL FROM:<{sender}>")
        found = []
        for recipient in recipients:
            try:
                found.append(client.command(f"RCPT TO:<{recipient}>"))
            except Refused as refused:
                found.append(f"{refused.code} {refused.text}")
        return found

    def talk(self, source: str = STRANGER, helo: str = "client.test"):
        client = Client(self.site.mta.port, source=source)
        client.hello(helo)
        return client

    def test_each_kind_has_its_code_and_words(self):
        for sender, reply in (("ann@loop.test", f"550 5.7.23 .* {SPF_WORDS}$"),
                              ("ann@wrong.test", "550 5.7.24 .* Message rejected due to: SPF Permanent Error: "),
                              ("ann@broken.test", "451 4.7.24 Message deferred due to: SPF Temporary Error: "),
                              ("ann@explains.test", "550 5.7.23 .* Message rejected due to: explains.test explains: 100% of 127.0.0.20 is not ours$")):
            with self.subTest(sender), self.talk() as client:
                self.assertRegex(self.replies(client, sender, self.new_recipient())[0], f"^{reply}")

    def test_who_is_spared_gets_the_message_that_others_do_not(self):
        bob, carol = self.new_recipient(), self.new_recipient()
        with self.talk() as client:
            replies = self.replies(client, "ann@loop.test", bob, "postmaster@rcpt.test", carol)
            self.assertEqual([self.refusal(bob), self.refusal(carol)], [replies[0], replies[2]])
            client.text(FORGED)
        self.check(self.read("postmaster@rcpt.test"), spf="fail")
        for recipient in (bob, carol):
            self.assertEqual([], self.site.mta.mailboxes.files(recipient))

    def test_a_refusal_by_sendmail_itself_hurts_no_other_recipient(self):
        recipient = self.new_recipient()
        with self.talk(GOOD, "mx.loop.test") as client:
            replies = self.replies(client, "ann@loop.test", "bob@elsewhere.test", recipient)
            self.assertRegex(replies[0], "Relaying (temporarily )?denied")
            client.text(message("ann@loop.test"))
        self.check(self.read(recipient), spf="pass", dmarc="pass")

    def test_the_next_message_of_a_connection_is_judged_anew(self):
        recipient = self.new_recipient()
        with self.talk(GOOD, "mx.loop.test") as client:
            self.assertEqual([self.refusal(recipient)], self.replies(client, "ann@other.test", recipient))
            client.reset()
            client.send("ann@loop.test", [recipient], message("ann@loop.test"))
        self.check(self.read(recipient), spf="pass")

    def test_helo_speaks_for_a_null_sender(self):
        for helo, reply in (("helo.pass.test", "^550 5.7.23 "), ("nobody.test", "^2.1.5 ")):
            with self.subTest(helo), self.talk(helo=helo) as client:
                self.assertRegex(self.replies(client, "", self.new_recipient())[0], reply)


class AtTheDot(PolicydBehindSendmail):
    def test_every_recipient_is_taken_and_the_message_refused(self):
        for sender, reply in (("ann@loop.test", f"^DATA: 550 5.7.23 {SPF_WORDS}$"),
                              ("ann@broken.test", "^DATA: 451 4.7.24 Message deferred due to: SPF Temporary Error: ")):
            with self.subTest(sender), Client(self.site.mta.port, source=STRANGER) as client:
                client.hello("client.test")
                with self.assertRaisesRegex(Refused, reply):
                    client.send(sender, [self.new_recipient(), self.new_recipient()], FORGED)
