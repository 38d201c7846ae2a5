"""Keys that rotate, over Knot DNS and NSD: one lags behind, one lies. Hours and days pass in a time namespace, in which the
kernel counts from another start; nothing waits for them."""

import json
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import programs
from harness.authorities import AskingUnbound, AuthorityZone, Knot, Nsd, own_addresses
from harness.paraphd import Paraphd
from harness.process import run

KNOT, NSD = own_addresses(2)
BOTH = [("ns1", KNOT), ("ns2", NSD)]
DONE, ALARM, AGAIN = 0, 65, 75
HOUR, DAY = 3600, 86400
SECRET = "c2VjcmV0IG9mIGEgdGVzdCwgMzIgb2N0ZXRzIGxvbmc="


def works(command: list[str]) -> bool:
    """Containers may forbid it."""
    return bool(shutil.which(command[0])) and subprocess.run(command, capture_output=True, check=False).returncode == 0


@unittest.skipUnless(works(["unshare", "--time", "--boottime", "1", "true"]), "needs time namespaces")
class RotationTest(unittest.TestCase):
    """One domain, rot.test; the daemon runs and signs for it."""

    publish: dict = {}
    servers = BOTH

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="paraph-rotation-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.passed = self.killed = 0
        self.knot, self.nsd = Knot(self.folder, [KNOT]), Nsd(self.folder, [NSD])
        self.knot.tsig = ("rotator", SECRET)
        self.addCleanup(self.knot.stop)
        self.addCleanup(self.nsd.stop)
        self.knot.serve([AuthorityZone("rot.test", self.servers)])
        self.serve_second([])
        self.unbound = AskingUnbound(self.folder, {"rot.test": KNOT})
        self.addCleanup(self.unbound.stop)
        tsig = self.folder / "tsig"
        tsig.write_text(f'key "rotator" {{ algorithm hmac-sha256; secret "{SECRET}"; }};\n')
        tsig.chmod(0o600)
        self.paraphd = Paraphd(self.folder, {
            "mode": "sign", "listen": {"control": str(self.folder / "control")},
            "dns": {"nameservers": [self.unbound.address], "timeout": "1s"},
            "rotation": {"directory": str(self.folder / "rotation"), "publish": "nsupdate", "server": [KNOT],
                         "tsig_key": str(tsig), "bits": 1024, **self.publish},
            "domains": self.domains()})
        self.paraphd.start()
        self.addCleanup(self.paraphd.stop)

    def domains(self) -> dict:
        return {"rot.test": {"rotate": True}}

    def serve_second(self, records: list[str]) -> None:
        self.nsd.serve([AuthorityZone("rot.test", self.servers, records)])

    def rotate(self, *more: str, wait: int = 0, expected: int = DONE, wrap: tuple[str, ...] = ()) -> str:
        """After `wait` seconds more, by the kernel's count."""
        self.passed += wait
        told = run(["unshare", "--time", "--boottime", str(self.passed), *wrap, programs.paraph, "key", "rotate", "-c",
                    str(self.paraphd.config), *more], check=False)
        out = told.stdout.decode() + told.stderr.decode()
        self.killed += told.returncode in (-9, 137)
        if not wrap:
            self.assertEqual(expected, told.returncode, out)
        return out

    def signing(self) -> set[str]:
        """The selectors with which the daemon signs."""
        told = run([programs.paraph, "probe", "--socket", self.paraphd.socket, "--ip", "127.0.0.1", "--mail-from",
                    "ann@rot.test", "-"], data=b"From: ann@rot.test\r\nSubject: x\r\n\r\nHello.\r\n").stdout.decode()
        return set(re.findall(r"\bs=([\w-]+)", told))

    def keys(self) -> list[str]:
        """The selectors of the keys that were made, the oldest first."""
        journal = (self.folder / "rotation" / "rot.test.journal").read_text()
        return re.findall(r"^key (\S+)$", journal, re.MULTILINE)

    def record(self, selector: str) -> str:
        """As a line of the zone."""
        file = self.folder / "rotation" / f"{selector}.rot.test.pem"
        return run([programs.paraph, "key", "show", str(file), "--format", "zone"]).stdout.decode().strip()

    @staticmethod
    def published(selector: str, server: str = KNOT) -> str:
        return run(["kdig", f"@{server}", "+short", "+norec", "TXT", f"{selector}._domainkey.rot.test"]).stdout.decode()

    def assert_no_wrong_signature(self):
        for selector in self.signing():
            self.assertIn("v=DKIM1", self.published(selector), f"{selector} signs without a record")


