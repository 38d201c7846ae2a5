"""The guide for those who come from rspamd or dkimpy-milter: it has every option of Debian's packages, and its commands do what
they say with keys of these programs."""

import base64
import gzip
import re
import shutil
import tempfile
import unittest
from pathlib import Path

import nacl.signing

from harness import guide, programs
from harness.process import run

PAGE = "migration-others.md"
RSPAMD, DKIMPY = "From rspamd used for signing", "From dkimpy-milter"
LUA = [Path("/usr/share/rspamd") / name for name in ("plugins/dkim_signing.lua", "lualib/lua_dkim_tools.lua")]
MANUAL = Path("/usr/share/man/man5/dkimpy-milter.conf.5.gz")


def told(heading: str) -> set[str]:
    """The options in the first column of a section's table."""
    rows = re.findall(r"^\| (.*?) \| ", guide.section(PAGE, heading), re.MULTILINE)
    return {word for row in rows for name in re.findall(r"`([^`]+)`", row) for word in re.findall(r"^\w+", name)}


def commands(heading: str, word: str) -> str:
    """The one block of a section that has a word, as a shell script."""
    found = [text for text in guide.blocks(guide.section(PAGE, heading)) if word in text]
    assert len(found) == 1, found
    return found[0]


class Options(unittest.TestCase):
    def compare(self, options: set[str], heading: str) -> None:
        self.assertGreater(len(options), 20)
        self.assertEqual(set(), options - told(heading))

    @unittest.skipUnless(LUA[0].exists(), "apt-get install rspamd")
    def test_rspamd(self):
        self.compare({name for file in LUA for name in re.findall(r"\bsettings\.(\w+)", file.read_text())}, RSPAMD)

    @unittest.skipUnless(MANUAL.exists(), "apt-get install dkimpy-milter")
    def test_dkimpy_milter(self):
        self.compare(set(re.findall(r"^\.I (\w+) \(", gzip.decompress(MANUAL.read_bytes()).decode(), re.MULTILINE)), DKIMPY)


class Commands(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="paraph-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name in ("keys", "dkim"):
            (self.folder / name).mkdir()

    def play(self, script: str) -> None:
        """As root, with the test's folders and the group that there is on every machine."""
        for old, new in (("/etc/paraph/keys", f"{self.folder}/keys"), ("/var/lib/rspamd/dkim", f"{self.folder}/dkim"),
                         ("-g paraph", "-g root"), ("sudo ", "")):
            script = script.replace(old, new)
        run(["sh", "-e", "-c", script])

    def record(self, name: str) -> str:
        file = self.folder / "keys" / name
        self.assertEqual(0o640, file.stat().st_mode & 0o777)
        return run([programs.paraph, "key", "show", str(file)]).stdout.decode()

    def test_rsa_key(self):
        old = self.folder / "dkim/example.org.dkim.key"
        run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", str(old)])
        self.play(commands(RSPAMD, "example.org.dkim.key"))
        self.assertIn("k=rsa", self.record("dkim.example.org.pem"))

    def test_ed25519_key_as_dkimpy_has_it(self):
        pair = nacl.signing.SigningKey.generate()
        (self.folder / "dkim/example.org.ed.key").write_bytes(base64.b64encode(pair.encode()))
        self.play(commands(RSPAMD, "example.org.ed.key"))
        self.assertIn(f"p={base64.b64encode(pair.verify_key.encode()).decode()}", self.record("ed.example.org.pem"))

    @unittest.skipUnless(shutil.which("rspamadm"), "apt-get install rspamd")
    def test_ed25519_key_as_rspamd_makes_it(self):
        old = self.folder / "dkim/example.org.ed.key"
        made = run(["rspamadm", "dkim_keygen", "-s", "ed", "-d", "example.org", "-t", "ed25519", "-k", str(old)]).stdout
        self.play(commands(RSPAMD, "example.org.ed.key"))
        self.assertIn(re.search(r"p=[^\"; ]+", made.decode())[0], self.record("ed.example.org.pem"))

    def test_list_with_names_that_are_none(self):
        """The commands run as root: a name or a file of a panel's map is no option and no path of its own."""
        key, there = self.folder / "old key.pem", self.folder / "there"
        key.write_text("a key\n")
        there.mkdir()
        (self.folder / "keys/s.option.test.pem").write_text("kept\n")
        hostile = [f".hidden.test s {key}", f".. s {key}", f"-v s {key}", f"a.test .s {key}", f"a.test -s {key}", f"a.test ../s {key}",
                   f"a.test s;id {key}", f"/etc/a s {key}"]
        unreadable = [f"option.test s --target-directory={there}", "none.test s", "gone.test s /gone"]
        (self.folder / "keys.list").write_text("".join(f"{line}\n" for line in [*hostile, *unreadable, f"good.test s {key}"]))
        script = commands("Many keys at once", "keys.list")
        for old, new in (("/etc/paraph", str(self.folder)), ("-g paraph", "-g root"), ("sudo ", "")):
            script = script.replace(old, new)
        said = run(["sh", "-e", "-c", f"cd '{self.folder}'\n{script}"]).stderr.decode()
        self.assertEqual([f"by hand: {line}" for line in hostile], re.findall("^by hand: .*$", said, re.MULTILINE))
        self.assertEqual(["good.test.yaml"], [path.name for path in (self.folder / "domains.d").iterdir()])
        self.assertEqual({"s.good.test.pem", "s.option.test.pem"}, {path.name for path in (self.folder / "keys").iterdir()})
        self.assertEqual([], list(there.iterdir()))

    def test_what_amavis_tells_of_a_key_whose_file_has_a_comma(self):
        script = commands("From amavis that signs", "amavisd showkeys").replace("sudo amavisd showkeys", "cat said").replace("sudo ", "")
        (self.folder / "said").write_text("; key#1 2048 bits, s=dkim, d=a.test, /k, s=x, d=b.test, /etc/shadow\n"
                                          "dkim._domainkey.a.test.\t3600 TXT (\n  \"v=DKIM1; p=\" \"MII\")\n\n"
                                          "; key#2 2048 bits, s=two, d=a.test, /k2\n; key#3, i=old, d=c.test, /k3\n")
        run(["sh", "-e", "-c", f"cd '{self.folder}'\n{script}"])
        self.assertEqual("a.test dkim /k, s=x, d=b.test, /etc/shadow\nc.test old /k3\n", (self.folder / "keys.list").read_text())

    def test_tables_sign_with_both_keys(self):
        for kind, name in (("rsa", "s2026"), ("ed25519", "e2026")):
            run([programs.paraph, "key", "generate", "--domain", "example.org", "--selector", name, "--type", kind, "--out-dir",
                 str(self.folder / "keys")])
        files = {name: guide.block(PAGE, DKIMPY, name) for name in ("KeyTable", "SigningTable", "paraph.yaml")}
        for name, text in files.items():
            (self.folder / name).write_text(text.replace("/etc/paraph", str(self.folder)))
        why = run([programs.paraph, "sign", "--why", "ann@example.org", "--config", str(self.folder / "paraph.yaml")])
        self.assertRegex(why.stdout.decode(), r"(?s)key rsa signs.*key ed signs")
