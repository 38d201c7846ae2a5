"""Which message arrives with a good signature behind Postfix, under which of its settings: the tables of the guide on
fragile messages, run."""

import os
import re
import unittest
from pathlib import Path

from harness import keys, programs
from harness.client import Client, Refused
from harness.messages import message
from harness.process import eventually, run
from harness.sink import Sink
from harness.site import SiteTest

GUIDE = Path(__file__).resolve().parents[2] / "docs/guide/fragile-messages.md"
ALICE = "Alice <alice@ours.test>"
MIME = ("MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8")
MULTIPART = ("MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=x")
EIGHT_BIT = "Content-Transfer-Encoding: 8bit"
TEXT = "gr\u00fc\u00dfe\r\n"
PARTS = f"--x\r\nContent-Type: text/plain; charset=utf-8\r\n{EIGHT_BIT}\r\n\r\n{TEXT}--x--\r\n"
WITH_SMTPUTF8 = "the same, sent with SMTPUTF8"

# By the words of the guide.
MESSAGES = {
    "plain text": message(ALICE),
    "8-bit text as quoted-printable": message(ALICE, body="gr=C3=BC=C3=9Fe\r\n",
                                              fields=(*MIME, "Content-Transfer-Encoding: quoted-printable")),
    "8-bit text, `Content-Transfer-Encoding: 8bit`": message(ALICE, body=TEXT, fields=(*MIME, EIGHT_BIT)),
    "8-bit text that no field declares": message(ALICE, body=TEXT),
    "an `8bit` part, and the message says `8bit`": message(ALICE, body=PARTS, fields=(*MULTIPART, EIGHT_BIT)),
    "an `8bit` part, and the message says nothing": message(ALICE, body=PARTS, fields=MULTIPART),
    "a body line of 998 octets": message(ALICE, body="x" * 998 + "\r\n"),
    "a body line of 999 octets": message(ALICE, body="x" * 999 + "\r\n"),
    "a header line of 999 octets": message(ALICE, subject="x" * 990),
    "the same in a field that is not signed": message(ALICE, fields=("X-Long: " + "x" * 991,)),
    "8-bit text in Subject": message(ALICE, subject="gr\u00fc\u00dfe"),
    WITH_SMTPUTF8: message(ALICE, subject="gr\u00fc\u00dfe"),
}
HOPS = {"modern": (("8BITMIME", "SMTPUTF8"), "8BITMIME"), "old": ((), "no 8BITMIME")}


def table(heading: str) -> tuple[list[str], list[list[str]]]:
    """The columns and the rows of the guide's table below a heading."""
    text = GUIDE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")]
            for line in text.splitlines() if line.startswith("|")]
    return rows[0], rows[2:]


class NextHop(SiteTest):
    """A Postfix that hands mail on to two servers of the test."""

    main_cf: dict[str, str] = {}

    @classmethod
    def make_mta(cls, site):
        cls.sinks = {}
        for name, (extensions, _) in HOPS.items():
            cls.sinks[name] = Sink(extensions)
            cls.addClassCleanup(cls.sinks[name].stop)
        hops = ", ".join(f"{{{name}.test = smtp:[127.0.0.1]:{sink.port}}}" for name, sink in cls.sinks.items())
        cls.postfix_settings = {"transport_maps": f"inline:{{ {hops} }}", **cls.main_cf}
        return super().make_mta(site)

    def fate(self, hop: str, text: bytes, utf8: bool = False) -> str:
        """What becomes of a message on its way through Postfix to the next server."""
        recipient = self.new_recipient().replace("rcpt", hop)
        with Client(self.site.postfix.submission) as client:
            client.pretend("198.51.100.7")
            client.login("alice@ours.test", "wonderland")
            client.command("MAIL FROM:<alice@ours.test>" + (" SMTPUTF8" if utf8 else ""))
            client.command(f"RCPT TO:<{recipient}>")
            client.text(text)
        arrived = eventually(f"the end of the message for {recipient}", lambda: self._end(hop, recipient))
        if arrived == b"returned":
            return "returned"
        found = keys.verdicts(arrived, self.site.zone)
        self.assertEqual([found[0]] * 2, found, arrived)
        return "good" if found[0] else "broken"

    def _end(self, hop: str, recipient: str):
        if re.search(rf"to=<{recipient}>.*status=(bounced|deferred)", self.site.postfix.log()):
            return b"returned"
        return self.sinks[hop].message_for(recipient)


