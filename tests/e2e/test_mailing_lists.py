"""What a list hands back, on the service and with the settings of the guide on mailing lists: signed for the list, whoever wrote it,
and never in the name of an author whom nobody could verify."""

import re

import yaml

from harness import guide, keys
from harness.client import Client
from harness.guided_postfix import GuidedPostfix
from harness.keys import KeyFile
from harness.messages import message
from harness.process import free_port
from harness.site import SiteTest

PAGE, HEADING = "mailing-lists.md", "Signing what a list leaves as it is"
LIST_ID = "List-Id: <choir.lists.ours.test>"


class Stage(SiteTest):
    """A site with the guide's service for lists and a key for them."""

    heading = HEADING

    @classmethod
    def prepare(cls, site):
        site.list_key = KeyFile(site.folder, site.zone, "lists.ours.test", "lists")

    @classmethod
    def change_settings(cls, site, settings):
        settings.update(yaml.safe_load(guide.block(PAGE, cls.heading, "paraph.yaml")))
        settings["domains"]["lists.ours.test"] = {"keys": [site.list_key.entry()]}

    @classmethod
    def make_mta(cls, site):
        cls.port = free_port()
        postfix = GuidedPostfix(site.folder / "postfix", site.paraphd.socket)
        postfix.wire(guide.block(PAGE, HEADING, "master.cf"), {10035: cls.port})
        return postfix

    def signers(self, delivered) -> list[str]:
        return [re.search(r"\bd=([^;]+);", field)[1] for field in delivered.all("dkim-signature")]


class Lists(Stage):
    def hand_back(self, text: bytes):
        recipient = self.new_recipient()
        with Client(self.port) as client:
            client.hello("lists.ours.test")
            client.send("choir-bounces@lists.ours.test", [recipient], text)
        return self.read(recipient)

    def test_from_of_the_list(self):
        delivered = self.hand_back(message("Ann via Choir <choir@lists.ours.test>", fields=(LIST_ID,)))
        self.assertEqual(["lists.ours.test"], self.signers(delivered))
        self.assertEqual([True], keys.verdicts(delivered.raw, self.site.zone))

    def test_foreign_author_beside_whom_the_list_signs(self):
        # List-Id stands above what was signed, as lists have it.
        delivered = self.hand_back(LIST_ID.encode() + b"\r\n" + self.site.signer.sign(message()))
        self.assertEqual(["lists.ours.test", "pass.test"], self.signers(delivered))
        self.assertEqual([True, True], keys.verdicts(delivered.raw, self.site.zone))

    def test_forgery_of_our_own_domain_that_came_through_the_list(self):
        forged = self.receive(message("Boss <boss@ours.test>"), sender="mallory@pass.test")
        delivered = self.hand_back(LIST_ID.encode() + b"\r\n" + forged.raw)
        self.assertEqual([], self.signers(delivered))
        self.assertIn("dmarc=fail", delivered.all("authentication-results")[0])

    def test_member_of_our_own_domain_keeps_his_signature(self):
        posted = self.submit(message("Alice <alice@ours.test>"))
        delivered = self.hand_back(LIST_ID.encode() + b"\r\n" + posted.raw)
        self.assertEqual(["ours.test", "ours.test"], self.signers(delivered))
        self.assertEqual([True, True], keys.verdicts(delivered.raw, self.site.zone))
        self.assertIn("chosen by List-Id, would speak for From", self.site.paraphd.log())


class FromThisHost(Lists):
    """Sympa's manner: sendmail(1), and a rule that names the host."""

    heading = "Sympa"

    def hand_back(self, text: bytes):
        recipient = self.new_recipient()
        self.site.postfix.submit_locally("choir-bounces@lists.ours.test", recipient, text.replace(b"\r\n", b"\n"))
        return self.read(recipient)
