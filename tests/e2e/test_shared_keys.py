"""Two hosts that share the keys of a domain in PostgreSQL: each has its own daemon and its own files, and both change the
same zone in Knot DNS. Days pass in a time namespace, as in test_rotation."""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import databases, programs
from harness.authorities import AskingUnbound, AuthorityZone, Knot, own_addresses
from harness.paraphd import Paraphd
from harness.process import run
from test_rotation import AGAIN, DAY, DONE, HOUR, SECRET, works

KNOT = own_addresses(1)[0]
SERVERS = [("ns1", KNOT)]
LATE = 65
STRACE = ["strace", "-f", "-qq", "-o", "/dev/null"]
CALLS = "rename,unlink,fsync,connect,sendto"


class Host:
    """One that signs: a configuration, a daemon, a directory of keys."""

    def __init__(self, site: "SharedKeys", name: str):
        self.site, self.name = site, name
        self.folder = site.folder / name
        self.folder.mkdir()
        self.paraphd = Paraphd(self.folder, {
            "mode": "sign", "listen": {"control": str(self.folder / "control")},
            "dns": {"nameservers": [site.unbound.address], "timeout": "1s"},
            "rotation": {"directory": str(self.folder / "rotation"), "bits": 1024, "store": site.postgresql.entry()["connection"],
                         "store_user": "paraph", "store_password_file": str(site.password), "store_key": str(site.key),
                         "store_name": name, **site.publish(self)},
            "domains": {"rot.test": {"rotate": True}}})
        self.paraphd.start()

    def key(self, *words: str, expected: int = DONE, wrap: tuple[str, ...] = ()) -> str:
        """paraph key ..., after all that has passed."""
        told = run(["unshare", "--time", "--boottime", str(self.site.passed), *wrap, programs.paraph, "key", *words, "-c",
                    str(self.paraphd.config)], check=False)
        out = told.stdout.decode() + told.stderr.decode()
        self.site.killed += told.returncode in (-9, 137)
        if not wrap:
            self.site.assertEqual(expected, told.returncode, f"{self.name}: {out}")
        return out

    def rotate(self, *more: str, **how) -> str:
        return self.key("rotate", *more, **how)

    def sync(self, **how) -> str:
        return self.key("rotate", "--sync-only", **how)

    def signing(self) -> set[str]:
        """The selectors with which the daemon signs."""
        told = run([programs.paraph, "probe", "--socket", self.paraphd.socket, "--ip", "127.0.0.1", "--mail-from",
                    "ann@rot.test", "-"], data=b"From: ann@rot.test\r\nSubject: x\r\n\r\nHello.\r\n").stdout.decode()
        return set(re.findall(r"\bs=([\w-]+)", told))

    def keys(self) -> list[str]:
        """Of the journal that this host saw last, the oldest first."""
        return re.findall(r"^key (\S+)$", (self.folder / "rotation" / "rot.test.journal").read_text(), re.MULTILINE)


