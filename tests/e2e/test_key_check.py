"""paraph key check against the authoritative servers of zones: Knot DNS, NSD, one that is behind, one that lies."""

import json
import re
import shutil
import socket
import tempfile
import time
import unittest
from pathlib import Path

from harness import programs
from harness.authorities import AskingUnbound, AuthorityZone, Knot, Nsd, can_listen
from harness.process import run

KNOT, NSD, SILENT, CLOSED = "127.83.1.1", "127.83.1.2", "127.83.1.3", "127.83.1.4"
BOTH = [("ns1", KNOT), ("ns2", NSD)]
GOOD, WRONG, OPEN = 0, 65, 75


def strings(text: str) -> str:
    return " ".join(f'"{text[at:at + 255]}"' for at in range(0, len(text), 255))


class KeyCheck(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="paraph-key-check-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.keys = {name: cls.make_key(name) for name in ("s1", "s2")}
        cls.knot, cls.nsd = Knot(cls.folder, [KNOT]), Nsd(cls.folder, [NSD, *(["::1"] if can_listen("::1") else [])])
        cls.addClassCleanup(cls.knot.stop)
        cls.addClassCleanup(cls.nsd.stop)
        silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        cls.addClassCleanup(silent.close)
        silent.bind((SILENT, 53))
        zones, others = cls.zones()
        cls.knot.serve(zones)
        cls.nsd.serve(others)
        cls.unbound = AskingUnbound(cls.folder, {zone.name: KNOT for zone in zones})
        cls.addClassCleanup(cls.unbound.stop)

    @classmethod
    def make_key(cls, selector: str) -> str:
        run([programs.paraph, "key", "generate", "--domain", "any.test", "--selector", selector, "--out-dir",
             str(cls.folder)])
        file = cls.folder / f"{selector}.any.test.pem"
        return run([programs.paraph, "key", "show", str(file), "--format", "value"]).stdout.decode().strip()

    @classmethod
    def zones(cls) -> tuple[list[AuthorityZone], list[AuthorityZone]]:
        """What Knot holds, and what NSD holds of it."""
        good, other = (f"s1._domainkey TXT {strings(cls.keys[one])}" for one in ("s1", "s2"))
        six = [("ns6", "::1")] if "::1" in cls.nsd.addresses else []
        zone = AuthorityZone
        knot = [
            zone("good.test", BOTH + six, [good]), zone("lag.test", BOTH, [good], serial=11),
            zone("liar.test", BOTH, [good]), zone("lame.test", BOTH, [good]),
            zone("silent.test", [("ns1", KNOT), ("ns3", SILENT)], [good]),
            zone("closed.test", [("ns1", KNOT), ("ns4", CLOSED)], [good]),
            zone("nameless.test", [("ns1", KNOT)], [good, "@ NS ns.nowhere.test."]),
            zone("nowhere.test", BOTH), zone("alias.test", BOTH, ["s1._domainkey CNAME s1._domainkey.good.test."]),
            zone("wild.test", BOTH, [f"*._domainkey TXT {strings(cls.keys['s2'])}"]),
            zone("selector.test", BOTH, [good.replace("s1.", "mail.")]), zone("old.test", BOTH, [other]),
            zone("unquoted.test", BOTH, [f"s1._domainkey TXT {cls.keys['s1']}"]),
            zone("cut.test", BOTH, [f"s1._domainkey TXT {strings(cls.keys['s1'][:255])}"]),
            zone("update.test", [("ns1", KNOT)], [other]), zone("new.test", [("ns1", KNOT)])]
        nsd = [one for one in knot if one.name not in ("lag.test", "liar.test", "lame.test", "new.test", "update.test")]
        return knot, nsd + [zone("lag.test", BOTH, serial=10), zone("liar.test", BOTH, [other])]

    def check(self, domain: str, expected: int, *more: str) -> str:
        config = self.folder / "none.yaml"
        config.write_text(f'dns: {{nameservers: ["{self.unbound.address}"], timeout: 500ms, attempts: 2}}\n')
        told = run([programs.paraph, "key", "check", domain, "s1", "--key", str(self.folder / "s1.any.test.pem"), "-c",
                    str(config), *more], check=False)
        out = told.stdout.decode()
        self.assertEqual(expected, told.returncode, out + told.stderr.decode())
        return out

    def test_all_servers_show_the_key(self):
        servers = 3 if "::1" in self.nsd.addresses else 2
        self.assertIn(f"good: the record publishes this key, at {servers} servers of good.test",
                      self.check("good.test", GOOD))
        found = json.loads(self.check("good.test", GOOD, "--json"))
        self.assertEqual((1, 0), (found["good"], found["wrong"]))
        self.assertEqual({"shown"}, {server["says"] for server in found["keys"][0]["servers"]})
        self.assertEqual({10}, {server["serial"] for server in found["keys"][0]["servers"]})

    def test_a_server_that_lags_behind(self):
        self.assertRegex(self.check("lag.test", WRONG),
                         r"wrong: ns2\.lag\.test \(127\.83\.1\.2\): there is no record \(NXDOMAIN\); its copy of the zone is "
                         r"old: serial 10, another server has 11")

    def test_a_server_that_lies(self):
        told = self.check("liar.test", WRONG)
        self.assertRegex(told, r"wrong: ns2\.liar\.test \(127\.83\.1\.2\): another key is published.*; its serial, 10, is "
                               r"that of the other servers")
        self.assertIn("the record is that of the key in " + str(self.folder / "s2.any.test.pem"), told)

    def test_servers_that_do_not_answer(self):
        for domain, said in (("lame.test", r"ns2\.lame\.test \(127\.83\.1\.2\): it is named as a server of the zone"),
                             ("silent.test", r"ns3\.silent\.test \(127\.83\.1\.3\): it gave no answer: no answer in time"),
                             ("closed.test", r"ns4\.closed\.test \(127\.83\.1\.4\): it gave no answer: Connection refused")):
            with self.subTest(domain):
                began = time.monotonic()
                self.assertRegex(self.check(domain, OPEN), "open: " + said)
                self.assertLess(time.monotonic() - began, 10)
        self.assertIn("note: the name server ns.nowhere.test has no address", self.check("nameless.test", GOOD))

    def test_what_is_wrong_with_the_record(self):
        for domain, said in (("wild.test", "the answer comes from a wildcard (*) of the zone"),
                             ("selector.test", "the record of this key is at mail._domainkey.selector.test instead"),
                             ("selector.test", "remember for 120 seconds that there is no record"),
                             ("old.test", "wrong: another key is published"), ("cut.test", "wrong: p= is cut off after"),
                             ("unquoted.test", "only what stands before the first semicolon is there")):
            with self.subTest(domain):
                self.assertIn(said, self.check(domain, WRONG))

    def test_an_alias_into_another_zone(self):
        told = self.check("alias.test", GOOD)
        self.assertIn("servers of good.test", told)
        self.assertIn("note: the name is an alias (CNAME) of s1._domainkey.good.test", told)

    def test_a_resolver_that_remembers_that_there_was_none(self):
        self.assertIn("there is no record (NXDOMAIN)", self.check("new.test", WRONG))
        self.check("new.test", WRONG, "--resolver-only")
        zones, _ = self.zones()
        zones[-1] = AuthorityZone("new.test", [("ns1", KNOT)], [f"s1._domainkey TXT {strings(self.keys['s1'])}"], 11)
        self.knot.serve(zones)
        self.assertRegex(self.check("new.test", OPEN), r"still remembers that there was no record, for \d+ seconds more")

    def test_a_key_that_nsupdate_publishes(self):
        """With another record in its place before, which the script takes away."""
        self.check("update.test", WRONG, "--resolver-only")
        file = self.folder / "s1.any.test.pem"
        script = run([programs.paraph, "key", "show", str(file), "--domain", "update.test", "--format", "nsupdate",
                      "--server", KNOT, "--zone", "update.test"]).stdout
        run(["knsupdate"], data=script)
        found = json.loads(self.check("update.test", OPEN, "--json"))["keys"][0]
        self.assertEqual(["shown"], [server["says"] for server in found["servers"]])
        self.assertIn("the resolver still has what was there before", found["findings"][0]["text"])

    def test_keys_of_opendkim_are_used_where_they_are(self):
        for domain, bits in (("one.test", 1024), ("two.test", 2048), ("three.test", 4096)):
            place = self.folder / "opendkim" / domain
            place.mkdir(parents=True)
            run(["opendkim-genkey", "-D", str(place), "-d", domain, "-s", "mail", "-b", str(bits)])
            shown = run([programs.paraph, "key", "show", str(place / "mail.private"), "mail", "--domain", domain,
                         "--format", "opendkim"]).stdout
            self.assertEqual((place / "mail.txt").read_bytes(), shown)
        config = self.folder / "imported.yaml"
        config.write_text("include: [opendkim.yaml]\n")
        none = self.folder / "nothing.yaml"
        none.write_text("")
        run([programs.paraph, "key", "import", str(self.folder / "opendkim"), "--write",
             str(self.folder / "opendkim.yaml"), "-c", str(none)])
        table = self.folder / "KeyTable"
        table.write_text("".join(f"{name} {name}:mail:{self.folder}/opendkim/{name}/mail.private\n"
                                 for name in ("one.test", "two.test", "three.test")))
        theirs = run(["opendkim-genzone", "-F", str(table)]).stdout.decode()
        ours = json.loads(run([programs.paraph, "key", "show", "-c", str(config), "--format", "json"]).stdout)
        self.assertEqual(["one.test", "three.test", "two.test"], [key["domain"] for key in ours])
        joined = re.sub(r'"\s+"', "", theirs)
        for key in ours:
            self.assertRegex(joined, re.escape(key["name"]) + r'\.\tIN\tTXT\t\( "v=DKIM1\\;k=rsa\\;' +
                             re.escape(key["value"].partition("; k=rsa; ")[2]) + '"')

    def test_all_keys_of_the_configuration(self):
        domains = ("good.test", "lag.test", "silent.test")
        config = self.folder / "all.yaml"
        config.write_text(json.dumps({
            "dns": {"nameservers": [self.unbound.address], "timeout": "500ms"},
            "domains": {name: {"keys": [{"selector": "s1", "file": "s1.any.test.pem"}]} for name in domains}}))
        told = run([programs.paraph, "key", "check", "-c", str(config)], check=False)
        self.assertEqual(WRONG, told.returncode)
        self.assertIn("3 keys: 1 good, 1 wrong, 1 open", told.stdout.decode())
        quiet = run([programs.paraph, "key", "check", "-q", "-c", str(config)], check=False).stdout.decode()
        self.assertNotIn("good.test", quiet)

    def test_the_time_is_bounded(self):
        began = time.monotonic()
        config = self.folder / "slow.yaml"
        config.write_text(f'dns: {{nameservers: ["{SILENT}"], timeout: 20s}}\n')
        told = run([programs.paraph, "key", "check", "good.test", "s1", "--key", str(self.folder / "s1.any.test.pem"), "-c",
                    str(config), "--max-time", "1"], check=False)
        self.assertEqual(OPEN, told.returncode)
        self.assertLess(time.monotonic() - began, 10)