class Nsupdate(RotationTest):
    def test_the_life_of_two_keys(self):
        self.assertEqual(set(), self.signing())
        self.assertIn("publish s", self.rotate())
        first, = self.keys()
        self.assertIn("v=DKIM1", self.published(first))
        self.assertIn("ns2.rot.test does not show the record", self.rotate(wait=HOUR))  # it lags
        other = self.folder / "other"
        run([programs.paraph, "key", "generate", "--domain", "rot.test", "--selector", first, "--out-dir", str(other)])
        lie = run([programs.paraph, "key", "show", str(other / f"{first}.rot.test.pem"), "--format", "zone"]).stdout.decode()
        self.serve_second([lie.strip()])
        for _ in range(3):
            self.rotate(wait=HOUR)  # it lies
        self.serve_second([self.record(first)])
        self.rotate(wait=HOUR)  # the first time that all show it
        self.assertEqual(set(), self.signing())
        self.assertIn(f"activate {first}", self.rotate(wait=HOUR))
        self.assertEqual({first}, self.signing())
        self.rotate("rot.test", "--new-key")
        _, second = self.keys()
        self.serve_second([self.record(first), self.record(second)])
        self.rotate(wait=HOUR)
        self.assertEqual({first}, self.signing())
        self.assertIn(f"retire {first}", self.rotate(wait=HOUR))
        self.assertEqual({second}, self.signing())
        self.rotate(wait=7 * DAY)
        self.assertIn("v=DKIM1", self.published(first))  # mail may be on its way
        self.assertIn(f"withdraw {first}", self.rotate(wait=2 * DAY))
        self.assertEqual(("", {second}), (self.published(first), self.signing()))
        self.assertIn("v=DKIM1", self.published(second))
        self.paraphd.crash()
        self.paraphd.start()  # with what is on the disk
        self.assertEqual({second}, self.signing())

    def test_a_record_that_vanishes(self):
        self.become_active()
        key, = self.keys()
        self.serve_second([])
        self.assertIn("silence", self.rotate(wait=HOUR, expected=ALARM))
        self.assertEqual(set(), self.signing())
        self.rotate(wait=HOUR, expected=ALARM)
        self.serve_second([self.record(key)])
        self.rotate(wait=HOUR, expected=ALARM)
        self.rotate(wait=HOUR)
        self.assertEqual({key}, self.signing())

    def become_active(self):
        self.rotate()
        self.serve_second([self.record(self.keys()[0])])
        self.rotate(wait=HOUR)
        self.rotate(wait=HOUR)
        self.assertEqual(set(self.keys()), self.signing())

    def test_a_key_of_updates_that_the_server_does_not_know(self):
        tsig = self.folder / "tsig"
        good = tsig.read_text()
        tsig.write_text(good.replace("c2Vj", "c3Vj"))
        self.assertIn("NOTAUTH", self.rotate(expected=AGAIN))
        tsig.write_text(good)
        tsig.chmod(0o644)
        self.assertIn("can be read by others", self.rotate(expected=AGAIN))
        tsig.chmod(0o600)
        self.rotate()
        self.assertIn("v=DKIM1", self.published(self.keys()[0]))

    def test_a_daemon_that_does_not_answer(self):
        self.rotate()
        self.serve_second([self.record(self.keys()[0])])
        self.rotate(wait=HOUR)
        self.paraphd.stop()
        self.assertIn("cannot be told what to sign with", self.rotate(wait=HOUR, expected=AGAIN))
        self.paraphd.start()
        self.rotate()
        self.assertEqual(set(self.keys()), self.signing())

    def test_a_key_is_retired_by_hand(self):
        self.become_active()
        first, = self.keys()
        retire = [programs.paraph, "key", "retire", "rot.test", first, "-c", str(self.paraphd.config)]
        told = run(retire, check=False)
        self.assertEqual(64, told.returncode)
        self.assertIn("no other key of rot.test signs", told.stderr.decode())
        self.assertEqual(64, run([*retire[:4], "", *retire[5:]], check=False).returncode)  # a variable that is not set
        self.assertEqual({first}, self.signing())
        self.passed += HOUR
        run(["unshare", "--time", "--boottime", str(self.passed), *retire, "--leave-none"])
        self.assertEqual(set(), self.signing())
        listed = json.loads(run([programs.paraph, "key", "list", "-c", str(self.paraphd.config), "--json"]).stdout)
        self.assertEqual(["withdraw"], [key["next"]["step"] for key in listed])
        self.rotate(wait=7 * DAY)
        self.assertIn("v=DKIM1", self.published(first))
        self.rotate(wait=2 * DAY)
        self.assertEqual("", self.published(first))

    def test_a_plan_with_dates_changes_nothing(self):
        plan = self.rotate("--dry-run", "--now", "2031-01-31")
        self.assertRegex(plan, r"rot\.test\t2031-01-31 00:00\tgenerate\ts20310131\t")
        self.assertRegex(plan, r"rot\.test\t2031-01-31 00:05\tactivate\ts20310131\t")
        self.assertRegex(plan, r"rot\.test\t2031-07-30 00:00\tgenerate\ts20310730\t")
        self.assertFalse((self.folder / "rotation").exists())

    def test_a_private_key_that_lies_about_is_not_used(self):
        selector = re.search(r"\tgenerate\t(\S+)", self.rotate("--dry-run"))[1]
        run([programs.paraph, "key", "generate", "--domain", "rot.test", "--selector", selector, "--out-dir",
             str(self.folder / "rotation")])
        file = self.folder / "rotation" / f"{selector}.rot.test.pem"
        before = file.read_bytes()
        self.rotate()
        self.assertEqual([selector], self.keys())
        self.assertNotEqual(before, file.read_bytes())

    def test_a_domain_that_is_named_twice(self):
        once, twice = (self.rotate("--dry-run", *names) for names in (["rot.test"], ["rot.test", "ROT.test"]))
        self.assertIn("\tgenerate\t", once)
        self.assertEqual(once.count("\n"), twice.count("\n"))

    def test_two_runs_at_once(self):
        self.rotate()
        lock = ["flock", str(self.folder / "rotation" / "lock")]
        told = run([*lock, programs.paraph, "key", "rotate", "-c", str(self.paraphd.config)], check=False)
        self.assertEqual(AGAIN, told.returncode)
        self.assertIn("another run is changing keys", told.stderr.decode())

    def test_who_waits_for_servers_holds_up_no_run(self):
        self.rotate()
        key, = self.keys()
        publish = [programs.paraph, "key", "publish", "rot.test", key, "--wait", "600", "-c", str(self.paraphd.config)]
        waiting = subprocess.Popen(publish, stdout=subprocess.PIPE, text=True)
        self.addCleanup(waiting.communicate)
        self.addCleanup(waiting.kill)
        self.assertEqual(f"Published the record {key}._domainkey.rot.test.\n", waiting.stdout.readline())
        self.assertIn("ns2.rot.test does not show the record", self.rotate())  # it does its work meanwhile
        self.assertIsNone(waiting.poll())
        self.serve_second([self.record(key)])
        told = waiting.stdout.read()
        self.assertEqual((0, 2), (waiting.wait(), told.count("shows the record")), told)


