"""OpenDKIM's KeyTable and SigningTable, in their plain and their pattern form."""

import subprocess

from harness import keys, programs
from harness.client import Refused
from harness.keys import KeyFile
from harness.messages import message
from harness.process import eventually, run
from harness.site import SiteTest

BAD_CONFIGURATION = 78


class Tables(SiteTest):
    kind = "file"
    rows = ("alice@ours.test first", "sub.test second")
    expected = {"alice@ours.test": ["first"], "anybody@sub.test": ["second"], "bob@ours.test": []}

    @classmethod
    def prepare(cls, site):
        first = KeyFile(site.folder, site.zone, "ours.test", "first")
        second = KeyFile(site.folder, site.zone, "sub.test", "second", "ed25519")
        (site.folder / "KeyTable").write_text(f"# name  domain:selector:file\nfirst\tours.test:first:{first.path}\n\n"
                                              f"second  sub.test:second:{second.path}\n")
        (site.folder / "SigningTable").write_text("# pattern  name\n" + "\n".join(cls.rows) + "\n")

    @classmethod
    def change_settings(cls, site, settings):
        del settings["domains"]
        settings["signing"] = {"key_table": f"file:{site.folder / 'KeyTable'}",
                               "signing_table": f"{cls.kind}:{site.folder / 'SigningTable'}"}

    def test_rows_choose_the_keys(self):
        for author, selectors in self.expected.items():
            with self.subTest(author):
                delivered = self.submit(message(author), sender=author)
                found = delivered.all("dkim-signature")
                self.assertEqual(len(selectors), len(found))
                self.assertEqual([True] * len(selectors), keys.verdicts(delivered.raw, self.site.zone))
                for selector, text in zip(selectors, found):
                    self.assertIn(f"s={selector};", text.replace(" ", ""))


class PatternTables(Tables):
    kind = "refile"
    rows = ("*@ours.test first", "*@*.test second")
    expected = {"alice@ours.test": ["first"], "x@sub.test": ["second"], "x@elsewhere.example": []}

    def test_rows_choose_the_keys(self):
        for author, selectors in self.expected.items():
            with self.subTest(author):
                delivered = self.submit(message(author), sender=author)
                self.assertEqual([True] * len(selectors), keys.verdicts(delivered.raw, self.site.zone))
                told = " ".join(delivered.all("dkim-signature"))
                self.assertEqual(sorted(selectors), sorted(name for name in ("first", "second") if f"s={name};" in
                                                           told.replace(" ", "")))


class SeveralAuthors(Tables):
    """Whoever stands in From must be allowed by the rows, all of them."""

    rows = ("alice@ours.test first", "bob@ours.test first")
    expected = {"alice@ours.test, Bob <bob@ours.test>": ["first"], "alice@ours.test, ceo@ours.test": [],
                "ceo@ours.test, alice@ours.test": []}

    def test_rows_choose_the_keys(self):
        for author, selectors in self.expected.items():
            with self.subTest(author):
                delivered = self.submit(message(author))
                self.assertEqual([True] * len(selectors), keys.verdicts(delivered.raw, self.site.zone))
        self.assertIn("[NOT_SIGNED] no key signs for all authors of From: not for ceo@ours.test",
                      self.site.paraphd.log())


class AnyDomain(SiteTest):
    """A table for any domain: one that has no key is delivered, and not held back for ever."""

    @classmethod
    def prepare(cls, site):
        key = KeyFile(site.folder, site.zone, "ours.test", "any")
        key.path.rename(site.folder / "ours.test.pem")
        (site.folder / "KeyTable").write_text(f"any %:any:{site.folder}/%.pem\n")
        (site.folder / "SigningTable").write_text("*@* any\n")

    @staticmethod
    def change_settings(site, settings):
        del settings["domains"]
        settings["signing"] = {"key_table": str(site.folder / "KeyTable"),
                               "signing_table": f"refile:{site.folder / 'SigningTable'}"}

    def test_with_and_without_a_key(self):
        self.assertEqual([True], keys.verdicts(self.submit(message("alice@ours.test")).raw, self.site.zone))
        self.assertEqual([], self.submit(message("alice@other.test")).all("dkim-signature"))
        self.assertIn("[NOT_SIGNED] no key of the author's domain: any: ", self.site.paraphd.log())

    def test_a_key_that_cannot_be_used_holds_back(self):
        (self.site.folder / "bad.test.pem").write_text("no key")
        (self.site.folder / "bad.test.pem").chmod(0o600)
        with self.assertRaises(Refused) as caught:
            self.submit(message("alice@bad.test"))
        self.assertEqual(451, caught.exception.code)
        for told in ([], ["--json"]):  # scripts learn of it, too
            probed = subprocess.run([programs.paraph, "probe", "--socket", self.site.paraphd.socket, "--auth", "alice",
                                     "--mail-from", "alice@bad.test", *told, "-"], input=message("alice@bad.test"),
                                    capture_output=True, timeout=60, check=False)
            self.assertEqual(75, probed.returncode, probed.stdout)
            self.assertIn(b"end of message", probed.stdout)


