"""A relay that is given by name, while that name cannot be looked up: nothing is refused, until the daemon has found it."""

import subprocess
import unittest

from harness import programs
from harness.client import Client, Refused
from harness.messages import message
from harness.process import eventually, run
from harness.secondary import ADDRESS, NAME
from harness.site import SiteTest

FORGER = "203.0.113.9"  # the SPF record of pass.test does not allow it
OWN_HOSTS = 'mount --bind "$0" /etc/hosts && exec "$@"'


def can_mount() -> bool:
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


@unittest.skipUnless(can_mount(), "needs root, for an /etc/hosts of its own")
class RelayByName(SiteTest):
    @staticmethod
    def change_settings(site, settings):
        settings["policy"] = {"dmarc": "strict"}
        settings["roles"] = {"internal_hosts": ["127.0.0.1"]}  # and not the relay

    def setUp(self):
        paraphd, self.hosts = self.site.paraphd, self.site.folder / "hosts"
        self.hosts.write_text("127.0.0.1 localhost\n")
        paraphd.stop()
        paraphd.wrap = ["unshare", "--mount", "sh", "-c", OWN_HOSTS, str(self.hosts)]
        paraphd.settings["relays"] = {"hosts": [{"addresses": [NAME], "form": "postfix"}]}
        paraphd.start()

    def tool(self, *words: str) -> str:
        """What the operator's tool says on the same machine."""
        paraphd, mail = self.site.paraphd, self.site.folder / "mail.eml"
        mail.write_bytes(message())
        arguments = ["--config", str(paraphd.config), *words[1:], *([str(mail)] if words[0] == "verify" else [])]
        return run([*paraphd.wrap, programs.paraph, words[0], *arguments], check=False).stdout.decode()

    def send_from_relay(self):
        """A forgery that the relay hands over, as it would come from there."""
        recipient = self.new_recipient()
        field = f"Received: from x (unknown [{FORGER}])\r\n\tby {NAME} (Postfix) with ESMTP id 4F1; Mon, 02 Mar 2026 10:11:12 +0000 (UTC)"
        with Client(self.site.postfix.port, source=ADDRESS) as client:
            client.hello(NAME)
            client.send("ann@pass.test", [recipient], message(fields=(field,)))
        return self.site.paraphd.line_of(self.read(recipient).queue_id())

    def test_policy_refuses_again_when_the_name_is_found(self):
        log = self.site.paraphd.log
        self.assertRegex(log(), rf"\[CONFIG_WARNING\] .*{NAME}.*until it is found no mail is refused")
        milder = f'disposition=mark reason=dmarc-reject setting=policy.dmarc_reject milder="the address of the relay {NAME} is not known"'
        self.assertIn(milder, self.send_from_relay())
        delivered = self.receive(message(), address=FORGER)
        self.assertIn(milder, self.site.paraphd.line_of(delivered.queue_id()))
        self.assertIn(f"the relay '{NAME}' cannot be looked up", self.tool("check-config"))
        self.assertIn(f"the relay '{NAME}' cannot be looked up", self.tool("verify", "--policy", "--ip", FORGER))

        self.hosts.write_text(f"127.0.0.1 localhost\n{ADDRESS} {NAME}\n")
        eventually("the relay to be found", lambda: "[RELAY_FOUND]" in log(), 30)
        with self.assertRaises(Refused) as caught:
            self.receive(message(), address=FORGER)
        self.assertEqual(550, caught.exception.code)
        self.assertIn(f"relay={ADDRESS} relay.hops=1", self.send_from_relay())
        self.assertNotIn("[RELOADED]", log())