class Both(RotationTest):
    """Keys of both types; the old private ones become public."""

    servers = BOTH[:1]

    @property
    def publish(self) -> dict:
        self.public = self.folder / "public"
        self.public.mkdir(exist_ok=True)
        return {"type": "both", "publish_retired_key": str(self.public)}

    def test_old_keys_become_public_when_nobody_finds_their_records(self):
        self.rotate()
        old = set(self.keys())
        for _ in range(2):
            self.rotate(wait=HOUR)
        self.assertEqual((2, old), (len(old), self.signing()))
        self.rotate("rot.test", "--new-key")
        for wait in (HOUR, HOUR, 9 * DAY, HOUR):
            self.rotate(wait=wait)
        self.assertEqual((set(self.keys()) - old, 4), (self.signing(), len(self.keys())))
        self.assertEqual(["", ""], [self.published(selector) for selector in old])
        self.rotate(wait=6 * DAY)
        self.assertEqual([], list(self.public.iterdir()))
        self.rotate(wait=2 * DAY)
        names = {f"{selector}._domainkey.rot.test.pem" for selector in old}
        self.assertEqual(names, {path.name for path in self.public.iterdir()})
        self.assertEqual({0o644}, {path.stat().st_mode & 0o777 for path in self.public.iterdir()})
        self.assertEqual(set(self.keys()) - old,
                         {path.name.split(".")[0] for path in (self.folder / "rotation").glob("*.pem")})
        self.a_record_that_comes_back(sorted(old)[0])

    def a_record_that_comes_back(self, selector: str):
        publish = [programs.paraph, "key", "publish", "rot.test", selector, "--key",
                   str(self.public / f"{selector}._domainkey.rot.test.pem"), "-c"]
        told = run([*publish, str(self.paraphd.config)], check=False)
        self.assertEqual((64, True), (told.returncode, b"withdrawn its record for good" in told.stderr), told)
        other = self.folder / "other.yaml"
        other.write_text(self.paraphd.config.read_text().replace(str(self.folder / "rotation"), str(self.folder / "no")))
        run([*publish, str(other)])
        self.assertIn("v=DKIM1", self.published(selector))
        self.assertIn(f"withdraw {selector}", self.rotate(wait=HOUR, expected=ALARM))
        self.assertEqual("", self.published(selector))
        self.rotate(wait=HOUR)


