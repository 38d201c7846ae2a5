"""Random SPF zones and envelopes: every mechanism, modifier and macro, includes and redirects near the limits, names without
answers, names whose servers are silent, odd syntax, odd senders."""

from choices import Choices

NAMES = [f"d{i}.example.org" for i in range(8)]
CHAIN = [f"c{i}.example.org" for i in range(12)]  # each refers to the next: the limit of ten terms
HOSTS = [f"h{i}.example.net" for i in range(5)]
VOIDS = ["void1.example.com", "void2.example.com", "empty.example.com"]
SILENT = "slow.example.com"
CLIENTS = ["192.0.2.1", "192.0.2.2", "198.51.100.7", "2001:db8::1", "2001:db8::2", "::ffff:192.0.2.1"]
REVERSE = {"192.0.2.1": "1.2.0.192.in-addr.arpa", "198.51.100.7": "7.100.51.198.in-addr.arpa",
           "2001:db8::1": "1." + "0." * 23 + "8.b.d.0.1.0.0.2.ip6.arpa"}
LITERALS = ["x", "a-b", "_spf", "%%", "%_", "%-", "!", "="]
LETTERS = "slodivhpSLODIVHcrtCRT"
BROKEN = ["v=spf1 moo -all", "v=spf1 a:museum", "v=spf1 ip4:1.2.3.4/33", "v=spf1 -all exp=", "v=spf10 -all",
          "v=spf1 -all redirect=%{c}.org", "hello", "v=spf1 a:%{x}.org", "v=spf1\tall", "v=spf1 ip6:2001:db8::1/129 +all",
          "v=spf1 all:x", "v=spf1 ptr/24", "v=spf1 ip4:192.0.2.01 +all", "v=spf1 ip4:192.0.2.1/032 +all", "v=spf1 a/+24 ?all",
          "v=spf1 ip4:192.0.2.1//32 +all", "v=spf1 a:h0.example.net/24//64/ +all", "v=spf1 redirect=a.b redirect=c.d",
          "v=spf1 exp=a.b exp=c.d -all", "v=spf1 include: +all", "v=spf1 include +all", "v=spf1 exists +all", "v=spf1 +",
          "v=spf1 --all", "v=spf1 ++all", "v=spf1 a:%{d +all", "v=spf1 a:%d +all", "v=spf1 a:x%.example.org +all", "v=spf1 a: +all",
          "v=spf1 mx:/24 +all", "v=spf1 1x=y +all", "v=spf1 x=%{q} +all", "v=spf1 x.y_z-1=%{d} +all", "v=spf1 =y +all",
          "v=spf1 include:d3.example.org/24 +all", "v=spf1 a:h0.example.net. +all", "v=spf1 a:h0.example.n3t +all",
          "v=spf1 a:h0.example.123 +all", "v=spf1 a:h0.example.-net +all", "v=spf1 a:.example.net +all", "v=spf1 ip4:192.0.2.1.2 +all",
          "v=spf1 ip4: +all", "v=spf1 ip4 +all", "v=spf1 ip6:192.0.2.1 +all", "v=spf1 ip6:::ffff:192.0.2.1 +all",
          "v=spf1 ip6:::1%eth0 +all", "v=spf1 ip6:2001:DB8::1 -all", "v=spf1 ip6:2001:db8:0:0:0:0:0:1/128 -all",
          "v=spf1 ip4:192.0.2.1/ +all", "v=spf1 a/ +all", "v=spf1 a// +all", "v=spf1 mx/33 +all", "v=spf1 a//129 +all",
          "v=spf1 a:%{d0}.org +all", "v=spf1 a:%{d999}.x.org ?all", "v=spf1 a:%{d2r}.org/24 +all", "v=spf1 a:%{D2}.org -all",
          "v=spf1 a:%{dr2}.org +all", "v=spf1 redirect=d3.example.org/24", "v=spf1 all=x ?all", "v=spf1 a=x ~all",
          "v=spf1 all.x +all", "v=spf1 REDIRECT=d5.example.org", "v=spf1 ALL", "V=SPF1 -ALL", "v=spf1", "v=spf1 ", " v=spf1 +all",
          "v=spf1  +all ", "v=spf1 ip4:192.0.2.1 ,+all", "v=spf1 caf\u00e9 +all", "v=spf1 exp=caf\u00e9.org -all", "v=spf1 x=\u00fc +all",
          "spf2.0/mfrom +all", "v=spf1;+all", "v=spf1 a:" + "x" * 64 + ".example.net ?all", "v=spf1 a:%{l}." + "y." * 120 + "example.net ~all",
          "v=spf1 exists:%{l}%{o}%{d}%{i}%{v}%{h}.example.net -all", "v=spf1 a:a..example.net ~all", "v=spf1 +all redirect=%{x}"]
