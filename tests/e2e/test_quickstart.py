"""./quickstart with programs that only play: what it says while it builds, and how it ends."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[2]

BUILDS = """echo '[1/9] Building one'; sleep 4; echo '[9/9] Linking'"""
FAILS = """echo 'FAILED: b.o'; echo 'b.cpp:7:1: error: the first one'; echo 'b.cpp:8:1: error: a second one'; exit 1"""
PARAPH = """case "$1" in
    key) echo 's1._domainkey.x. IN TXT ( "v=DKIM1" )' ;;
    sign) echo 'From: ann@sender.example' ;;
    probe) echo "${PROBED:-insert: DKIM-Signature dmarc=pass}" ;;
    verify) echo "dmarc=${RESULT:-pass}"; exit "${STATUS:-0}" ;;
esac"""


class Quickstart(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="paraph-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        shutil.copy(ROOT / "quickstart", self.folder)
        shutil.copytree(ROOT / "packaging" / "demo", self.folder / "packaging" / "demo")
        self.play("packaging/install-build-deps.sh", "true")
        self.play("bin/cmake", BUILDS)
        self.play("build/release/milter/paraphd", "echo listening on; exec sleep 60")
        self.play("build/release/milter/tool/paraph", PARAPH)
        self.play("build/release/tests/support/dns/paraph_test_dns", "echo listening 127.0.0.1:1; exec sleep 60")

    def play(self, name: str, script: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/bash\n{script}\n")
        path.chmod(0o755)

    def quickstart(self, *arguments: str, **variables: str) -> tuple[int, list[str]]:
        """Exit status and all lines."""
        environment = {**os.environ, **variables, "HOME": str(self.folder),
                       "PATH": f"{self.folder}/bin:{os.environ['PATH']}"}
        environment.pop("XDG_DATA_HOME", None)
        done = subprocess.run(["./quickstart", *arguments], cwd=self.folder, env=environment, check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=120)
        return done.returncode, done.stdout.splitlines()

    def test_help(self):
        for option in ("--help", "-h"):
            status, lines = self.quickstart(option)
            self.assertEqual(0, status)
            self.assertIn("usage: ./quickstart [--postfix | --help]", lines)
        status, lines = self.quickstart("--nonsense")
        self.assertNotEqual(0, status)
        self.assertEqual("quickstart: '--nonsense' is no option", lines[-1])

    def test_building_shows_where_it_is(self):
        status, lines = self.quickstart()
        self.assertEqual(0, status, lines)
        self.assertIn("    [1/9] Building one", lines)
        self.assertEqual("Everything that was started has been stopped.", lines[-1])

    def test_first_error_is_the_last_line(self):
        self.play("bin/cmake", FAILS)
        status, lines = self.quickstart()
        self.assertEqual(1, status)
        self.assertEqual("quickstart: the build failed: b.cpp:7:1: error: the first one", lines[-1])
        self.play("packaging/install-build-deps.sh", "echo 'E: Unable to locate package x'; exit 100")
        self.assertEqual("quickstart: the build failed: E: Unable to locate package x", self.quickstart()[1][-1])

    def test_verdict_that_is_no_pass_is_told(self):
        self.play("bin/cmake", "true")
        for variables, told in (({"RESULT": "temperror", "STATUS": "75"}, "ended with exit status 75"),
                                ({"RESULT": "fail"}, "did not say dmarc=pass"),
                                ({"PROBED": "end of message: tempfail"}, "probe did not say DKIM-Signature")):
            status, lines = self.quickstart(**variables)
            self.assertEqual(1, status)
            self.assertTrue(any("A message goes out" in line for line in lines), lines)
            self.assertIn("quickstart: that was not as it should be: ", lines[-1])
            self.assertIn(told, lines[-1])

    def test_no_step_ends_it_without_a_word(self):
        self.play("bin/cmake", "true")
        self.play("build/release/milter/tool/paraph", "exit 9")
        status, lines = self.quickstart()
        self.assertEqual(1, status)
        self.assertRegex(lines[-1], r"^quickstart: line \d+ failed \(.+\); what it said ")


if __name__ == "__main__":
    unittest.main()