class OneKeyIsMissing(SiteTest):
    """A fault of one domain's key stops that domain's mail and nothing else."""

    @classmethod
    def prepare(cls, site):
        cls.first = KeyFile(site.folder, site.zone, "ours.test", "first")
        cls.second = KeyFile(site.folder, site.zone, "sub.test", "second", "ed25519")
        cls.aside = cls.second.path.with_suffix(".aside")
        cls.second.path.rename(cls.aside)
        (site.folder / "KeyTable").write_text(f"first ours.test:first:{cls.first.path}\n"
                                              f"second sub.test:second:{cls.second.path}\n"
                                              f"short localdomain:s:{cls.first.path}\n")
        (site.folder / "SigningTable").write_text("*@ours.test first\n*@sub.test second\n*@short.test short\n")

    @classmethod
    def change_settings(cls, site, settings):
        settings["domains"] = {"yaml.test": {"keys": [{"selector": "s", "file": str(site.folder / "none.pem")}]},
                               "localdomain": {"keys": [{"selector": "s", "file": str(cls.first.path)}]}}
        settings["signing"] = {"key_table": str(site.folder / "KeyTable"),
                               "signing_table": f"refile:{site.folder / 'SigningTable'}"}

    def reload(self, **signing):
        paraphd = self.site.paraphd
        before = len(paraphd.log())
        paraphd.write_config({**paraphd.settings, "signing": {**paraphd.settings["signing"], **signing}})
        paraphd.reload()
        eventually("the reload", lambda: "configuration reloaded" in paraphd.log()[before:])
        return paraphd.log()[before:]

    def assert_refused(self, author):
        with self.assertRaises(Refused) as caught:
            self.submit(message(author), sender=author)
        self.assertEqual(451, caught.exception.code)
        self.assertIn("4.7.5", caught.exception.text)

    def signatures(self, author):
        delivered = self.submit(message(author), sender=author)
        return keys.verdicts(delivered.raw, self.site.zone)

    def places(self):
        return (f"{self.site.folder / 'KeyTable'}:2: {self.second.path}: No such file or directory",
                f"{self.site.folder / 'KeyTable'}:3: 'short': the signing domain needs two labels at least",
                f"key yaml.test/s: {self.site.folder / 'none.pem'}: No such file or directory",
                "no mail can be signed for 'localdomain': the signing domain needs two labels at least")

    def test_everything_else_works(self):
        self.assertEqual([True], self.signatures("alice@ours.test"))
        self.check(self.receive(message()), spf="pass", dmarc="pass")
        for author in ("alice@sub.test", "alice@short.test", "alice@yaml.test"):
            with self.subTest(author):
                self.assert_refused(author)
        for place in self.places():
            self.assertIn(place, self.site.paraphd.log())
        self.assertRegex(self.site.paraphd.log(), r"paraph\.yaml:\d+: key yaml\.test/s:")

    def test_the_check_calls_it_an_error_and_says_that_the_daemon_would_start(self):
        told = run([programs.paraph, "check-config", "-c", str(self.site.paraphd.config)], check=False)
        self.assertEqual(BAD_CONFIGURATION, told.returncode)
        text = told.stdout.decode()
        for place in self.places():
            self.assertIn(place.split(": ", 1)[1], text)
        self.assertIn("4 errors", text)
        self.assertIn("The daemon would start", text)

    def test_a_reload_takes_the_new_configuration_and_a_mended_key_needs_none(self):
        log = self.reload()
        self.assertIn(self.places()[0], log)
        self.assertEqual([True], self.signatures("alice@ours.test"))
        self.assert_refused("alice@sub.test")
        self.aside.rename(self.second.path)
        try:
            self.assertEqual([True], self.signatures("alice@sub.test"))
        finally:
            self.second.path.rename(self.aside)
        self.assertEqual([True], self.signatures("alice@sub.test"))  # in memory
        self.reload()
        self.assert_refused("alice@sub.test")  # a file that was taken away is a key that was withdrawn

    def test_unsigned_where_that_is_wanted(self):
        self.reload(missing_key="unsigned")
        try:
            self.assertEqual([], self.signatures("alice@sub.test"))
            self.assertEqual([True], self.signatures("alice@ours.test"))
            self.assertIn("SIGNING_FAILED", self.site.paraphd.log())
        finally:
            self.reload()


class OpenKeyFolder(SiteTest):
    """Whoever can write the folder of a key can replace it."""

    @classmethod
    def prepare(cls, site):
        cls.shared = site.folder / "shared"
        cls.shared.mkdir()
        cls.key = KeyFile(cls.shared, site.zone, "shared.test", "s")
        cls.shared.chmod(0o2775)

    @classmethod
    def change_settings(cls, site, settings):
        settings["domains"]["shared.test"] = {"keys": [cls.key.entry()]}

    def test_it_is_refused(self):
        told = run([programs.paraph, "check-config", "-c", str(self.site.paraphd.config)], check=False)
        self.assertEqual(BAD_CONFIGURATION, told.returncode)
        self.assertIn(b"shared, above it, can be written by its group", told.stdout)
        with self.assertRaises(Refused) as caught:
            self.submit(message("alice@shared.test"), sender="alice@shared.test")
        self.assertEqual(451, caught.exception.code)
        self.assertEqual(2, len(self.submit(message("alice@ours.test")).all("dkim-signature")))
        self.shared.chmod(0o755)
        self.assertEqual(1, len(self.submit(message("alice@shared.test"),
                                            sender="alice@shared.test").all("dkim-signature")))
