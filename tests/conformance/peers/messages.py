"""The messages, each with what its client says of it: drawn from one seed, so that every run judges the same ones."""

import dataclasses
import random

import dkim

import world

SEED = 9989
RECIPIENT = "bob@ours.test"


@dataclasses.dataclass
class Case:
    number: int
    family: str = ""  # of the author's domain, see world.FAMILIES
    place: str = ""  # of the author's domain in it: "", "sub." or "new."
    spf: str = ""  # what SPF says of a domain of the families: a key of world.CLIENTS
    client: str = ""
    helo: str = ""
    envelope: str = ""  # how MAIL FROM is related to the author: author, sub, org, bare, other, ... or null
    sender: str = ""
    signatures: tuple = ()  # see sign()
    oddity: str = ""  # of From
    is_list: bool = False
    message: bytes = b""

    @property
    def author(self):
        return self.place + world.domain(self.family)

    def summary(self):
        shown = {field.name: getattr(self, field.name) for field in dataclasses.fields(self) if field.name != "message"}
        return " ".join(f"{name}={value!r}" for name, value in shown.items() if value)


class Draw:
    """Draws by random() alone, which all versions of Python have alike."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def chance(self, percent):
        return self._random.random() * 100 < percent

    def pick(self, choices):
        choices = list(choices)
        return choices[int(self._random.random() * len(choices))]


ENVELOPES = {
    "author": "ann@{author}", "sub": "bounce@sub.{domain}", "org": "ann@{domain}", "bare": "ann@bare.{domain}",
    "other": "ann@other.test", "null": "", "bare-other": "ann@bare.test", "no-mail": "ann@no-mail.test", "syntax": "ann@syntax.test",
    "two-records": "ann@two-records.test", "loop": "ann@loop.test", "silent": "ann@silent-spf.test", "nowhere": "ann@nowhere.test",
}
HELOS = ["none.helo.test", "pass.helo.test", "fail.helo.test", "softfail.helo.test", "neutral.helo.test", "permerror.helo.test",
         "temperror.helo.test", "nowhere.helo.test", "[192.0.2.10]", "localhost", "not_a-host", "{author}"]
COMMON = ["missing", "none", "quarantine", "reject", "sp-reject", "strict", "strict", "customer"]
SIGNATURES = [(), ("author",), ("org",), ("sub",), ("other",), ("no-key",), ("revoked",), ("silent",), ("broken",),
              ("other", "author"), ("broken", "other"), ("author", "broken"), ("other", "broken")]
# By name: the lines of the header that stand where From does.
FROM = {
    "name": ['From: "Ann, of {author}" <ann@{author}>'],
    "name with an address": ['From: "ann@other.test" <ann@{author}>'],
    "comment": ["From: ann@{author} (ann@other.test)"],
    "upper case": ["From: Ann <ANN@{AUTHOR}>"],
    "folded": ["From: Ann\r\n\t<ann@{author}>"],
    "quoted local-part": ['From: <"ann@other.test"@{author}>'],
    "two addresses of a domain": ["From: ann@{author}, bob@{author}"],
    "two domains": ["From: ann@{author}, bob@other.test"],
    "two domains, author last": ["From: bob@other.test, ann@{author}"],
    "two fields": ["From: ann@{author}", "From: bob@{author}"],
    "two fields of two domains": ["From: bob@other.test", "From: ann@{author}"],
    "missing": [],
    "empty group": ["From: Nobody:;"],
    "no address": ["From: Ann"],
    "stray bracket": ["From: ann@{author}>"],
    "long": ["From: " + "a" * 2500 + "\r\n <ann@{author}>"],
    "no domain": ["From: <ann>"],
    "literal": ["From: ann@[192.0.2.10]"],
}


def make(count, key):
    draw = Draw(SEED)
    return [sign(compose(draw, Case(number)), key) for number in range(count)]


def compose(draw, case):
    case.family = draw.pick(COMMON if draw.chance(40) else world.FAMILIES)
    case.place = "" if draw.chance(60) and not case.family.startswith("np-") else draw.pick(["sub.", "new."])
    case.spf = "pass" if draw.chance(25) else draw.pick(world.CLIENTS)
    case.client = draw.pick(world.CLIENTS[case.spf])
    case.helo = draw.pick(HELOS[:2] if draw.chance(50) else HELOS).format(author=case.author)
    case.envelope = draw.pick(list(ENVELOPES)[:2] if draw.chance(30) else ENVELOPES)
    case.signatures = () if draw.chance(30) else draw.pick(SIGNATURES)
    if case.family == "customer" and draw.chance(50):
        case.signatures = ("suffix",)
    if case.family == "strict" and draw.chance(30):
        case.place, case.signatures = "", ("sub",)
    if draw.chance(12):
        case.is_list, case.signatures = True, draw.pick([("list",), ("list", "broken"), ("broken",)])
        case.envelope = "list"
    if draw.chance(20):
        case.oddity = draw.pick(FROM)
    case.sender = {**ENVELOPES, "list": "list-bounces@list.test"}[case.envelope].format(author=case.author, domain=world.domain(case.family))
    return case


def sign(case, key):
    """The message, with its signatures on top. A broken one is the author's, of another text."""
    lines = FROM[case.oddity] if case.oddity else ["From: Ann <ann@{author}>"]
    head = [line.replace("{author}", case.author).replace("{AUTHOR}", case.author.upper()) for line in lines]
    head += [f"To: {RECIPIENT}", "Subject: A test", "Date: Mon, 02 Mar 2026 10:11:12 +0000", f"Message-ID: <{case.number}@{case.author}>"]
    if case.is_list:
        head += ["List-Id: Tests <tests.list.test>", "List-Post: <mailto:tests@list.test>"]
    text = "\r\n".join(head).encode() + b"\r\n\r\nHello.\r\n"
    case.message = b"".join(signature(case, kind, text, key) for kind in case.signatures) + text
    return case


def signature(case, kind, text, key):
    home = world.domain(case.family)
    domain = {"org": home, "sub": f"sub.{home}", "other": "other.test", "list": "list.test", "suffix": world.HOSTER}.get(kind, case.author)
    selector = {"no-key": "nokey", "revoked": "revoked", "silent": "silent"}.get(kind, world.SELECTOR)
    signed = text.replace(b"Hello.", b"Hullo.") if kind == "broken" else text
    if b"From:" not in signed:  # which no signature can do without
        return b""
    return dkim.sign(signed, selector.encode(), domain.encode(), key, include_headers=[b"from", b"subject", b"date"],
                     canonicalize=(b"relaxed", b"relaxed"))
