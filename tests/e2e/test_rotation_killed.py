"""Keys that rotate, by runs that are killed at every system call that changes anything, and on a full disk."""

import unittest
from pathlib import Path

from harness.process import run
from test_rotation import AGAIN, BOTH, DAY, HOUR, RotationTest, works

STRACE = ["strace", "-f", "-qq", "-o", "/dev/null"]


class Killed(RotationTest):
    """With one server, so that a record is shown as soon as it is published."""

    servers = BOTH[:1]

    @unittest.skipUnless(works([*STRACE, "true"]), "needs strace")
    def test_a_run_that_is_killed_anywhere_goes_on(self):
        """At the first system call of those that change anything, at the second, and so on; each with a run that makes a
        key, one that finds it shown, and one that has it sign."""
        calls = "rename,unlink,fsync,connect"
        for number in range(1, 31):
            wrap = (*STRACE, "-e", f"trace={calls}", "-e", f"inject={calls}:signal=SIGKILL:when={number}")
            for more in (["rot.test", "--new-key"], [], []):
                self.rotate(*more, wait=DAY, wrap=wrap)
                self.assert_no_wrong_signature()
            self.rotate()
            self.assert_no_wrong_signature()
        self.assertGreater(self.killed, 40)
        for _ in range(3):
            self.rotate(wait=DAY)
        self.rotate("rot.test", "--new-key")
        for _ in range(12):
            self.rotate(wait=DAY)
            self.assert_no_wrong_signature()
        newest = self.keys()[-1]
        self.assertEqual({newest}, self.signing())
        for selector in self.keys()[:-1]:
            self.assertEqual("", self.published(selector))
        names = {path.suffix for path in (self.folder / "rotation").iterdir()}
        self.assertLessEqual(names, {".pem", ".journal", ".yaml", ""})  # nothing lies about


class FullDisk(RotationTest):
    servers = BOTH[:1]

    def setUp(self):
        super().setUp()
        self.disk = self.folder / "rotation"
        self.disk.mkdir(mode=0o750)
        mounted = run(["mount", "-t", "tmpfs", "-o", "size=128k,mode=0750", "none", str(self.disk)], check=False)
        if mounted.returncode != 0:
            self.skipTest("mounting is forbidden here")
        self.addCleanup(run, ["umount", str(self.disk)])

    def fill(self) -> Path:
        file = self.disk / "fill"
        try:
            with file.open("wb", buffering=0) as out:
                while True:
                    out.write(bytes(4096))
        except OSError:
            return file

    def test_what_cannot_be_written_down_is_not_done(self):
        full = self.fill()
        self.assertIn("No space left", self.rotate(expected=AGAIN))
        self.assertEqual([], [path for path in self.disk.iterdir() if path.suffix in (".pem", ".new", ".yaml")])
        full.unlink()
        self.rotate()
        self.rotate(wait=HOUR)
        full = self.fill()
        self.assertIn("No space left", self.rotate(wait=HOUR, expected=AGAIN))
        self.assertEqual(set(), self.signing())
        full.unlink()
        self.rotate(wait=HOUR)
        self.rotate(wait=HOUR)
        self.assertEqual(set(self.keys()), self.signing())


if __name__ == "__main__":
    unittest.main()
