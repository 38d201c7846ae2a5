"""OpenDKIM's KeyTable and SigningTable, in their plain and their pattern form."""

from harness import keys
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