class Fares:
    """Compares a column of the guide's table."""

    column = ""

    def test_each_message_fares_as_the_guide_says(self):
        columns, rows = table("What arrives")
        self.assertEqual(list(MESSAGES), [row[0] for row in rows])
        for hop, (_, words) in HOPS.items():
            at = columns.index(f"{self.column}{words}")
            for row in rows:
                with self.subTest(row[0], hop=words):
                    self.assertEqual(row[at], self.fate(hop, MESSAGES[row[0]], row[0] == WITH_SMTPUTF8))


class AsInstalled(Fares, NextHop):
    def test_what_paraphd_warns_of(self):
        columns, rows = table("What arrives")
        at = columns.index("warned of")
        for row in rows:
            with self.subTest(row[0]):
                before = self.site.paraphd.log().count("fragile=")
                self.fate("modern", MESSAGES[row[0]], row[0] == WITH_SMTPUTF8)
                after = self.site.paraphd.log().count("fragile=")
                self.assertEqual(row[at], "yes" if after > before else "no")
        self.assertIn("8-bit text in the body", self.site.paraphd.log())


class NoConversion(Fares, NextHop):
    column = "`disable_mime_output_conversion = yes`, "
    main_cf = {"disable_mime_output_conversion": "yes"}


class NoLimit(Fares, NextHop):
    column = "`smtp_line_length_limit = 0`, "
    main_cf = {"smtp_line_length_limit": "0"}


class EarlyConversion(Fares, NextHop):
    column = "`force_mime_input_conversion = yes`, "
    main_cf = {"force_mime_input_conversion": "yes"}

    @classmethod
    def setUpClass(cls) -> None:
        if not run(["postconf", "-dh", "force_mime_input_conversion"], check=False).stdout.strip():
            raise unittest.SkipTest("Postfix has force_mime_input_conversion since 3.9")
        super().setUpClass()


class PutOff(NextHop):
    """The sending program is told, and nothing leaves."""

    @staticmethod
    def change_settings(site, settings):
        settings["signing"] = {"fragile": "tempfail"}

    def test_what_would_be_warned_of_is_put_off(self):
        columns, rows = table("What arrives")
        for row in rows:
            with self.subTest(row[0]):
                if row[columns.index("warned of")] == "no":
                    self.assertEqual("good", self.fate("modern", MESSAGES[row[0]]))
                    continue
                with self.assertRaises(Refused) as refused:
                    self.fate("modern", MESSAGES[row[0]], row[0] == WITH_SMTPUTF8)
                self.assertIn("451", str(refused.exception))
                self.assertIn("4.6.3", str(refused.exception))


class Rewriting(NextHop):
    """One setting that changes any message, before paraphd signs or behind it."""

    values = {"header_checks": "regexp:{ {/^Subject: A test/ REPLACE Subject: another} }",
              "canonical_maps": "inline:{ {alice@ours.test = carol@ours.test} }",
              "smtp_header_checks": "regexp:{ {/^Subject: A test/ REPLACE Subject: another} }",
              "smtp_generic_maps": "inline:{ {alice@ours.test = carol@ours.test} }"}

    def told(self) -> str:
        """What check-config says about this Postfix."""
        return run([programs.paraph, "check-config", "--postfix", "--reload", str(self.site.paraphd.config)], check=False,
                   env={**os.environ, "MAIL_CONFIG": str(self.site.postfix.config)}).stdout.decode()

    def test_the_guides_table(self):
        rows = {row[0].strip("`"): row[1:] for row in table("What changes every message")[1]}
        self.assertEqual(list(self.values), list(rows))
        main = self.site.postfix.config / "main.cf"
        plain = main.read_text()
        for setting, (fate, warned) in rows.items():
            with self.subTest(setting):
                self.site.postfix.stop()
                main.write_text(plain + f"{setting} = {self.values[setting]}\n")
                self.site.postfix.start()
                self.assertEqual(fate, self.fate("modern", message(ALICE)))
                self.assertIs(warned == "yes", f"{setting} = " in self.told())
