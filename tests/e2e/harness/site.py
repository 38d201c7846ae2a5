"""A mail site: name server, paraphd and Postfix together, and the test case that uses one."""

import contextlib
import shutil
import tempfile
import unittest
from pathlib import Path
from typing import Callable, Optional

import authres

from .client import Client, send_one
from .dns import NameServer, Zone
from .keys import KeyFile, Signer
from .maildir import Delivered
from .paraphd import Paraphd
from .postfix import Postfix

AUTHSERV_ID = "mx.ours.test"
# A name server that is forgotten ends by itself.
LIFETIME = 900

WORLD = (
    "pass.test 300 TXT \"v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all\"",
    "_dmarc.pass.test 300 TXT \"v=DMARC1; p=reject\"",
    "soft.test 300 TXT \"v=spf1 ip4:192.0.2.1 ~all\"",
    "_dmarc.soft.test 300 TXT \"v=DMARC1; p=none\"",
    "helo.pass.test 300 TXT \"v=spf1 ip4:192.0.2.0/24 -all\"",
    "other.test 300 TXT \"v=spf1 -all\"",
    # For mail servers that cannot be told another client address: clients on other addresses of the loopback network.
    "loop.test 300 TXT \"v=spf1 ip4:127.0.0.5 -all\"",
    "_dmarc.loop.test 300 TXT \"v=DMARC1; p=reject\"",
    "ours.test 300 TXT \"v=spf1 ip4:203.0.113.25 -all\"",
    "_dmarc.ours.test 300 TXT \"v=DMARC1; p=reject\"",
    "broken.test FAULT servfail",
    "_dmarc.broken.test FAULT servfail",
    "sel._domainkey.broken.test FAULT servfail",
)


class Site:
    """Everything in one private directory, started in order and always stopped."""

    def __init__(self):
        self._exit = contextlib.ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="paraph-e2e-"))
        self._exit.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.chmod(0o755)  # Postfix's own user has to reach its queue
        self.zone = Zone(WORLD)
        self.signer = Signer(self.folder, self.zone, "pass.test", "sel")
        self.ed25519_signer = Signer(self.folder, self.zone, "pass.test", "ed", "ed25519")
        self.other_signer = Signer(self.folder, self.zone, "other.test", "sel")
        self.rsa_key = KeyFile(self.folder, self.zone, "ours.test", "rsa")
        self.ed25519_key = KeyFile(self.folder, self.zone, "ours.test", "ed", "ed25519")
        self.paraphd: Optional[Paraphd] = None
        self.mta = None

    def settings(self) -> dict:
        """paraphd's configuration, to be changed by those who want another."""
        return {
            "authserv_id": AUTHSERV_ID,
            "dns": {"nameservers": [self._name_server.address]},
            "domains": {"ours.test": {"keys": [self.rsa_key.entry(), self.ed25519_key.entry()]}},
        }

    def start_paraphd(self, unix: bool, change: Callable[["Site", dict], None]) -> None:
        self._name_server = NameServer(self.folder, self.zone, LIFETIME)
        self._exit.callback(self._name_server.stop)
        settings = self.settings()
        change(self, settings)
        self.paraphd = Paraphd(self.folder, settings, unix)
        self._exit.callback(self.paraphd.stop)
        self.paraphd.start()

    def start_mta(self, mta) -> None:
        """Postfix or Sendmail, with paraphd's socket in its configuration."""
        self.mta = mta
        self._exit.callback(mta.stop)
        mta.start()

    @property
    def name_server_address(self) -> str:
        return self._name_server.address

    @property
    def postfix(self) -> Postfix:
        return self.mta

    def stop(self) -> None:
        self._exit.close()

    def report(self, lines: int = 60) -> str:
        """The ends of the logs, for a test that failed."""
        texts = {"paraphd": self.paraphd.log() if self.paraphd else "",
                 "mail server": self.mta.log() if self.mta else ""}
        return "\n".join(f"--- {name}\n" + "\n".join(text.splitlines()[-lines:]) for name, text in texts.items())


class SiteTest(unittest.TestCase):
    """Tests that share one site. Subclasses say what is special about theirs."""

    unix_socket = False
    postfix_settings: dict[str, str] = {}
    site: Site
    _recipients = 0

    @staticmethod
    def change_settings(site: Site, settings: dict) -> None:
        """Overridden where the daemon is to be configured otherwise."""

    @classmethod
    def prepare(cls, site: Site) -> None:
        """Overridden to add to the zone before the name server starts."""

    @classmethod
    def make_mta(cls, site: Site):
        return Postfix(site.folder / "postfix", site.paraphd.socket, cls.postfix_settings)

    @classmethod
    def setUpClass(cls) -> None:
        cls.site = Site()
        cls.addClassCleanup(cls.site.stop)
        cls.prepare(cls.site)
        cls.site.start_paraphd(cls.unix_socket, cls.change_settings)
        cls.site.start_mta(cls.make_mta(cls.site))

    def new_recipient(self) -> str:
        SiteTest._recipients += 1
        return f"r{SiteTest._recipients}@rcpt.test"

    def read(self, recipient: str) -> Delivered:
        return self.site.mta.mailboxes.read(recipient)

    def receive(self, message: bytes, address: str = "192.0.2.10", sender: str = "ann@pass.test",
                helo: str = "mx.pass.test", host: str = "127.0.0.1") -> Delivered:
        """Sends a message from the outside and gives what was delivered."""
        recipient = self.new_recipient()
        send_one(self.site.postfix.port, message, address=address, sender=sender, recipient=recipient, helo=helo,
                 host=host)
        return self.read(recipient)

    def submit(self, message: bytes, sender: str = "alice@ours.test", user: str = "alice@ours.test",
               password: str = "wonderland", mechanism: str = "PLAIN", address: str = "198.51.100.7") -> Delivered:
        """Sends a message as a user who logged in, and gives what was delivered."""
        recipient = self.new_recipient()
        with Client(self.site.postfix.submission) as client:
            client.pretend(address)
            client.login(user, password, mechanism)
            client.send(sender, [recipient], message)
        return self.read(recipient)

    def results(self, delivered: Delivered, authserv_id: str = AUTHSERV_ID) -> dict[str, list]:
        """The results of the one Authentication-Results field of ours, by method; it must be on top."""
        ours = [text for text in delivered.all("authentication-results") if _id_of(text) == authserv_id]
        self.assertEqual(1, len(ours), f"fields of ours in {delivered.fields}")
        self.assertEqual("authentication-results", delivered.names()[0])
        self.assertEqual(ours[0], delivered.all("authentication-results")[0])
        by_method: dict[str, list] = {}
        for result in _parse(ours[0]).results:
            by_method.setdefault(result.method, []).append(result)
        return by_method

    def check(self, delivered: Delivered, **expected: str) -> dict[str, list]:
        """Compares the results by method: spf="pass", dkim="pass fail"."""
        found = self.results(delivered)
        told = {method: " ".join(result.result for result in found.get(method, [])) for method in expected}
        self.assertEqual(expected, told, delivered.all("authentication-results"))
        return found


def _parse(text: str) -> authres.AuthenticationResultsHeader:
    return authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {text}")


def _id_of(text: str) -> str:
    return text.partition(";")[0].split()[0].strip('"').lower()


def value_of(result, ptype: str, name: str) -> Optional[str]:
    """The value of a property such as smtp.mailfrom."""
    return next((entry.value for entry in result.properties if (entry.type, entry.name) == (ptype, name)), None)
