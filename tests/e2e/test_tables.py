"""OpenDKIM's KeyTable and SigningTable, in their plain and their pattern form."""

from harness import keys
from harness.client import Refused
from harness.keys import KeyFile
from harness.messages import message
from harness.site import SiteTest


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
    expected = {"alice@ours.test": ["first", "second"], "x@sub.test": ["second"], "x@elsewhere.example": []}

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
