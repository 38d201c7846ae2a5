"""Debian's Mailman 3 with the settings of the guide on mailing lists: what its members get has a good signature."""

import os
import tempfile
import unittest
from pathlib import Path

from harness import guide, keys, programs
from harness.messages import message
from harness.process import run

import test_mailing_lists

PAGE = test_mailing_lists.PAGE
PROGRAM = Path(__file__).with_name("harness") / "mailman_list.py"


class Mailman(test_mailing_lists.Stage):
    @classmethod
    def setUpClass(cls) -> None:
        cls.packages = Path(programs.mailman, "usr/lib/python3/dist-packages").resolve()
        if not (programs.mailman and (cls.packages / "mailman").exists()):
            raise unittest.SkipTest(f"packaging/unpack-mailman.sh {programs.mailman}")
        super().setUpClass()

    def through_the_list(self, text: bytes, **settings: str):
        recipient = self.new_recipient()
        with tempfile.TemporaryDirectory(dir=self.site.folder) as folder:
            config = Path(folder, "own.cfg")
            block = next(text for text in guide.blocks(guide.section(PAGE, "Mailman 3")) if text.startswith("[mta]\n"))
            config.write_text(block.replace("10035", str(self.port)))
            # -P: a module of ours is called dns, as one that Mailman needs.
            run(["/usr/bin/python3", "-P", str(PROGRAM), folder, str(config), recipient, *(f"{name}={value}" for name, value in settings.items())],
                text, env={**os.environ, "PYTHONPATH": str(self.packages)})
        return self.read(recipient)

    def munged(self, text: bytes):
        return self.through_the_list(text, dmarc_mitigate_action="munge_from", dmarc_mitigate_unconditionally="yes",
                                     subject_prefix="[choir] ")

    def unchanged(self, text: bytes):
        return self.through_the_list(text, dmarc_mitigate_action="munge_from", dmarc_mitigate_unconditionally="no",
                                     subject_prefix="", footer="")

    def test_from_of_the_list(self):
        delivered = self.munged(self.receive(self.site.signer.sign(message())).raw)
        self.assertEqual(["Ann via Choir <choir@lists.ours.test>"], delivered.all("from"))
        self.assertEqual(["lists.ours.test", "pass.test"], self.signers(delivered))
        self.assertEqual([True, False], keys.verdicts(delivered.raw, self.site.zone))

    def test_nothing_changed(self):
        delivered = self.unchanged(self.receive(self.site.signer.sign(message())).raw)
        self.assertEqual(["Ann <ann@pass.test>"], delivered.all("from"))
        self.assertEqual(["lists.ours.test", "pass.test"], self.signers(delivered))
        self.assertEqual([True, True], keys.verdicts(delivered.raw, self.site.zone))

    def test_member_of_our_own_domain(self):
        delivered = self.unchanged(self.submit(message("Alice <alice@ours.test>")).raw)
        self.assertEqual(["ours.test", "ours.test"], self.signers(delivered))
        self.assertEqual([True, True], keys.verdicts(delivered.raw, self.site.zone))
