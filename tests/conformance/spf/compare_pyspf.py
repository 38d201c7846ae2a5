#!/usr/bin/python3
"""Random zones, judged by pyspf, for conformance_spf to agree with.

    compare_pyspf.py PROGRAM [ZONES [SEED]]

Writes a suite in the format of the public ones, with pyspf's results as the expected ones, and runs PROGRAM on it.
The seed is printed; it makes a run repeatable.

The generator stays where RFC 7208 leaves no choice, and clear of what pyspf does in its own way:
  - it looks up the addresses of all hosts of an mx term before it compares the first one, and so counts other void
    lookups: all mail hosts have addresses;
  - a failing reverse lookup is a temperror for it, which RFC 7208 5.5 rules out: no such failures; and it counts reverse
    names without address as void lookups: all have one;
  - it counts a redirect as a term before it evaluates the mechanisms: zones near the limit of ten terms are dropped;
  - it joins the parts of %{o-} and the like with the delimiter, not with a dot (7.3): only l has delimiters;
  - it has no postmaster in %{s} for a sender without local-part (4.3), and no %% at the end of a text: neither occurs;
  - it refuses include of the record's own domain while parsing: records refer to later ones only.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

try:
    import spf
except ImportError:
    sys.exit("FAILED: no Python module spf; it comes with Debian's package python3-spf")

NAMES = [f"d{i}.example.org" for i in range(8)]
HOSTS = [f"h{i}.example.net" for i in range(5)]
MISSING = ["void1.example.com", "void2.example.com"]
FAILING = "slow.example.com"
CLIENTS = ["192.0.2.1", "192.0.2.2", "198.51.100.7", "2001:db8::1", "2001:db8::2", "::ffff:192.0.2.1"]
RESULTS = ["fail", "neutral", "none", "pass", "permerror", "softfail", "temperror"]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, percent):
        return self.random.randrange(100) < percent

    def pick(self, choices):
        return self.random.choice(choices)

    def address(self):
        return self.pick(["192.0.2.1", "192.0.2.2", "192.0.2.130", "198.51.100.7", "198.51.100.200", "203.0.113.5"])

    def address6(self):
        return self.pick(["2001:db8::1", "2001:db8::2", "2001:db8:1::1", "2001:db8:ffff::9"])

    def lengths(self):
        return self.pick(["", "", "", "/24", "/25", "/30", "//48", "/31//127", "/0"])

    def host(self):
        if self.chance(8):
            return FAILING
        if self.chance(15):
            return self.pick(MISSING)
        return self.pick(HOSTS)

    def target(self):
        if self.chance(15):
            return self.pick(["%{l}.users.example.net", "%{lr-}.users.example.net", "%{ir}.%{v}.list.example.net",
                              "%{h}", "%{d}", "%{o}", "%{d2}", "%{o1r}.example.net", "%{l1r-}.users.%{o2}"])
        return self.host()

    def mechanism(self, later):
        kind = self.random.randrange(12)
        if kind < 2:
            return "ip4:" + self.address() + self.pick(["", "/32", "/24", "/25", "/16"])
        if kind < 4:
            return "ip6:" + self.address6() + self.pick(["", "/128", "/48", "/47"])
        if kind < 6:
            return self.pick(["a", "A"]) + self.pick(["", ":" + self.target()]) + self.lengths()
        if kind == 6:
            return "mx" + self.pick(["", ":" + self.pick(later or NAMES)]) + self.lengths()
        if kind == 7:
            return "exists:" + self.target()
        if kind == 8 and self.chance(50):
            return "ptr" + self.pick(["", ":example.net", ":example.org", ":net.example"])
        if later:
            return "include:" + self.pick(later)
        return "ip4:" + self.address()

    def record(self, later):
        if self.chance(4):
            return self.pick(["v=spf1 moo -all", "v=spf1 a:museum", "v=spf1 ip4:1.2.3.4/33", "v=spf1 -all exp=",
                              "v=spf10 -all", "v=spf1 -all redirect=%{c}.org", "hello", "v=spf1 a:%{x}.org",
                              "v=spf1\tall", "v=spf1 ip6:2001:db8::1/129 +all", "v=spf1 all:x", "v=spf1 ptr/24"])
        terms = [self.pick(["", "", "+", "-", "~", "?"]) + self.mechanism(later)
                 for _ in range(self.random.randrange(4))]
        if self.chance(60):
            terms.append(self.pick(["-all", "-all", "~all", "?all", "+all"]))
        elif later and self.chance(60):
            terms.append("redirect=" + self.pick(later))
        if self.chance(30):
            terms.append("exp=" + self.pick(["exp.example.net", "%{d1}.exp.example.net", "void1.example.com", FAILING]))
        if self.chance(10):
            terms.append("unknown=%{d}/x")
        text = self.pick(["v=spf1 ", "V=SPF1 ", "v=spf1  "]) + self.pick([" ", " ", "  "]).join(terms)
        return [text[:9], text[9:]] if self.chance(10) else text

    def zone(self):
        zone = {FAILING: ["TIMEOUT"]}
        for i, name in enumerate(NAMES):
            records = [{"SPF": self.record(NAMES[i + 1:])}]
            if self.chance(3):
                records.append({"SPF": "v=spf1 +all"})
            if self.chance(20):
                records.append({"SPF": "some other text"})
            if self.chance(50):
                records += [{"A": self.address()} for _ in range(self.random.randrange(3))]
                records += [{"AAAA": self.address6()} for _ in range(self.random.randrange(3))]
            records += [{"MX": [self.random.randrange(30), host]}
                        for host in self.random.sample(HOSTS, self.random.randrange(4))]
            zone[name] = records
            if self.chance(4):
                del zone[name]
            elif self.chance(4):
                zone[name] = ["TIMEOUT"]
        for host in HOSTS:
            zone[host] = ([{"A": self.address()} for _ in range(self.random.randrange(1, 4))] +
                          [{"AAAA": self.address6()} for _ in range(self.random.randrange(1, 4))])
        zone["exp.example.net"] = [{"TXT": self.pick(["Go away.", "%{i} is not %{d}", "%{L} at %{O} %{h} %{c}", "%{x}", "a%_b%%c"])}]
        zone["org.exp.example.net"] = [{"TXT": "one"}] + ([{"TXT": "two"}] if self.chance(30) else [])
        for name in ["ann.users.example.net", "b.a.users.example.net", "1.2.0.192.in-addr.list.example.net"]:
            if self.chance(60):
                zone[name] = [{"A": "127.0.0.2"}]
        for reverse in ["1.2.0.192.in-addr.arpa", "7.100.51.198.in-addr.arpa",
                        "1." + "0." * 23 + "8.b.d.0.1.0.0.2.ip6.arpa"]:
            zone[reverse] = [{"PTR": host} for host in self.random.sample(HOSTS, self.random.randrange(1, 4))]
        return zone

    def message(self):
        sender = self.pick(["ann@", "a-b@", "@", "odd+tag=x@"]) + NAMES[self.random.randrange(3)]
        return {"host": self.pick(CLIENTS), "helo": self.pick(HOSTS + NAMES[:1]),
                "mailfrom": "" if self.chance(10) else sender}


class Table:
    """The zone as pyspf's resolver; generated TXT records as in the driver of the public suites."""

    def __init__(self, zone):
        self.names = {name.lower(): list(self.rows(records)) for name, records in zone.items()}

    @staticmethod
    def rows(records):
        for record in records:
            if record == "TIMEOUT":
                yield record
                continue
            for kind, value in record.items():
                if kind in ("TXT", "SPF"):
                    value = [value] if isinstance(value, str) else value
                    yield "TXT", tuple(piece.encode() for piece in value)
                elif kind == "MX":
                    yield kind, tuple(value)
                elif kind == "AAAA":
                    yield kind, spf.socket.inet_pton(spf.socket.AF_INET6, value)
                else:
                    yield kind, value

    def lookup(self, name, kind, strict=True, timeout=None, level=0):
        for row in self.names.get(name.lower(), []):
            if row == "TIMEOUT":
                raise spf.TempError("DNS timeout")
            if row[0] == kind:
                yield (name, kind), row[1]


