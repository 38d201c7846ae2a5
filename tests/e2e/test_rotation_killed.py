"""Keys that rotate, by runs that are killed at every system call that changes anything."""

import unittest

from test_rotation import BOTH, DAY, RotationTest, works

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


if __name__ == "__main__":
    unittest.main()
