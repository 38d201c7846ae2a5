"""The commands of the guide on hosting, typed in its order, and its units."""

import shutil
import tempfile
import unittest
from pathlib import Path

from harness import guide, programs
from harness.process import run

PAGE = "hosting.md"
CUSTOMERS = "A file for each customer"
# What asks the DNS or a daemon, and is tested elsewhere.
ELSEWHERE = ("paraph key check", "paraph reload")


class AFileForEachCustomer(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="paraph-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        text = guide.block(PAGE, CUSTOMERS, "/etc/paraph/paraph.yaml")
        (self.folder / "paraph.yaml").write_text(text)
        self.scripts = [block for block in guide.blocks(guide.section(PAGE, CUSTOMERS)) if block.startswith("sudo ")]

    def play(self, script: str) -> None:
        lines = [line for line in script.splitlines() if not any(word in line for word in ELSEWHERE)]
        text = "\n".join(lines).replace("sudo ", "").replace("/etc/paraph", str(self.folder))
        text = text.replace("paraph check-config", f"paraph check-config --reload {self.folder}/paraph.yaml")
        run(["sh", "-e", "-c", text.replace("paraph key", f"{programs.paraph} key").replace("paraph check", f"{programs.paraph} check")])

    def why(self) -> str:
        return run([programs.paraph, "sign", "--why", "ann@shop.example", "--config", str(self.folder / "paraph.yaml")],
                   check=False).stdout.decode()

    def test_a_key_signs_only_when_it_is_made_active(self):
        self.assertEqual(2, len(self.scripts))
        self.play(self.scripts[0])
        self.assertNotRegex(self.why(), r"key .*s2026.* signs")
        self.play(self.scripts[1])
        self.assertRegex(self.why(), r"key .*s2026.* signs.*shop\.example\.yaml")


@unittest.skipUnless(shutil.which("systemd-analyze"), "apt-get install systemd")
class Units(unittest.TestCase):
    def verify(self, change) -> str:
        """What systemd says of the units, after a change of their text."""
        with tempfile.TemporaryDirectory(prefix="paraph-e2e-") as folder:
            files = []
            for kind in ("service", "timer"):
                text = guide.block(PAGE, "Monitoring", f"/etc/systemd/system/paraph-key-check.{kind}")
                files.append(Path(folder, f"paraph-key-check.{kind}"))
                files[-1].write_text(change(text).replace("/usr/local/bin/paraph", programs.paraph))
            done = run(["systemd-analyze", "verify", "--man=no", *map(str, files)], check=False)
            return "".join(line for line in done.stderr.decode().splitlines(keepends=True) if "paraph-key-check" in line)

    def test_systemd_takes_them(self):
        self.assertEqual("", self.verify(lambda text: text))

    def test_and_would_say_what_is_wrong(self):
        self.assertNotEqual("", self.verify(lambda text: text.replace("ExecStart", "ExecStrt")))


class Commands(unittest.TestCase):
    def test_paraph_takes_the_options_of_the_unit(self):
        text = guide.block(PAGE, "Monitoring", "/etc/systemd/system/paraph-key-check.service")
        words = text.partition("ExecStart=")[2].splitlines()[0].split()[1:]
        with tempfile.NamedTemporaryFile(suffix=".yaml") as nothing:
            done = run([programs.paraph, *words, "--config", nothing.name], check=False)
        self.assertIn(b"the configuration has no key", done.stdout + done.stderr)  # and not: an unknown option
