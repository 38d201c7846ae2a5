"""Reading the configuration again: told by `paraph reload`, and because a table has changed."""

import os
import socket
import time

from harness import keys, programs
from harness.keys import KeyFile
from harness.messages import message
from harness.process import eventually, run
from harness.site import SiteTest

UNAVAILABLE, BAD_CONFIGURATION = 69, 78


class ReloadTest(SiteTest):
    """Keys in tables, of which the first row signs; `other` is a key that no table names yet."""

    watch = "0"

    @classmethod
    def prepare(cls, site):
        cls.key = KeyFile(site.folder, site.zone, "ours.test", "first")
        cls.other = KeyFile(site.folder, site.zone, "ours.test", "second")
        cls.key_table, cls.signing_table = site.folder / "KeyTable", site.folder / "SigningTable"
        cls.control = site.folder / "control"
        cls.put(cls.key_table, f"k ours.test:first:{cls.key.path}\n")
        cls.put(cls.signing_table, "*@ours.test k\n")

    @classmethod
    def change_settings(cls, site, settings):
        del settings["domains"]
        settings["listen"] = {"control": str(cls.control)}
        settings["reload"] = {"watch": cls.watch}
        settings["signing"] = {"key_table": str(cls.key_table), "signing_table": f"refile:{cls.signing_table}"}

    @staticmethod
    def put(path, text):
        """In the place of what is there, as tools do that care."""
        new = path.with_suffix(".new")
        new.write_text(text)
        if path.exists():
            new.chmod(path.stat().st_mode & 0o777)
        new.replace(path)

    def tearDown(self):
        self.put(self.key_table, f"k ours.test:first:{self.key.path}\n")
        self.put(self.signing_table, "*@ours.test k\n")
        self.site.paraphd.write_config()
        self.reload()

    def reload(self, *more):
        done = run([programs.paraph, "reload", "-c", str(self.site.paraphd.config), *more], check=False)
        return done.returncode, (done.stdout + done.stderr).decode()

    def selectors(self):
        signed = self.submit(message("alice@ours.test"))
        self.assertNotIn(False, keys.verdicts(signed.raw, self.site.zone))
        return [text.replace(" ", "").split("s=")[1].split(";")[0] for text in signed.all("dkim-signature")]


class Command(ReloadTest):
    def test_the_new_configuration_is_in_use_when_it_returns(self):
        for selector, key in (("second", self.other), ("first", self.key)):
            self.put(self.key_table, f"k ours.test:{selector}:{key.path}\n")
            status, told = self.reload()
            self.assertEqual((0, f"The daemon has reloaded {self.site.paraphd.config}.\n"), (status, told))
            self.assertEqual([selector], self.selectors())
        self.assertEqual((0, ""), self.reload("--quiet"))

    def test_a_configuration_with_errors_is_told_and_not_taken(self):
        for text, place in (("spf: {enabled: maybe}\n", "paraph.yaml:1:16: error: 'spf.enabled'"),
                            ("spf: [\n", "paraph.yaml:1:6: error: not valid YAML")):
            with self.subTest(text):
                self.site.paraphd.write_raw_config(text)
                # What it says of the socket is not read where it is no YAML.
                status, told = self.reload("--control", str(self.control))
                self.assertEqual(BAD_CONFIGURATION, status)
                self.assertIn(place, told)
                self.assertIn("keeps its old configuration", told)
                self.assertEqual(["first"], self.selectors())

    def test_a_key_that_cannot_be_used_is_told(self):
        self.put(self.key_table, f"k ours.test:first:{self.key.path}\nx x.test:s:/nonexistent\n")
        status, told = self.reload()
        self.assertEqual(0, status)
        self.assertIn(f"{self.key_table}:2: /nonexistent: No such file", told)
        self.assertIn("each error affects only what it names", told)

    def test_no_daemon_there(self):
        status, told = self.reload("--control", str(self.site.folder / "nobody"))
        self.assertEqual(UNAVAILABLE, status)
        self.assertIn("no paraphd is reached there: No such file or directory", told)

    def test_nobody_else_is_heard(self):
        self.assertEqual(0o600, self.control.stat().st_mode & 0o777)
        with socket.socket(socket.AF_UNIX) as client:  # who says nothing or something else does not hold up others
            client.connect(str(self.control))
            client.sendall(b"stop\n" + b"x" * 1000)
            self.assertEqual(0, self.reload()[0])
        self.assertIn("[RELOADED]", self.site.paraphd.log())

    def test_another_user_is_not_heard(self):
        if os.geteuid() != 0:
            self.skipTest("needs root, to be somebody else")
        self.site.folder.chmod(0o755)
        self.control.chmod(0o666)
        try:
            before = self.site.paraphd.log().count("[RELOADED]")
            done = run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", programs.paraph, "reload",
                        "--control", str(self.control)], check=False)
            self.assertEqual(UNAVAILABLE, done.returncode, done)
            self.assertEqual(before, self.site.paraphd.log().count("[RELOADED]"))
        finally:
            self.control.chmod(0o600)

    def test_what_a_crash_left_behind_is_taken_over(self):
        self.site.paraphd.crash()
        self.assertTrue(self.control.exists())
        self.site.paraphd.start()
        self.assertEqual(0, self.reload()[0])
        self.assertEqual(0, self.site.paraphd.stop())
        self.assertFalse(self.control.exists())
        self.site.paraphd.start()