@unittest.skipUnless(works(["unshare", "--time", "--boottime", "1", "true"]), "needs time namespaces")
class SharedKeys(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="paraph-shared-"))
        self.folder.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.passed = self.killed = 0
        self.knot = Knot(self.folder, [KNOT])
        self.knot.tsig = ("rotator", SECRET)
        self.addCleanup(self.knot.stop)
        self.knot.serve([AuthorityZone("rot.test", SERVERS)])
        self.unbound = AskingUnbound(self.folder, {"rot.test": KNOT})
        self.addCleanup(self.unbound.stop)
        self.tsig = self.folder / "tsig"
        self.tsig.write_text(f'key "rotator" {{ algorithm hmac-sha256; secret "{SECRET}"; }};\n')
        self.tsig.chmod(0o600)
        self.postgresql = databases.Postgresql(self.folder / "pg")
        self.addCleanup(self.postgresql.stop)
        self.postgresql.start()
        self.password = self.folder / "password"
        self.password.write_text("s3cret\n")
        self.password.chmod(0o600)
        self.key = self.folder / "store.key"
        run([programs.paraph, "key", "store", "new-key", str(self.key)])
        self.one, self.two = (Host(self, name) for name in ("mx1", "mx2"))
        for host in (self.one, self.two):
            self.addCleanup(host.paraphd.stop)
        self.assertIn("there is no store", self.one.rotate(expected=AGAIN))
        self.assertIn("is made", self.one.key("store", "init"))
        self.assertIn("is there already", self.two.key("store", "init"))

    def publish(self, _host: Host) -> dict:
        return {"publish": "nsupdate", "server": [KNOT], "tsig_key": str(self.tsig)}

    @staticmethod
    def published(selector: str) -> str:
        return run(["kdig", f"@{KNOT}", "+short", "+norec", "TXT", f"{selector}._domainkey.rot.test"]).stdout.decode()

    def sealed(self) -> str:
        """The row as it is in the database."""
        return run(["psql", "-qtAd", f"host={self.postgresql.folder} dbname=postgres user=paraph", "-c",
                    "SELECT revision || ', 0, ''' || sealed || '''' FROM paraph_keys WHERE domain = 'rot.test'"],
                   env={"PGPASSWORD": "s3cret", "PATH": "/usr/bin:/bin"}).stdout.decode().strip()

    def assert_no_wrong_signature(self):
        for host in (self.one, self.two):
            for selector in host.signing():
                self.assertIn("v=DKIM1", self.published(selector), f"{host.name}: {selector} signs without a record")

    def become_active(self) -> str:
        """A key that both sign with."""
        self.one.rotate("rot.test", "--new-key")
        for _ in range(3):
            self.passed += HOUR
            self.one.rotate()
        self.two.sync()
        newest = self.one.keys()[-1]
        self.assertEqual(({newest}, {newest}), (self.one.signing(), self.two.signing()))
        return newest