EXPLANATIONS = ["Go away.", "%{i} is not %{d}", "%{L} at %{O} %{h} %{c}", "%{x}", "a%_b%%c", "%{r} %{C} %{S}", "%", "", "%{p}",
                "caf\u00e9", "%-%-", "%{d2} %{dr-} %{o1r}", "%{ir} %{v} %{l-}", "%{H}", "a  b", "100%", "%{d", "x" * 300]
LOCAL_PARTS = ["ann", "a-b", "", "odd+tag=x", "ann.b-c", "\"a b\"", "a/b", "A.B", "x_y", "ann%x", "a..b", "-", "\"a@b\"", "\u00e4nn"]
HELOS = HOSTS + NAMES[:2] + ["localhost", "[192.0.2.1]", "mx-1.example.org", "a..example.org", ".example.org", "example.org.",
                             "x" * 64 + ".example.org", "h_1.example.net", "H0.EXAMPLE.NET", "d0.example.123", "mx 1.example.org",
                             "192.0.2.1"]
SENDERS = NAMES[:3] + NAMES[:3] + CHAIN[:4] + ["void1.example.com", "localhost", "D0.EXAMPLE.ORG", "d0.example.org.",
                                              "x" * 64 + ".example.org", "a..example.org", "[192.0.2.1]", "slow.example.com",
                                              "d_1.example.org", "-.example.org"]