class Watched(ReloadTest):
    watch = "1s"

    def setUp(self):
        time.sleep(3)  # what the test before has put back is noticed, and read, by then

    def log(self):
        return self.site.paraphd.log()

    def after(self, change, identifier):
        """What the log says once `change` has been noticed."""
        before = len(self.log())
        change()
        eventually(identifier, lambda: f"[{identifier}]" in self.log()[before:], 30)
        return self.log()[before:]

    def test_a_table_that_is_replaced_is_read(self):
        self.after(lambda: self.put(self.key_table, f"k ours.test:second:{self.other.path}\n"), "RELOADED")
        self.assertEqual(["second"], self.selectors())

    def test_a_key_that_is_replaced_is_read(self):
        self.assertEqual(["first"], self.selectors())
        old = self.key.path.read_text()
        try:
            self.after(lambda: self.put(self.key.path, self.other.path.read_text()), "RELOADED")
            signed = self.submit(message("alice@ours.test"))
            self.assertEqual([False], keys.verdicts(signed.raw, self.site.zone))  # the record is the old key's
        finally:
            self.after(lambda: self.put(self.key.path, old), "RELOADED")

    def test_a_broken_table_is_told_once_and_the_old_one_signs(self):
        before = len(self.log())
        told = self.after(lambda: self.put(self.signing_table, "*@ours.test k\n*@x.test nokey\n"), "RELOAD_REFUSED")
        self.assertIn(f"{self.signing_table}:2:", told)
        time.sleep(4)  # four more looks
        self.assertEqual(1, self.log()[before:].count("[RELOAD_REFUSED]"))
        self.assertEqual(["first"], self.selectors())
        self.after(lambda: self.put(self.signing_table, "*@ours.test k\n"), "RELOADED")

    def test_a_table_that_is_written_bit_by_bit_is_read_at_its_end(self):
        rows = "".join(f"k{n} d{n}.test:s:{self.key.path}\n" for n in range(20))
        before = len(self.log())
        with self.key_table.open("w") as table:
            for line in rows.splitlines():
                table.write(line + "\n")
                table.flush()
                self.assertEqual(["first"], self.selectors())
                time.sleep(0.25)
            table.write(f"k ours.test:second:{self.other.path}\n")
        eventually("the reload", lambda: "[RELOADED]" in self.log()[before:], 30)
        self.assertEqual(["second"], self.selectors())
        self.assertEqual(1, self.log()[before:].count("[RELOADED]"))

    def test_the_configuration_file_waits_until_somebody_says_so(self):
        self.site.paraphd.write_config({**self.site.paraphd.settings, "authserv_id": "half-written.test"})
        self.after(lambda: self.put(self.key_table, f"k ours.test:second:{self.other.path}\n"), "RELOADED")
        self.assertEqual(["second"], self.selectors())
        self.assertNotIn("half-written", str(self.receive(message()).all("authentication-results")))
        self.assertEqual(0, self.reload()[0])
        self.assertIn("half-written", str(self.receive(message()).all("authentication-results")))


class WatchedLists(ReloadTest):
    """Who may write which From, and which domains the default keys are for."""

    watch = "1s"

    @classmethod
    def change_settings(cls, site, settings):
        super().change_settings(site, settings)
        cls.senders, cls.domains = site.folder / "senders", site.folder / "domains"
        cls.put(cls.senders, "* %d\n127.0.0.0/8 *\n")
        cls.put(cls.domains, "ours.test\n")
        del settings["signing"]
        settings["senders"] = {"table": str(cls.senders)}
        settings["default"] = {"domain_table": str(cls.domains),
                               "keys": [{"selector": "first", "file": str(cls.key.path)}]}

    def tearDown(self):
        self.put(self.senders, "* %d\n127.0.0.0/8 *\n")
        self.put(self.domains, "ours.test\n")
        super().tearDown()

    def signs_after(self, path, text):
        before = len(self.site.paraphd.log())
        self.put(path, text)
        eventually("the reload", lambda: "[RELOADED]" in self.site.paraphd.log()[before:], 30)
        return self.selectors()

    def test_the_senders_that_are_replaced_are_read(self):
        self.assertEqual(["first"], self.selectors())
        self.assertEqual([], self.signs_after(self.senders, "* other.test\n127.0.0.0/8 other.test\n"))

    def test_the_domains_that_are_replaced_are_read(self):
        self.assertEqual(["first"], self.selectors())
        self.assertEqual([], self.signs_after(self.domains, "other.test\n"))

    def test_a_default_key_that_is_replaced_is_read(self):
        old = self.key.path.read_text()
        before = len(self.site.paraphd.log())
        try:
            self.put(self.key.path, self.other.path.read_text())
            eventually("the reload", lambda: "[RELOADED]" in self.site.paraphd.log()[before:], 30)
            signed = self.submit(message("alice@ours.test"))
            self.assertEqual([False], keys.verdicts(signed.raw, self.site.zone))  # the record is the old key's
        finally:
            self.put(self.key.path, old)


class WatchedIncludes(ReloadTest):
    watch = "1s"

    @classmethod
    def prepare(cls, site):
        super().prepare(site)
        (site.folder / "domains").mkdir()

    @classmethod
    def change_settings(cls, site, settings):
        super().change_settings(site, settings)
        del settings["signing"]
        settings["include"] = "domains/*.yaml"

    def test_a_new_included_file_is_read(self):
        self.assertEqual([], self.selectors())
        before = len(self.site.paraphd.log())
        self.put(self.site.folder / "domains" / "ours.yaml",
                 f"domains: {{ours.test: {{keys: [{{selector: second, file: {self.other.path}}}]}}}}\n")
        eventually("the reload", lambda: "[RELOADED]" in self.site.paraphd.log()[before:], 30)
        self.assertEqual(["second"], self.selectors())
