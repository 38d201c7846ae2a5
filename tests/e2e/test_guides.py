"""What the guides tell people to write into main.cf, master.cf and paraph.yaml, given to Postfix and to check-config."""

import re
import socket
import tempfile
import unittest
from pathlib import Path

from harness import programs
from harness.guide import ROOT, blocks
from harness.postfix import Postfix
from harness.process import eventually, run

# The blocks of translations are those of the originals, see tests/house/translations.py.
PAGES = [ROOT / "README.md", *(page for page in sorted((ROOT / "docs").rglob("*.md")) if page.parent.name != "fr")]

SETTING = re.compile(r"^[a-z][a-z0-9_]* = ?", re.MULTILINE)
SERVICE = re.compile(r"^\S+ +(inet|unix|pass|fifo|unix-dgram) +[yn-] ", re.MULTILINE)
# An ini file of systemd, or a file of another program, which the tests of that program read.
OTHER = re.compile(r"^(\[|# systemctl|# /etc/(?!paraph/))", re.MULTILINE)
SECTIONS = set(re.findall(r"^#? ?([a-z_]+):", (ROOT / "config/paraph.yaml").read_text(), re.MULTILINE))
YAML = re.compile(r"(?:# .*\n)*([a-z_]+):(?:\s|$)")
# What a reader has and this machine has not, and what another block of the same page says.
WANTING = re.compile(r"No such file or directory$|'rotation\.publish: hook' needs|: connection |could not connect|Can't (contact|connect)")


def found(pattern: re.Pattern) -> list[tuple[str, str]]:
    return [(page.name, block) for page in PAGES for block in blocks(page.read_text())
            if pattern.search(block) and not OTHER.search(block)]


def settings() -> list[tuple[str, str]]:
    """Blocks of paraph.yaml. No test asks a server of somebody else; and where a page has an ellipsis, there are keys."""
    told = [(page.name, block) for page in PAGES for block in blocks(page.read_text())
            if (first := YAML.match(block)) and first[1] in SECTIONS]
    return [(page, re.sub(r"ldap://\S+", "ldap://127.0.0.1:1", block).replace("keys: ...", "keys: [{selector: s, file: none}]"))
            for page, block in told]


def trailing_comment(block: str) -> bool:
    """main.cf and master.cf know no comment behind a value: it becomes a part of the value."""
    return any(re.match(r"[^#\s].*\s#", line) for line in block.splitlines())


class Guides(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="paraph-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.folder.chmod(0o755)

    def postfix(self, number: int, main_cf: str = "", master_cf: str = "") -> Postfix:
        """A Postfix with these lines at the end of its files."""
        postfix = Postfix(self.folder / str(number), None)
        with (postfix.config / "main.cf").open("a") as file:
            file.write(main_cf)
        with (postfix.config / "master.cf").open("a") as file:
            file.write(master_cf)
        self.addCleanup(postfix.stop)
        return postfix

    def complaints(self, postfix: Postfix) -> str:
        """What postconf and `postfix check` say about the files."""
        postconf = ["postconf", "-c", str(postfix.config)]
        told = [run([*postconf, *what], check=False).stderr for what in (["-n"], ["-M"], ["-P"])]
        checked = run(["postfix", "-c", str(postfix.config), "check"], check=False)
        return (b"".join(told) + checked.stderr).decode() + ("" if checked.returncode == 0 else "check fails")

    def greeting(self, postfix: Postfix) -> str:
        with socket.create_connection(("127.0.0.1", postfix.port), timeout=30) as connection:
            connection.settimeout(30)
            with connection.makefile("rb") as replies:
                said = self.reply(replies)
                # One at a time: Postfix hangs up on whoever does not wait for a reply (Debian 13).
                for command in (b"EHLO client.test", b"MAIL FROM:<>", b"RCPT TO:<a@rcpt.test>", b"QUIT"):
                    connection.sendall(command + b"\r\n")
                    said += self.reply(replies)
                return said

    @staticmethod
    def reply(replies) -> str:
        """Its lines; nothing where the server has hung up."""
        lines = []
        while not lines or lines[-1][3:4] == b"-":
            lines.append(replies.readline())
        return b"".join(lines).decode()

    def test_every_page_has_what_is_looked_for(self):
        self.assertGreaterEqual(len(found(SETTING)), 5)
        self.assertGreaterEqual(len(found(SERVICE)), 3)
        for block in ("a = b   # c\n", "smtp inet n - y - - smtpd # c\n"):
            self.assertTrue(trailing_comment(block))
        for block in ("# a = b\na = b\n", "a = b#c\n"):
            self.assertFalse(trailing_comment(block))

    def test_main_cf(self):
        for number, (page, block) in enumerate(found(SETTING)):
            with self.subTest(page=page, block=block):
                self.assertFalse(trailing_comment(block))
                # The files that a block names are written by the reader of the guide.
                rules = self.folder / "rules"
                rules.write_text(r"/^Authentication-Results:\s*mx\.example\.org\b/  IGNORE" "\n")
                # A limit of a transport is a setting only where master.cf has the transport.
                transports = [text for where, text in found(SERVICE) if where == page and f"\n{text.split()[0]}_" in block]
                postfix = self.postfix(number, re.sub(r"pcre:/etc/postfix/\w+", f"regexp:{rules}", block), *transports)
                self.assertEqual("", self.complaints(postfix))
                # A wrong value shows only when a program reads it.
                postfix.start()
                self.assertRegex(self.greeting(postfix), r"^220 mx\.ours\.test")
                self.assertEqual([], [line for line in postfix.log().splitlines()
                                      if re.search(r"(fatal|panic|bad (string|numerical|boolean)|unused)", line)])
                postfix.stop()

    def test_master_cf(self):
        for number, (page, block) in enumerate(found(SERVICE)):
            with self.subTest(page=page, block=block):
                self.assertFalse(trailing_comment(block))
                self.assertEqual("", self.complaints(self.postfix(number, "", block)))

    def check_config(self, text: str) -> list[str]:
        """What paraph says against a configuration, but for what only its reader can have."""
        file = self.folder / "paraph.yaml"
        file.write_text(text)
        said = run([programs.paraph, "check-config", "--reload", str(file)], check=False).stdout.decode()
        return [line for line in said.splitlines() if ": error: " in line and not WANTING.search(line)]

    def test_paraph_yaml(self):
        self.assertGreaterEqual(len(settings()), 30)
        for page, block in settings():
            with self.subTest(page=page, block=block):
                self.assertEqual([], self.check_config(block))
        for wrong in ("roles:\n  no_such: 1\n", "relays:\n  hosts: 1\n", "domains: [\n"):
            self.assertNotEqual([], self.check_config(wrong), wrong)

    def test_wrong_lines_are_found(self):
        for number, (main_cf, master_cf) in enumerate((("no_such_parameter = 1\n", ""), ("smtpd_milters inet:x\n", ""),
                                                       ("", "smtpx inet n - y - smtpd\n"),
                                                       ("", "smtpx inet n - y - - smtpd\n  -o no_such_thing=1\n"))):
            with self.subTest((main_cf, master_cf)):
                self.assertNotEqual("", self.complaints(self.postfix(number, main_cf, master_cf)))
        postfix = self.postfix(9, "smtpd_hard_error_limit = 20   # many\n")
        postfix.start()
        with socket.create_connection(("127.0.0.1", postfix.port), timeout=30):
            eventually("smtpd to refuse the line", lambda: "fatal: bad numerical configuration" in postfix.log())


if __name__ == "__main__":
    unittest.main()