class Generator(Choices):
    def address(self):
        return self.pick(["192.0.2.1", "192.0.2.2", "192.0.2.130", "198.51.100.7", "198.51.100.200", "203.0.113.5"])

    def address6(self):
        return self.pick(["2001:db8::1", "2001:db8::2", "2001:db8:1::1", "2001:db8:ffff::9"])

    def lengths(self):
        return self.pick(["", "", "", "/24", "/25", "/30", "//48", "/31//127", "/0", "//0", "/32//128"])

    def host(self):
        if self.chance(6):
            return SILENT
        if self.chance(15):
            return self.pick(VOIDS)
        name = self.pick(HOSTS)
        return self.pick([name, name, name + ".", name.upper()]) if self.chance(20) else name

    def macro(self):
        letter = self.pick(LETTERS if self.chance(15) else "slodivhSLODIVH" if self.chance(30) else "lodivh")
        letter = "p" if self.chance(4) else letter
        digits = self.pick(["", "", "", "1", "2", "3", "9", "128"])
        return "%{" + letter + digits + self.pick(["", "", "r"]) + self.pick(["", "", "", ".", "-", "+", ".-", "=/_,", "-."]) + "}"

    def target(self):
        if self.chance(15):
            return self.pick(["%{l}.users.example.net", "%{lr-}.users.example.net", "%{ir}.%{v}.list.example.net",
                              "%{h}", "%{d}", "%{o}", "%{d2}", "%{o1r}.example.net", "%{l1r-}.users.%{o2}"])
        if self.chance(12):
            parts = [self.macro() if self.chance(60) else self.pick(LITERALS) for _ in range(self.random.randrange(1, 4))]
            return self.pick(["", "", "."]).join(parts) + self.pick([".example.net", ".example.org", ".d1.example.org", "", ".net."])
        return self.host()

    def mechanism(self, later):
        kind = self.random.randrange(12)
        if kind < 2:
            return "ip4:" + self.address() + self.pick(["", "/32", "/24", "/25", "/16", "/0"])
        if kind < 4:
            return "ip6:" + self.address6() + self.pick(["", "/128", "/48", "/47", "/0"])
        if kind < 6:
            return self.pick(["a", "A"]) + self.pick(["", ":" + self.target()]) + self.lengths()
        if kind == 6:
            return "mx" + self.pick(["", ":" + self.pick(later or NAMES), ":" + self.target()]) + self.lengths()
        if kind == 7:
            return "exists:" + self.target()
        if kind == 8 and self.chance(50):
            return "ptr" + self.pick(["", ":example.net", ":example.org", ":net.example", ":%{d2}", ":h0.example.net"])
        return "include:" + (self.pick(later) if later else self.target())

    def modifiers(self, later):
        texts = []
        if self.chance(30):
            texts.append("exp=" + self.pick(["exp.example.net", "exp.example.net", "%{d1}.exp.example.net", "void1.example.com",
                                             SILENT, self.target()]))
        if self.chance(10):
            texts.append(self.pick(["unknown=%{d}/x", "x=", "moo.2_-=%{s}", "x=%{c}", "redirect=" + self.pick(later or NAMES)]))
        return texts

    def record(self, later):
        if self.chance(12):
            return self.pick(BROKEN)
        terms = [self.pick(["", "", "+", "-", "~", "?"]) + self.mechanism(later) for _ in range(self.random.randrange(4))]
        if self.chance(60):
            terms.append(self.pick(["-all", "-all", "~all", "?all", "+all"]))
        elif later and self.chance(60):
            terms.append("redirect=" + self.pick(later))
        terms += self.modifiers(later)
        if self.chance(10):
            self.random.shuffle(terms)
        return self.pick(["v=spf1 ", "V=SPF1 ", "v=spf1  "]) + self.pick([" ", " ", "  "]).join(terms) + self.pick(["", "", "", " "])

    def texts(self, record):
        """One TXT record as its strings."""
        if self.chance(10) and len(record) > 12:
            at = self.random.randrange(1, len(record))
            return [record[:at], record[at:]]
        return [record]

    def addresses(self, least):
        return {"A": [self.address() for _ in range(self.random.randrange(least, 4))],
                "AAAA": [self.address6() for _ in range(self.random.randrange(least, 4))]}

    def domain(self, later):
        if self.chance(4):
            return {"TIMEOUT": True}
        entry = {"TXT": [self.texts(self.record(later))]}
        if self.chance(3):
            entry["TXT"].append(["v=spf1 +all"])
        if self.chance(20):
            entry["TXT"].insert(self.random.randrange(2), ["some other text"])
        if self.chance(50):
            entry.update(self.addresses(0))
        many = self.chance(3)
        names = [f"many{i}.example.net" for i in range(self.random.randrange(9, 13))] if many else \
            self.random.sample(HOSTS + VOIDS[:2] + [SILENT], self.random.randrange(4)) if self.chance(25) else \
            self.random.sample(HOSTS, self.random.randrange(4))
        entry["MX"] = [[self.random.randrange(30), host] for host in names]
        return entry

    def chain(self, zone):
        """Domains that refer to the next one, so that ten terms are reached sooner or later."""
        for i, name in enumerate(CHAIN):
            terms = [self.pick(["", "a:h0.example.net", "?include:d7.example.org", "~mx", "exists:h1.example.net",
                                "a:void1.example.com"]) for _ in range(self.random.randrange(3))]
            if i + 1 < len(CHAIN):
                terms.append(self.pick(["include:", "include:", "redirect="]) + CHAIN[i + 1])
            zone[name] = {"TXT": [["v=spf1 " + " ".join(terms) + self.pick([" -all", " ~all", ""])]]}

    def reverse(self, zone):
        for name in REVERSE.values():
            if self.chance(10):
                zone[name] = self.pick([{"TIMEOUT": True}, {}])
            else:
                many = [f"p{i}.example.com" for i in range(11)] if self.chance(10) else []
                hosts = self.random.sample(HOSTS + NAMES[:2] + [VOIDS[0], SILENT], self.random.randrange(1, 4))
                zone[name] = {"PTR": many + (hosts if self.chance(30) else self.random.sample(HOSTS, self.random.randrange(1, 4)))}

    def zone(self):
        zone = {SILENT: {"TIMEOUT": True}, "empty.example.com": {}, "example.org": {}, "example.net": {}, "example.com": {}}
        for i, name in enumerate(NAMES):
            if not self.chance(4):
                zone[name] = self.domain(NAMES[i + 1:] + ([name] if self.chance(2) else []))
        for host in HOSTS:
            zone[host] = self.addresses(1)
        self.chain(zone)
        self.reverse(zone)
        zone["exp.example.net"] = {"TXT": [self.texts(self.pick(EXPLANATIONS))]}
        zone["org.exp.example.net"] = {"TXT": [["one"]] + ([["two"]] if self.chance(30) else [])}
        for name in ["ann.users.example.net", "b.a.users.example.net", "1.2.0.192.in-addr.list.example.net"]:
            if self.chance(60):
                zone[name] = {"A": ["127.0.0.2"]}
        return zone

    def case(self):
        sender = self.pick(LOCAL_PARTS if self.chance(30) else ["ann", "a-b"]) + "@" + \
            (self.pick(SENDERS) if self.chance(40) else self.pick(NAMES[:3]))
        return {"ip": self.pick(CLIENTS), "helo": self.pick(HELOS) if self.chance(40) else self.pick(HOSTS + NAMES[:1]),
                "mailfrom": "" if self.chance(12) else sender}
