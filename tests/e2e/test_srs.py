"""postsrsd beside us or on a relay, in each of its ways of wiring: what came from outside is judged, and bounces get back."""

import re

from harness.client import send_one
from harness.messages import message
from harness.postfix import Postfix
from harness.postsrsd import PostSrsd
from harness.process import eventually
from harness.site import SiteTest, value_of
from test_relay import CLIENT, FORGER, RelayTest

DOMAIN = "ours.test"  # under which senders are rewritten
# Takes bounces to it, and has the mailboxes of the senders to whom they go.
BOUNCES = {"relay_domains": DOMAIN, "relay_transport": "virtual", "virtual_mailbox_domains": "rcpt.test second.test pass.test"}


def milters(*addresses: str) -> dict[str, str]:
    return {"smtpd_milters": ", ".join(address for address in addresses if address)}


class Cases:
    """Hidden from the loader: each is run with each wiring, by the classes that are made below."""

    class OnRelay(RelayTest):
        """The secondary rewrites MAIL FROM to an address of our own."""

        wiring = ""

        @classmethod
        def secondary_settings(cls):
            srs = PostSrsd(cls.site.folder, DOMAIN, cls.wiring)
            cls.addClassCleanup(srs.stop)
            return {**srs.tables, **milters(srs.milter)}

        def use(self, srs: str):
            daemon = self.site.paraphd
            daemon.stop()
            daemon.settings["relays"].update({"srs": srs, "srs_domains": [DOMAIN]})
            daemon.start()

        def test_the_rewritten_sender_is_nobody(self):
            self.use("none")
            delivered = self.relay(message(), CLIENT)
            self.check(delivered, spf="none", dmarc="fail")
            self.assertIn("sender=\"<SRS0=", self.line_of(delivered))
            self.assertIn("relay.sender=\"a relay rewrote MAIL FROM\"", self.line_of(delivered))
            self.check(self.relay(self.site.signer.sign(message()), CLIENT), spf="none", dkim="pass", dmarc="pass")

        def test_decoded_it_is_the_one_before_it_was_rewritten(self):
            self.use("decode")
            found = self.check(self.relay(message(), CLIENT), spf="pass", dmarc="pass")
            self.assertEqual("pass.test", value_of(found["spf"][0], "smtp", "mailfrom"))

        def test_a_forger_fails(self):
            self.use("decode")
            self.check(self.relay(message(), FORGER), spf="fail", dmarc="fail")
            written = self.relay(message(), FORGER, sender=f"SRS0=aaaa=AA=pass.test=ann@{DOMAIN}")
            self.check(written, spf="fail", dmarc="fail")

    class Beside(SiteTest):
        """On our own mail server."""

        wiring, behind_us = "", True

        @classmethod
        def make_mta(cls, site):
            srs = PostSrsd(site.folder, DOMAIN, cls.wiring)
            cls.addClassCleanup(srs.stop)
            ours = site.paraphd.socket
            in_order = (ours, srs.milter) if cls.behind_us else (srs.milter, ours)
            return Postfix(site.folder / "postfix", ours, {**BOUNCES, **srs.tables, **milters(*in_order)})

        def rewritten(self, name: str) -> str:
            """What the envelope sender NAME@pass.test became."""
            written = rf"from=<(SRS0=[^>]*={name}@{DOMAIN})>"
            found = eventually("the rewritten sender", lambda: re.search(written, self.site.postfix.log()))
            return found.group(1)

        def test_the_sender_is_the_one_that_the_client_gave(self):
            delivered = self.receive(message(), sender="first@pass.test")
            found = self.check(delivered, spf="pass", dmarc="pass")
            self.assertEqual("pass.test", value_of(found["spf"][0], "smtp", "mailfrom"))
            self.assertIn("sender=<first@pass.test>", self.site.paraphd.line_of(delivered.queue_id()))
            self.rewritten("first")

        def test_a_forger_fails(self):
            self.check(self.receive(message(), address=FORGER, sender="second@pass.test"), spf="fail", dmarc="fail")
            self.rewritten("second")

        def test_a_bounce_gets_back_and_is_judged_by_the_name_of_its_client(self):
            self.receive(message(), sender="third@pass.test")
            send_one(self.site.postfix.port, message("MAILER-DAEMON@helo.pass.test"), address=CLIENT, sender="",
                     recipient=self.rewritten("third"), helo="helo.pass.test")
            bounce = self.read("third@pass.test")
            found = self.check(bounce, spf="pass", dkim="none")
            self.assertEqual("helo.pass.test", value_of(found["spf"][0], "smtp", "helo"))


def make(case: type, wiring: str, suffix: str = "", **more) -> None:
    name = f"{case.__name__}_{wiring}{suffix}"
    globals()[name] = type(name, (case,), {"wiring": wiring, "__qualname__": name, "__module__": __name__, **more})


for name in ("tcp", "socketmap"):
    make(Cases.Beside, name)
    make(Cases.OnRelay, name)
make(Cases.OnRelay, "milter")
# Milters are asked in the order in which main.cf names them.
make(Cases.Beside, "milter", "_behind_us", behind_us=True)
make(Cases.Beside, "milter", "_before_us", behind_us=False)
