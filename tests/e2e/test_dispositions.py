"""What becomes of a message that the settings speak against: held, put off, refused or thrown away, by a real Postfix."""

import json

from harness.client import Refused, send_one
from harness.messages import message
from harness.process import eventually, run
from harness.site import SiteTest

AUTHOR = {"missing": "quarantine", "several_fields": "discard", "several_domains": "reject", "unreadable": "tempfail"}


def without_from() -> bytes:
    return message().replace(b"From: Ann <ann@pass.test>\r\n", b"")


def with_from(*fields: bytes) -> bytes:
    return b"".join(b"From: " + field + b"\r\n" for field in fields) + without_from()


class Held:
    """Messages in Postfix's hold queue."""

    def __init__(self, postfix):
        self._config = ["-c", str(postfix.config)]

    def ids_for(self, recipient: str) -> list[str]:
        listed = run(["postqueue", *self._config, "-j"]).stdout.decode().splitlines()
        return [entry["queue_id"] for entry in map(json.loads, listed)
                if entry["queue_name"] == "hold" and entry["recipients"][0]["address"] == recipient]

    def text(self, queue_id: str) -> str:
        return run(["postcat", *self._config, "-bhq", queue_id]).stdout.decode()

    def release(self, queue_id: str) -> None:
        run(["postsuper", *self._config, "-H", queue_id])


class Dispositions(SiteTest):
    @staticmethod
    def change_settings(site, settings):
        settings["author"] = AUTHOR

    def send(self, text: bytes) -> str:
        recipient = self.new_recipient()
        send_one(self.site.postfix.port, text, address="192.0.2.10", sender="ann@pass.test", recipient=recipient,
                 helo="mx.pass.test")
        return recipient

    def assert_logged(self, words: str):
        eventually(words, lambda: words in self.site.paraphd.log())

    def assert_refused(self, code: int, enhanced: str, text: bytes):
        with self.assertRaises(Refused) as caught:
            self.send(text)
        self.assertEqual(code, caught.exception.code)
        self.assertIn(enhanced, caught.exception.text)

    def test_quarantine_holds_the_message_with_its_results(self):
        held = Held(self.site.postfix)
        recipient = self.send(without_from())
        eventually("the message on hold", lambda: held.ids_for(recipient))
        queue_id, = held.ids_for(recipient)
        self.assertIn("dmarc=permerror", held.text(queue_id))
        self.assert_logged("disposition=quarantine reason=no-from")
        held.release(queue_id)
        self.check(self.read(recipient), spf="pass", dmarc="permerror")

    def test_discard_is_taken_and_seen_by_nobody(self):
        recipient = self.send(with_from(b"ann@pass.test", b"bob@pass.test"))
        self.assert_logged("disposition=discard reason=several-from")
        # What is sent later arrives, and so would this have.
        self.receive(message())
        self.assertEqual([], self.site.mta.mailboxes.files(recipient))
        self.assertEqual([], Held(self.site.postfix).ids_for(recipient))

    def test_reject_and_tempfail_reach_the_client(self):
        self.assert_refused(550, "5.7.1", with_from(b"ann@pass.test, bob@other.test"))
        self.assert_refused(451, "4.7.1", with_from(b"ann@[pass.test"))

    def test_other_mail_is_delivered(self):
        self.check(self.receive(message()), spf="pass", dmarc="pass")
