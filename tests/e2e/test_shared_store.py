"""The store of keys that hosts share: changed by somebody without its key, stopped in the middle of a run."""

import unittest
from pathlib import Path

from harness import programs
from harness.process import run
from test_rotation import AGAIN
from test_shared_keys import LATE, Host, SharedKeys


class WriterOfTheDatabase(SharedKeys):
    """Who can write the database, and does not have the key."""

    def test_he_can_neither_read_nor_change_what_is_there(self):
        key = self.become_active()
        before = self.sealed()
        self.assertNotIn("PRIVATE", before)
        self.two.rotate()
        self.one.sync()  # both have seen what follows
        after = self.sealed()
        self.assertNotEqual(before, after)
        for name, sql, told in (
                ("an older state", f"UPDATE paraph_keys SET (revision, change, sealed) = ({before})", "was an old copy put back"),
                ("an older state as a new one", "UPDATE paraph_keys SET revision = revision + 100", "was changed by somebody"),
                ("none", "DELETE FROM paraph_keys", "was an old copy put back"),
                ("no text", "UPDATE paraph_keys SET sealed = ''", "was changed by somebody")):
            with self.subTest(name):
                self.postgresql.sql(sql)
                for host in (self.one, self.two):
                    self.assertIn(told, host.rotate(expected=AGAIN))
                    self.assertEqual({key}, host.signing())
                self.postgresql.sql("DELETE FROM paraph_keys")
                self.two.key("store", "restore")
                self.two.rotate()
                self.one.rotate()
        self.postgresql.sql("DELETE FROM paraph_hosts")  # no host has ever said anything: all are waited for
        self.assertEqual(LATE, run([programs.paraph, "key", "store", "status", "-c", str(self.one.paraphd.config)],
                                   check=False).returncode)

    def test_the_key_of_the_store(self):
        self.become_active()
        other = self.folder / "other.key"
        run([programs.paraph, "key", "store", "new-key", str(other)])
        self.one.key("store", "rekey", str(other))
        self.assertIn("not the one that the store was made with", self.one.sync(expected=AGAIN))
        self.key.write_bytes(other.read_bytes())
        self.one.rotate()
        self.two.sync()
        self.key.chmod(0o644)
        self.assertIn("can be read by others", self.one.sync(expected=78))
        self.key.chmod(0o600)
        self.key.write_text("secret\n")
        self.assertIn("this is no key of a store", self.one.sync(expected=78))

    def rekey(self) -> Path:
        """The store has another key; the one before it."""
        before, other = self.folder / "before.key", self.folder / "other.key"
        before.write_bytes(self.key.read_bytes())
        before.chmod(0o600)
        other.unlink(missing_ok=True)
        run([programs.paraph, "key", "store", "new-key", str(other)])
        self.one.key("store", "rekey", str(other))
        self.key.write_bytes(other.read_bytes())
        return before

    def test_a_store_that_is_lost_after_it_got_another_key(self):
        key = self.become_active()
        self.two.sync()
        before = self.rekey()
        self.postgresql.sql("DELETE FROM paraph_keys")  # before any host has looked
        self.assertIn("sealed with another key", self.two.key("store", "restore", expected=AGAIN))
        self.assertIn("was an old copy put back", self.one.rotate(expected=AGAIN))
        self.two.key("store", "restore", "--sealed-with", str(before))
        self.assertEqual({key}, self.hosts_sign())
        self.rekey()
        self.two.sync()  # what it keeps is sealed anew, though no key has changed
        self.postgresql.sql("DELETE FROM paraph_keys")
        self.two.key("store", "restore")
        self.assertEqual({key}, self.hosts_sign())

    def hosts_sign(self) -> set[str]:
        """After a run of each."""
        for host in (self.two, self.one):
            host.rotate()
        return self.one.signing() | self.two.signing()


class StoppedWithin(SharedKeys):
    """PostgreSQL is stopped by what publishes the record."""

    def publish(self, host: Host) -> dict:
        hook = host.folder / "hook"
        hook.write_text(f"#!/bin/sh\necho $PARAPH_ACTION >> {self.folder}/told\nkill -INT $(cat {self.folder}/pid)\nsleep 1\n")
        hook.chmod(0o700)
        return {"publish": "hook", "hook": [str(hook)], "ttl": 60}

    def test_the_next_run_does_it_again(self):
        (self.folder / "pid").write_text(str(self.postgresql.child.pid))
        self.assertIn("rot.test", self.one.rotate(expected=AGAIN))
        self.assertEqual(["publish"], (self.folder / "told").read_text().split())
        self.postgresql.stop()
        self.postgresql.start()
        (self.folder / "pid").write_text("")
        self.assertIn("publish s", self.two.rotate())
        self.assertEqual(["publish"] * 2, (self.folder / "told").read_text().split())
        self.one.rotate()
        self.assertEqual(self.one.keys(), self.two.keys())
        self.assertEqual(1, len(self.one.keys()))
        self.assertEqual((set(), set()), (self.one.signing(), self.two.signing()))


if __name__ == "__main__":
    unittest.main()