class FirstKey(RotationTest):
    """A domain that had a key before, published by hand."""

    servers = BOTH[:1]

    def domains(self) -> dict:
        run([programs.paraph, "key", "generate", "--domain", "rot.test", "--selector", "old", "--out-dir", str(self.folder)])
        self.old = self.folder / "old.rot.test.pem"
        record = run([programs.paraph, "key", "show", str(self.old), "--format", "zone"]).stdout.decode().strip()
        self.knot.serve([AuthorityZone("rot.test", self.servers, [record])])
        return {"rot.test": {"rotate": True, "keys": [{"selector": "old", "file": str(self.old)}]}}

    def test_it_is_followed_by_the_next(self):
        self.rotate()
        self.assertEqual((["old"], {"old"}), (self.keys(), self.signing()))
        self.rotate("rot.test", "--new-key")
        for _ in range(2):
            self.rotate(wait=HOUR)
        self.assertEqual({self.keys()[-1]}, self.signing())
        self.rotate(wait=9 * DAY)
        self.assertEqual("", self.published("old"))
        run([programs.paraph, "check-config", "-c", str(self.paraphd.config)])
        listed = json.loads(run([programs.paraph, "key", "check", "-c", str(self.paraphd.config), "--json"]).stdout)
        self.assertEqual([self.keys()[-1]], [key["selector"] for key in listed["keys"]])  # of a retired one nothing is wrong


class Hook(RotationTest):
    servers = BOTH[:1]

    @property
    def publish(self) -> dict:
        self.hook = self.folder / "hook"
        self.write_hook("exit 7")
        return {"publish": "hook", "hook": [str(self.hook), "%", "$(id)"], "program_time": "5s", "ttl": 60}

    def write_hook(self, text: str) -> None:
        self.hook.write_text(f"#!/bin/sh\n{text}\n")
        self.hook.chmod(0o700)

    def test_it_publishes_and_withdraws(self):
        self.assertIn("hook exited with 7", self.rotate(expected=AGAIN))
        self.write_hook("sleep 300")
        self.assertIn("did not end in time", self.rotate(expected=AGAIN))
        out = self.folder / "told"
        self.write_hook(f'env | grep PARAPH | sort > {out}; echo "$1 $2" >> {out}')
        self.rotate()
        key, = self.keys()
        told = out.read_text().splitlines()
        value = run([programs.paraph, "key", "show", str(self.folder / "rotation" / f"{key}.rot.test.pem"), "--format",
                     "value"]).stdout.decode().strip()
        self.assertEqual(["PARAPH_ACTION=publish", "PARAPH_DOMAIN=rot.test", f"PARAPH_NAME={key}._domainkey.rot.test",
                          "PARAPH_REPLACE=no", f"PARAPH_SELECTOR={key}", "PARAPH_TTL=60", f"PARAPH_VALUE={value}", "rot.test $(id)"], told)
        self.rotate(wait=8 * DAY)  # never shown: it is given up
        self.assertIn("PARAPH_ACTION=withdraw", out.read_text())


