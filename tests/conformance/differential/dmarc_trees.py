"""Random trees of DMARC records, and the identifiers of messages in them."""

from choices import Choices

SUFFIXES = ["com", "co.example", "example"]  # of those in the list
POLICIES = ["none", "quarantine", "reject"]
ODD = ["v=DMARC1", "v=DMARC1;", "v=DMARC1; p=none; p=reject", "v=DMARC1; p=reject; sp=nothing", "v=DMARC1; p=reject; sp=none; sp=reject",
       "v=DMARC1; p=", "v=DMARC1; sp=reject", "v=dmarc1; p=reject", "V=DMARC1; p=reject", "v = DMARC1 ; p = reject", "v=DMARC1 p=reject",
       "v=DMARC2; p=reject", "p=reject; v=DMARC1", " v=DMARC1; p=reject", "v=DMARC1;; p=reject;;", "v=DMARC1; p=reject; rua",
       "v=DMARC1; P=reject", "v=DMARC1; p=Reject; ADKIM=S", "v=DMARC1; p=reject; adkim=x; aspf=y", "v=DMARC1; p=bogus; rua=mailto:a@b.com",
       "v=DMARC1; p=bogus; rua=nothing", "v=DMARC1; rua=mailto:a@b.com", "v=DMARC1; p=reject; pct=0", "v=DMARC1; p=reject; fo=0:1:d:s; ri=3600",
       "v=DMARC1; p=reject; x-y=z; foo=bar", "v=DMARC1; p=reject; np=bogus", "v=DMARC1; p=reject; sp=bogus; rua=mailto:a@b.com", "some text",
       "v=DMARC1; p=reject; t=maybe", "v=DMARC1; p=reject; psd=maybe", "v=DMARC1; p=reject; =x", "v=DMARC1;p=reject\\;sp=none",
       "v=DMARC1; p=reject; rua=mailto:a@b.com!10m,mailto:c@d.com", "v=DMARC12; p=reject", "v=DMARC1; p=reject; adkim=s; adkim=s"]


class Generator(Choices):
    """With `plain` the trees keep to what RFC 7489 and RFC 9989 have in common."""

    def __init__(self, random, plain=False):
        super().__init__(random)
        self.plain = plain

    def name(self, suffix):
        depth = self.pick([1, 1, 2, 2, 2, 3, 3, 4, 6, 7, 8, 9]) if not self.plain else self.pick([1, 1, 2, 2, 3])
        return ".".join([self.pick("abc") for _ in range(depth - 1)] + [self.pick(["one", "two"]), suffix])

    def record(self):
        if self.chance(12):
            return self.pick(ODD)
        tags = ["p=" + self.pick(POLICIES)]
        if self.chance(40):
            tags.append("sp=" + self.pick(POLICIES))
        for tag in ("adkim", "aspf"):
            if self.chance(35):
                tags.append(f"{tag}={self.pick('rs')}")
        if self.chance(20):
            tags.append("rua=mailto:reports@one.com")
        if not self.plain:
            if self.chance(30):
                tags.append("np=" + self.pick(POLICIES))
            if self.chance(15):
                tags.append("t=" + self.pick("yn"))
            if self.chance(25):
                tags.append("psd=" + self.pick("ynu"))
        if self.chance(20):
            self.random.shuffle(tags)
        return "v=DMARC1;" + self.pick([" ", ""]) + self.pick(["; ", ";", " ; "]).join(tags) + self.pick(["", ";"])

    def place(self, zone, name):
        """Perhaps a record, perhaps something else, at _dmarc. of the name."""
        if self.chance(3) and not self.plain:
            zone["_dmarc." + name] = {"TIMEOUT": True}
        elif self.chance(40):
            texts = [[self.record()]]
            if self.chance(6):
                texts.append([self.pick([self.record(), "google-site-verification=x"])])
            zone["_dmarc." + name] = {"TXT": texts}

    def tree(self):
        """A zone, and the names in it."""
        suffix = self.pick(SUFFIXES)
        names = [self.name(suffix) for _ in range(4)]
        zone = {}
        for name in names + [suffix, "com"]:
            labels = name.split(".")
            for i in range(len(labels)):
                parent = ".".join(labels[i:])
                if "_dmarc." + parent not in zone and (not self.plain or parent not in SUFFIXES):
                    self.place(zone, parent)
                zone.setdefault(parent, {"A": ["192.0.2.1"]} if self.plain or self.chance(80) or i > 0 else {})
            if not self.plain and self.chance(25) and not any(other.endswith("." + name) for other in zone):
                zone.pop(name, None)
            elif not self.plain and self.chance(3):
                zone[name] = {"TIMEOUT": True}
        return zone, names

    def relative(self, name, names):
        labels = name.split(".")
        return self.pick([name, name, "x." + name, ".".join(labels[1:]) if len(labels) > 2 else name, ".".join(labels[-2:]), self.pick(names),
                          self.pick(names), "three.com"])

    def case(self, names):
        author = self.pick(names)
        case = {"author": author, "dkim": [self.relative(author, names) for _ in range(self.pick([0, 0, 1, 1, 2]))]}
        if self.chance(55):
            case["spf"] = self.relative(author, names)
        return case
