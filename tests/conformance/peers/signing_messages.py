"""The messages of users who log in, drawn from one seed. Nothing in a message but its header is odd."""

import dataclasses

from messages import Draw

SEED = 6376
LOCAL_PARTS = ["ann", "bob", "carol", "dave", "ann", "bob"]
ODD_LOCAL_PARTS = ["Ann", "BOB", "ann+tag", "ann.smith", '"ann"', '"ann smith"', '"a@b"', '"b\\"b"', "jörg", "", "dave%shop", "bob*", "a[n]n"]
DOMAINS = ["example.org", "news.example.org", "deep.news.example.org", "example.net", "shop.example.net", "a.shop.example.net",
           "example.com", "example.com", "third.example", "foreign.example"]
ODD_DOMAINS = ["EXAMPLE.org", "Example.NET", "News.Example.Org", "SHOP.example.net", "notexample.org", "example.org.evil.example",
               "gone.example", "xn--bcher-kva.example", "bücher.example", "x_y.example.org", "example.org.", "[192.0.2.1]", "localhost", "org",
               "a.b.c.d.e.example.com", "-x.example.org", "x..example.org"]
# By kind: the lines that stand where From does, for an author, another of his domain, and a foreign one.
FROM = {
    "bare": ["From: {author}"],
    "name": ["From: Ann <{author}>"],
    "quoted name": ['From: "Ann, of X" <{author}>'],
    "name with an address": ['From: "ann@example.org" <{author}>'],
    "encoded": ["From: =?utf-8?q?J=C3=B6rg?= <{author}>"],
    "comment": ["From: {author} (Ann)"],
    "comment with an address": ["From: {author} (ann@example.org)"],
    "comment first": ["From: (bob@example.net) <{author}>"],
    "folded": ["From: Ann\r\n\t<{author}>"],
    "blanks": ["FROM:   Ann   <{author}>  "],
    "group": ["From: Us: {author};"],
    "route": ["From: <@relay.example,@x.example:{author}>"],
    "two": ["From: {author}, Dave <{other}>"],
    "two domains": ["From: {author}, {foreign}"],
    "two domains, foreign first": ["From: {foreign}, {author}"],
    "two fields": ["From: {author}", "From: {other}"],
    "two fields, two domains": ["From: {author}", "From: {foreign}"],
    "none": [],
    "empty": ["From: "],
    "no address": ["From: Ann"],
    "no domain": ["From: <ann>"],
    "empty group": ["From: Nobody:;"],
    "no bracket": ["From: Ann <{author}"],
    "stray bracket": ["From: {author}>"],
    "two brackets": ["From: <{author}> <{foreign}>"],
    "comma": ["From: {author},"],
    "semicolon": ["From: {author}; {foreign}"],
    "blank inside": ["From: Ann Smith {author}"],
}
SENDER = [["Sender: {foreign}"], ["Sender: Dave <{other}>"], ["Sender: {author}"], ["Sender: bob@example.net"], ["sender: ann@example.com"],
          ["Sender: Nobody"], ["Sender: bob@example.net", "Sender: ann@example.org"]]
RESENT = [["Resent-From: {foreign}", "Resent-To: x@foreign.example"], ["Resent-From: Bob <bob@example.net>", "Resent-Date: today"],
          ["Resent-From: bob@example.net", "Resent-Sender: carol@foreign.example"], ["Resent-From: {other}"],
          ["Resent-From: bob@example.net", "Resent-Cc: x@foreign.example", "Resent-From: ann@example.org"], ["Resent-Sender: {foreign}"]]
FIELDS = ["Reply-To: {other}", "Cc: dave@foreign.example", "Comments: none", "Keywords: one", "X-Own: 1", "X-Own: 2", "List-Id: <tests.example.org>",
          "List-Archive: <https://example.org/>", "List-Unsubscribe: <mailto:off@example.org>", "In-Reply-To: <1@example.org>",
          "References: <1@example.org>", "MIME-Version: 1.0", "Content-Type: text/plain", "Received: from x by y; today", "Subject: Again",
          "Return-Path: <x@foreign.example>", "Bcc: x@foreign.example", "DATE: never", "Message-ID: <2@example.org>", "x-priority: 1"]


@dataclasses.dataclass
class Case:
    number: int
    author: str = ""
    shape: str = "name"  # of From, a key of FROM
    sender: str = ""  # MAIL FROM
    fields: tuple = ()  # the lines of the header
    message: bytes = b""

    def summary(self):
        return f"{self.number}: {self.shape}: {' / '.join(self.fields)}"

    @property
    def domain(self):
        return self.author.rpartition("@")[2]

    @property
    def local_part(self):
        return self.author.rpartition("@")[0]

    def has(self, name):
        return sum(line.lower().startswith(name.lower() + ":") for line in self.fields)


def make(count):
    draw = Draw(SEED)
    return [compose(draw, Case(number)) for number in range(count)]


def address(draw, odd):
    odd = draw.chance(odd)
    local_part = draw.pick(ODD_LOCAL_PARTS if odd and draw.chance(50) else LOCAL_PARTS)
    return f"{local_part}@{draw.pick(ODD_DOMAINS if odd and draw.chance(60) else DOMAINS)}"


def compose(draw, case):
    case.author = address(draw, 40)
    case.shape = draw.pick(FROM) if draw.chance(30) else draw.pick(["bare", "name"])
    case.sender = "" if draw.chance(10) else draw.pick([case.author, "bounces@foreign.example"])
    lines = list(FROM[case.shape])
    lines += draw.pick(SENDER) if draw.chance(25) else []
    lines = (draw.pick(RESENT) if draw.chance(20) else []) + lines
    lines += ["To: x@foreign.example", "Subject: A test", "Date: Mon, 02 Mar 2026 10:11:12 +0000"]
    while draw.chance(60):
        lines.insert(int(draw.pick(range(len(lines) + 1))), draw.pick(FIELDS))
    names = {"author": case.author, "other": f"dave@{case.domain}", "foreign": address(draw, 0)}
    case.fields = tuple(line.format(**names) for line in lines)
    case.message = "\r\n".join(case.fields).encode() + b"\r\n\r\nHello.  \r\n\r\n"
    return case