class TwoHosts(SharedKeys):
    def test_a_record_stays_until_the_last_host_has_stopped(self):
        first = self.become_active()
        self.assertEqual("", self.two.sync())  # there is nothing to do
        self.one.rotate("rot.test", "--new-key")
        for _ in range(3):
            self.passed += HOUR
            self.one.rotate()
        second = self.one.keys()[-1]
        self.assertEqual(({second}, {first}), (self.one.signing(), self.two.signing()))
        self.assertIn("late", self.one.key("store", "status", expected=LATE))
        for _ in range(3):
            self.passed += 9 * DAY
            self.assertIn(f"{first}: its record stays until mx2 no longer signs with it", self.one.rotate())
            self.assert_no_wrong_signature()
        self.two.sync()
        self.one.sync()
        self.one.key("store", "status")
        self.assertEqual({second}, self.two.signing())
        self.two.rotate()
        self.passed += 7 * DAY
        self.two.rotate()
        self.assertIn("v=DKIM1", self.published(first))  # mail of the last host may be on its way
        self.passed += 2 * DAY
        self.assertIn(f"withdraw {first}", self.two.rotate())
        self.assertEqual("", self.published(first))
        self.assertEqual(({second}, {second}), (self.one.signing(), self.two.signing()))

    def test_a_host_that_is_gone_is_forgotten(self):
        first = self.become_active()
        self.assertIn("no host", self.one.key("store", "forget", "mx3", expected=64))
        self.one.key("store", "forget", "mx2")
        self.one.rotate("rot.test", "--new-key")
        for wait in (HOUR, HOUR, HOUR, HOUR, 9 * DAY):
            self.passed += wait
            self.one.rotate()
        self.assertEqual("", self.published(first))
        self.two.sync()  # and it comes back
        self.assertEqual(self.one.signing(), self.two.signing())

    def test_a_store_that_is_gone_for_a_while(self):
        key = self.become_active()
        self.postgresql.stop()
        for host in (self.one, self.two):
            self.assertIn("store", host.rotate(expected=AGAIN))
            host.sync(expected=AGAIN)
            host.paraphd.crash()
            host.paraphd.start()  # with what is on the disk
            self.assertEqual({key}, host.signing())
        self.postgresql.start()
        self.two.rotate("rot.test", "--new-key")
        for _ in range(3):
            self.passed += HOUR
            self.two.rotate()
        self.one.sync()
        self.assertEqual(({self.two.keys()[-1]},) * 2, (self.one.signing(), self.two.signing()))

    def test_both_at_the_same_time(self):
        for more in (["rot.test", "--new-key"], [], [], ["rot.test", "--new-key"], [], [], []):
            self.passed += HOUR
            commands = [["unshare", "--time", "--boottime", str(self.passed), programs.paraph, "key", "rotate", *more, "-c",
                         str(host.paraphd.config)] for host in (self.one, self.two)]
            runs = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for command in commands]
            for one in runs:
                out, _ = one.communicate(timeout=120)
                self.assertIn(one.returncode, (DONE, AGAIN), out.decode())
            self.assert_no_wrong_signature()
        for _ in range(2):
            for host in (self.one, self.two):
                self.passed += HOUR
                host.rotate()
        self.assertEqual(self.one.keys(), self.two.keys())
        self.assertLessEqual(len(self.one.keys()), 4)
        self.assertEqual(({self.one.keys()[-1]},) * 2, (self.one.signing(), self.two.signing()))

    @unittest.skipUnless(works([*STRACE, "true"]), "needs strace")
    def test_runs_that_are_killed_on_either_host(self):
        hosts = [self.one, self.two]
        for number in range(1, 60, 4):
            wrap = (*STRACE, "-e", f"trace={CALLS}", "-e", f"inject={CALLS}:signal=SIGKILL:when={number}")
            for more in (["rot.test", "--new-key"], [], []):
                hosts.reverse()
                self.passed += DAY
                hosts[0].rotate(*more, wrap=wrap)
                self.assert_no_wrong_signature()
            hosts[1].sync(wrap=wrap)
            self.assert_no_wrong_signature()
            hosts[0].rotate()
        self.assertGreater(self.killed, 15)
        for _ in range(12):
            self.passed += DAY
            for host in hosts:
                host.rotate()
                self.assert_no_wrong_signature()
        newest = self.one.keys()[-1]
        self.assertEqual(({newest}, {newest}), (self.one.signing(), self.two.signing()))
        for selector in self.one.keys()[:-1]:
            self.assertEqual("", self.published(selector))


class Guide(unittest.TestCase):
    """docs/guide/several-hosts.md."""

    TEXT = (Path(__file__).parents[2] / "docs" / "guide" / "several-hosts.md").read_text()

    def test_its_settings_are_a_configuration(self):
        block, = re.findall(r"(?:^    .*\n)+", self.TEXT[self.TEXT.index("    rotation:"):], re.MULTILINE)[:1]
        with tempfile.TemporaryDirectory() as folder:
            config = Path(folder) / "paraph.yaml"
            config.write_text(re.sub(r"^    ", "", block, flags=re.MULTILINE) +
                              "  publish: hook\n  hook: [/bin/true]\ndomains: {example.org: {rotate: true}}\n")
            told = run([programs.paraph, "check-config", "-c", str(config)], check=False)
        self.assertEqual((0, True), (told.returncode, b" 0 errors" in told.stdout), told)

    def test_its_commands_are_known(self):
        commands = re.findall(r"^    (?:sudo )?paraph (key .*)$", self.TEXT, re.MULTILINE)
        self.assertGreater(len(commands), 5)
        for command in commands:
            with self.subTest(command):
                told = run([programs.paraph, *command.split(), "--help"])
                self.assertIn(b"--config", told.stdout)


if __name__ == "__main__":
    unittest.main()