def judge(zone, message):
    """pyspf's result and explanation; None where the count of terms comes too near to the limit."""
    spf.DNSLookup = Table(zone).lookup
    query = spf.query(i=message["host"], s=message["mailfrom"], h=message["helo"], strict=True)
    query.set_default_explanation("DEFAULT")
    result, _, explanation = query.check()
    if query.lookups > 8:
        return None
    verdict = {"result": result}
    if result == "fail":
        verdict["explanation"] = explanation
    return verdict


def scenarios(zones, seed):
    generator = Generator(seed)
    for number in range(zones):
        zone = generator.zone()
        tests = {}
        for case in range(6):
            message = generator.message()
            verdict = judge(zone, message)
            if verdict:
                tests[f"zone{number}-{case}"] = {**message, **verdict}
        yield {"description": f"random zone {number} of seed {seed}", "tests": tests, "zonedata": zone}


def main():
    program = sys.argv[1]
    zones = int(sys.argv[2]) if len(sys.argv) > 2 else 400
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
    print(f"{zones} zones of seed {seed}", flush=True)
    counts = dict.fromkeys(RESULTS, 0)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "pyspf.yml")
        with open(path, "w", encoding="ascii") as suite:
            for scenario in scenarios(zones, seed):
                suite.write("---\n" + json.dumps(scenario) + "\n")
                for test in scenario["tests"].values():
                    counts[test["result"]] += 1
        print("pyspf says:", ", ".join(f"{result} {count}" for result, count in counts.items()), flush=True)
        if min(counts.values()) == 0:
            sys.exit("FAILED: the zones do not give every result")
        sys.exit(subprocess.run([program, path], check=False).returncode)


main()