class ZoneFile(RotationTest):
    """NSD is the only server; its zone includes the file."""

    servers = BOTH[1:]

    @property
    def publish(self) -> dict:
        self.snippet = self.folder / "rot.test.dkim"
        self.snippet.write_text("")
        self.load = self.folder / "load"
        zone, pid = self.nsd.folder / "rot.test.zone", self.nsd.folder / "nsd.pid"
        self.load.write_text(f"#!/bin/sh\ntouch {zone} && kill -HUP $(cat {pid})\n")
        self.load.chmod(0o700)
        self.serve_second([f"$INCLUDE {self.snippet}"])
        return {"publish": "zone_file", "zone_file": str(self.folder / "%.dkim"), "zone_command": [str(self.load)]}

    def setUp(self):
        super().setUp()
        self.unbound.stop()
        self.unbound = AskingUnbound(self.folder, {"rot.test": NSD})
        self.addCleanup(self.unbound.stop)

    def rotate(self, *more: str, **how) -> str:
        return super().rotate("--nameserver", self.unbound.address, *more, **how)

    def test_records_come_and_go(self):
        self.rotate()
        first, = self.keys()
        self.assertEqual(1, self.snippet.read_text().count("IN TXT"))
        self.rotate(wait=HOUR)
        self.assertIn(f"activate {first}", self.rotate(wait=HOUR))
        self.assertEqual({first}, self.signing())
        self.rotate("rot.test", "--new-key")
        self.assertEqual(2, self.snippet.read_text().count("IN TXT"))
        for wait in (HOUR, HOUR, 9 * DAY):
            self.rotate(wait=wait)
        self.assertNotIn(first + "._domainkey", self.snippet.read_text())
        self.assertEqual({self.keys()[-1]}, self.signing())


class Guide(unittest.TestCase):
    """What docs/guide/rotation.md has people write is a configuration, with what it says elsewhere."""

    HOOK = "  hook: [/bin/true]\n"

    def complete(self, block: str) -> str:
        if block.startswith("domains:"):
            return "rotation:\n  publish: hook\n" + self.HOOK + block
        more = "" if "publish: " in block else "  publish: hook\n" + self.HOOK
        return block.replace("rotation:\n", "rotation:\n" + more, 1) + ("" if "domains:" in block else
                                                                     "domains: {example.org: {rotate: true}}\n")

    def test_its_settings(self):
        text = (Path(__file__).parents[2] / "docs" / "guide" / "rotation.md").read_text()
        blocks = [re.sub(r"^    ", "", block, flags=re.MULTILINE)
                  for block in re.findall(r"(?:^    .*\n)+", text, re.MULTILINE)]
        settings = [block for block in blocks if block.startswith(("rotation:", "domains:"))]
        self.assertEqual(4, len(settings))
        with tempfile.TemporaryDirectory() as folder:
            run([programs.paraph, "key", "generate", "--domain", "example.org", "--selector", "s2026", "--out-dir",
                 str(Path(folder) / "keys")])
            for block in settings:
                with self.subTest(block=block):
                    config = Path(folder) / "paraph.yaml"
                    config.write_text(self.complete(block))
                    told = run([programs.paraph, "check-config", "-c", str(config)], check=False)
                    self.assertEqual((0, True), (told.returncode, b" 0 errors" in told.stdout), told)


if __name__ == "__main__":
    unittest.main()
