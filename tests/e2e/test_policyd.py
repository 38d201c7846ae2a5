"""policyd-spf's switches and Received-SPF, as clients of a real Postfix meet them."""

from harness.client import Client, Refused, send_one
from harness.messages import message
from harness.process import eventually
from harness.site import SiteTest

FAILING = "198.51.100.9"  # no client of any domain here
ZONE = (
    "explains.test 300 TXT \"v=spf1 -all exp=why.explains.test\"",
    "why.explains.test 300 TXT \"100%% of %{i} is not ours\"",
    "wrong.test 300 TXT \"v=spf1 nonsense -all\"",
    "relay.test 300 TXT \"v=spf1 ip4:198.51.100.77 -all\"",
)
FORGED = (b"Received-SPF: Pass (mailfrom) identity=mailfrom; client-ip=192.0.2.1; envelope-from=ann@pass.test; receiver=mx.ours.test\r\n"
          b"Received-SPF: pass (mx.other.test: fine) client-ip=192.0.2.7\r\n"
          b"RECEIVED-SPF: Pass (mailfrom)\r\n\tidentity=mailfrom;\r\n\treceiver =\r\n\t\"MX.Ours.Test\"\r\n")


class Switches(SiteTest):
    switches: dict = {}

    @classmethod
    def prepare(cls, site):
        for record in ZONE:
            site.zone.add(record)

    def answers(self, sender: str, *recipients: str, address: str = FAILING, helo: str = "client.test") -> list[str]:
        """The reply to each recipient."""
        replies = []
        with Client(self.site.postfix.port) as client:
            client.pretend(address, helo=helo)
            client.command(f"MAIL FROM:<{sender}>")
            for recipient in recipients:
                try:
                    replies.append(client.command(f"RCPT TO:<{recipient}>"))
                except Refused as refused:
                    replies.append(f"{refused.code} {refused.text}")
        return replies

    def refusal(self, sender: str, address: str = FAILING) -> str:
        """What a whole message is answered."""
        with self.assertRaises(Refused) as caught:
            send_one(self.site.postfix.port, message(), address=address, sender=sender, recipient=self.new_recipient())
        return f"{caught.exception.code} {caught.exception.text}"

    def assert_logged(self, words: str):
        eventually(words, lambda: words in self.site.paraphd.log())


class AtRcpt(Switches):
    @staticmethod
    def change_settings(site, settings):
        settings["spf"] = {"policyd": {"stage": "rcpt", "PermError_reject": True, "TempError_Defer": True,
                                       "Domain_Whitelist": ["relay.test"], "Reject_Not_Pass_Domains": ["soft.test"]}}

    def test_each_recipient_hears_it_but_postmaster(self):
        bob, carol = self.new_recipient(), self.new_recipient()
        replies = self.answers("ann@pass.test", bob, "Postmaster@rcpt.test", carol)
        self.assertEqual([reply.partition(" ")[0] for reply in replies], ["550", "2.1.5", "550"])
        for recipient, reply in ((bob, replies[0]), (carol, replies[2])):
            self.assertEqual("550 5.7.23 Message rejected due to: SPF fail - not authorized", reply)
            self.assert_logged(f"recipient=<{recipient}> client={FAILING} helo=client.test sender=<ann@pass.test> "
                               "disposition=reject reason=spf-fail setting=spf.policyd.Mail_From_reject")

    def test_errors_have_codes_of_their_own(self):
        self.assertRegex(self.answers("ann@wrong.test", self.new_recipient())[0], "^550 5.7.24 .*SPF Permanent Error: ")
        self.assertRegex(self.answers("ann@broken.test", self.new_recipient())[0],
                         "^451 4.7.24 .*Message deferred due to: SPF Temporary Error: ")

    def test_policy_of_the_receiver_and_words_of_the_sender(self):
        self.assertIn("Receiver policy for SPF Softfail", self.answers("ann@soft.test", self.new_recipient())[0])
        self.assertIn(f"explains.test explains: 100% of {FAILING} is not ours",
                      self.answers("ann@explains.test", self.new_recipient())[0])

    def test_helo_speaks_for_a_null_sender(self):
        self.assertRegex(self.answers("", self.new_recipient(), helo="helo.pass.test")[0], "^550 5.7.23 ")
        self.assertRegex(self.answers("", self.new_recipient(), helo="nobody.test")[0], "^2.1.5 ")

    def test_who_passes_or_is_listed_is_delivered_to(self):
        self.check(self.receive(message()), spf="pass")
        self.check(self.receive(message(), address="198.51.100.77"), spf="fail")

    def test_users_who_logged_in_are_not_asked(self):
        self.submit(message(), sender="alice@ours.test", address=FAILING)

    def test_the_next_message_of_a_connection_is_judged_anew(self):
        recipient = self.new_recipient()
        with Client(self.site.postfix.port) as client:
            client.pretend("192.0.2.10")
            with self.assertRaises(Refused):
                client.envelope("ann@other.test", [recipient])
            client.reset()
            client.send("ann@pass.test", [recipient], message())
        self.check(self.read(recipient), spf="pass")


class AtTheEnd(Switches):
    @staticmethod
    def change_settings(site, settings):
        settings["spf"] = {"received_spf": True, "policyd": {"Reason_Message": "{spf} ({rejectdefer}), see {url}",
                                                             "Reason_URL": "https://why.test/?s={0}&id={1}&ip={2}"}}

    def test_the_message_is_refused(self):
        self.assertIn("550 5.7.23 SPF fail - not authorized (rejected), "
                      f"see https://why.test/?s=mfrom&id=ann%2Bx@pass.test&ip={FAILING}", self.refusal("ann+x@pass.test"))

    def test_a_dns_that_is_down_refuses_nothing(self):
        self.check(self.receive(message(), sender="ann@broken.test"), spf="temperror")

    def test_received_spf_is_on_top_of_what_others_wrote(self):
        delivered = self.receive(FORGED + message())
        fields = delivered.all("received-spf")
        self.assertEqual(2, len(fields), fields)
        self.assertEqual("Pass (mailfrom) identity=mailfrom; client-ip=192.0.2.10; helo=mx.pass.test; "
                         'envelope-from="ann@pass.test"; receiver=mx.ours.test;', " ".join(fields[0].split()))
        self.assertIn("mx.other.test", fields[1])
        names = delivered.names()
        self.assertLess(names.index("received-spf"), names.index("received"))
