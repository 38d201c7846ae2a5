"""What `cmake --install` leaves below a prefix of its own, and the source tarball.

Usage: install_test.py ROOT BUILD_DIR
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

ROOT, BUILD = pathlib.Path(), pathlib.Path()
PREFIX = "opt/mail"


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], check=False, text=True, capture_output=True, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        run("cmake", "--install", BUILD, "--prefix", f"/{PREFIX}", "--strip", env={**environment(), "DESTDIR": cls.folder})
        cls.tree = cls.folder / PREFIX
        cls.units = {path.name: path.read_text() for path in (cls.tree / "lib/systemd/system").iterdir()}

    def test_nothing_lies_outside_of_the_prefix(self):
        self.assertEqual([self.tree], [path for path in self.folder.glob("*/*")])

    def test_the_units_start_what_was_installed(self):
        timed = {f"paraph-{name}.{kind}" for name in ("report", "rotate", "sync") for kind in ("service", "timer")}
        self.assertEqual({"paraphd.service", "paraphd@.service"} | timed, set(self.units))
        started = re.findall(r"^Exec\w+=(/\S*paraph\S*)", "\n".join(self.units.values()), re.MULTILINE)
        self.assertEqual({f"/{PREFIX}/sbin/paraphd", f"/{PREFIX}/bin/paraph"}, set(started))
        for program in started:
            self.assertTrue((self.folder / program[1:]).is_file(), program)
        self.assertNotIn("/usr/local", "".join(self.units.values()))

    def test_an_instance_differs_where_it_has_to(self):
        one, other = (self.units[name].splitlines() for name in ("paraphd.service", "paraphd@.service"))
        changed = [line.replace("@", "") for before, line in zip(one, other, strict=True) if before != line]
        self.assertEqual(["Description", "ExecStart", "ExecReload", "RuntimeDirectory"],
                         [line.split("=")[0] for line in changed])
        self.assertTrue(all("%i" in line for line in changed), changed)

    def test_programs_are_stripped(self):
        for program in ("sbin/paraphd", "bin/paraph"):
            self.assertNotIn(".symtab", run("readelf", "--sections", "--wide", self.tree / program))

    def test_manual_pages(self):
        if not shutil.which("lowdown"):
            self.skipTest("there is no lowdown to make them")
        for page in ("man1/paraph.1", "man5/paraph.yaml.5", "man8/paraphd.8"):
            text = (self.tree / "share/man" / page).read_text()
            name, section = page.split("/")[1].rsplit(".", 1)
            self.assertRegex(text, rf'(?m)^\.TH "{re.escape(name)}" "{section}"')
            self.assertRegex(text, rf"(?m)^NAME\n\.(LP|PP)\n{re.escape(name)} \\?- \w")
            self.assertIn("SEE ALSO", text)

    def test_completion_and_documents(self):
        for name in ("share/bash-completion/completions/paraph", "share/zsh/site-functions/_paraph",
                     "share/doc/paraph/guide/postfix.md", "share/doc/paraph/paraph.yaml",
                     "share/doc/paraph/examples/hosting.yaml", "lib/sysusers.d/paraph.conf", "lib/tmpfiles.d/paraph.conf"):
            self.assertTrue((self.tree / name).is_file(), name)

    def test_bash_completes_what_the_program_has(self):
        script = f'. {self.tree}/share/bash-completion/completions/paraph; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); ' \
                 '_paraph "$1"; printf "%s\\n" "${COMPREPLY[@]}"'
        for typed, proposed in (("key ro", "rotate"), ("check-config --po", "--postfix"), ("sign --sel", "--selector"),
                                ("key generate --type ed", "ed25519"), ("verify /et", "")):
            words = [str(self.tree / "bin/paraph"), *typed.split()]
            self.assertEqual(proposed, run("bash", "-c", script, "_", *words).strip(), typed)


class Logcheck(unittest.TestCase):
    """Its rules are about all that is ordinary, and nothing else; the manual has every word of the catalogue."""

    def setUp(self):
        rules = (ROOT / "packaging/debian/paraph.logcheck.ignore.server").read_text().splitlines()
        # grep -E knows the classes of POSIX, and so it is grep that judges.
        self.rules = [word for rule in rules for word in ("-e", rule)]

    def ignored(self, text):
        line = f"Nov  9 07:08:09 mx paraphd[123]: {text}\n"
        return subprocess.run(["grep", "-qE", *self.rules], input=line, text=True, check=False).returncode == 0

    def test_words_of_the_catalogue(self):
        page = (ROOT / "docs/man/paraphd.8.md").read_text()
        words = re.findall(r"^`([A-Z_]+)` \((\w+)\)$", page, re.MULTILINE)
        self.assertGreater(len(words), 20)
        for word, level in words:
            with self.subTest(word):
                self.assertEqual(level in ("info", "notice"), self.ignored(f"{level}: [{word}] something happened"))

    def test_messages(self):
        for line, ignored in (('info: 4X1y2z: mode=verify why="external host 192.0.2.1" client=192.0.2.1', True),
                              ("info: 4X1y30: mode=sign why=\"authenticated as ann\"", True),
                              ("error: 4X1y30: mode=sign why=no", False), ("warning: 4X1y2z: [FRAGILE] long line", False),
                              ("info: what nobody has ever seen", False)):
            self.assertEqual(ignored, self.ignored(line), line)


class Tarball(unittest.TestCase):
    def test_it_has_all_sources_and_configures(self):
        with tempfile.TemporaryDirectory() as folder:
            made = pathlib.Path(run(ROOT / "packaging/make-tarball.sh", "--into", folder).strip())
            with tarfile.open(made) as archive:
                archive.extractall(folder)
            tree = next(path for path in pathlib.Path(folder).iterdir() if path.is_dir())
            self.assertEqual(f"{tree.name}.tar.gz", made.name)
            self.assertEqual(self.files(ROOT), self.files(tree))
            run("cmake", "-S", tree, "-B", f"{folder}/build", "-G", "Ninja", "-DPARAPH_TESTS=OFF")

    @staticmethod
    def files(tree):
        return {path.relative_to(tree) for path in tree.rglob("*") if path.is_file()
                and not {"build", ".git", "__pycache__"} & set(path.relative_to(tree).parts)}


def environment():
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


if __name__ == "__main__":
    ROOT, BUILD = map(pathlib.Path, sys.argv[1:3])
    unittest.main(argv=sys.argv[:1])
