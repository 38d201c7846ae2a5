"""Random messages, DKIM signatures in every layout over them, and what happens to both on the way."""

import base64
import hashlib
import re

import dkim

from choices import Choices
from header_fields import split_fields

DOMAIN = "example.org"
BLANKS = [" ", "  ", "\t", " \t ", "\r\n ", "\r\n\t", " \r\n  "]
FIELDS = ["To: suzie@shopping.example.net", "Subject: Is dinner ready?", "Subject:", "Cc: ", "Date: Fri, 11 Jul 2003 21:00:37 -0700",
          "Message-ID: <1@example.org>", "Subject: Gr\xfc\xdfe \xc3\xa9", "X-Tab:\t a\tb \t c\t", "X-Fold: one\r\n two\r\n\tthree",
          "Received: from a\r\n by b; Fri", "Received: from c by d", "Reply-To:  joe@example.org  ", "X-Empty:", "X-Colon : odd",
          "Subject: twice", "To: again@example.net", "Comments: a:b;c=d", "List-Id: <l.example.org>", "X-Trail: x \r\n ", "MIME-Version: 1.0",
          "X-Long: " + "y" * 400]
BODIES = [b"", b"\r\n", b"\r\n\r\n\r\n", b"Hi.\r\n", b"Hi.", b"Hi. \r\n", b" \r\n\t\r\n", b"a  b\t\tc \t\r\n\r\n d\r\n\r\n\r\n", b"\xff\xfe\x80\r\n", b" ",
          b"x" * 998 + b"\r\n", b".\r\n..\r\n", b"a\r\n \r\n", b"\ta \r\n", b"-- \r\nsig\r\n", b"a\r\n\r\n\r\nb", b"\r\nx\r\n", b"line\r\n" * 300]
SELECTORS = ["rsa"] * 12 + ["ed"] * 6 + ["RSA", "test", "strict", "notype", "spaced", "email", "sha256", "revoked", "sha1", "other",
                                         "v2", "late", "wrong", "small", "missing", "garbage", "unknown"]


class Generator(Choices):
    def __init__(self, random, keys):
        super().__init__(random)
        self.keys = keys

    def message(self):
        fields = [self.pick(["From: Joe <joe@example.org>", "from:joe@example.org", "From:\r\n Joe\r\n\t<joe@example.org> "])]
        for _ in range(self.random.randrange(6)):
            fields.insert(self.random.randrange(len(fields) + 1), self.pick(FIELDS))
        body = self.pick(BODIES) if self.chance(70) else b"".join(self.pick(BODIES) for _ in range(3))
        return "\r\n".join(fields).encode("latin-1") + b"\r\n\r\n" + body

    # A signature: its tags as text, signed as they stand.

    def blank(self, percent=8):
        return self.pick(BLANKS) if self.chance(percent) else ""

    def names(self, message):
        present = re.findall(rb"(?m)^([!-9;-~]+)[ \t]*:", message.split(b"\r\n\r\n")[0])
        names = [name.decode() for name in present if self.chance(70) or name.lower() == b"from"]
        names += self.random.sample(["Subject", "From", "To", "X-Absent", "received"], self.random.randrange(3))
        self.random.shuffle(names)
        return [self.pick([name, name, name.lower(), name.upper()]) for name in names]

    def tags(self, message, selector, algorithm, body_hash):
        separator = self.blank() + ":" + self.blank()
        tags = [["v", "1"], ["a", algorithm], ["c", self.canonicalization], ["d", DOMAIN], ["s", selector],
                ["h", separator.join(self.names(message))], ["bh", self.folded(body_hash)], ["b", ""]]
        if self.canonicalization == "simple/simple" and self.chance(50):
            tags = [tag for tag in tags if tag[0] != "c"]
        extras = [["q", self.pick(["dns/txt", "dns/txt", "dns", "dns/txt:other", "other"])], ["t", self.pick(["1000000000", "1", "4000000000"])],
                  ["x", self.pick(["4000000000", "1000000001", "2", "999999999999"])], ["l", str(self.length)],
                  ["i", self.pick(["@example.org", "joe@example.org", "joe@sub.example.org", "@other.example", "joe=40x@example.org", "@EXAMPLE.org"])],
                  ["z", "From:joe@example.org|To:=20x"], ["n", "note"], ["xy", "unknown"], ["B", "upper"], ["r", "y"], ["_", ""], ["b2", "abc="]]
        for extra in extras:
            if self.chance(50 if extra[0] == "l" and self.length is not None else 8) and extra[1] != "None":
                tags.append(extra)
        if self.chance(30):
            self.random.shuffle(tags)
        if self.chance(15):
            self.spoil(tags)
        return tags

    def spoil(self, tags):
        """One thing that is, or looks, wrong with the tags."""
        tag = self.pick(tags)
        kind = self.random.randrange(8)
        if kind == 0:
            tags.append(list(tag) if tag[0] != "b" else ["n", "x"])
        elif kind == 1 and tag[0] != "b":
            tags.remove(tag)
        elif kind == 2 and tag[0] != "b":
            tag[0] = tag[0].upper()
        elif kind == 3 and tag[0] not in ("b", "bh"):
            tag[1] = ""
        elif kind == 4 and tag[0] in "vacds":
            tag[1] = self.pick(["2", "1.0", "rsa-sha1", "rsa-md5", "relaxed/", "nowsp", "EXAMPLE.ORG", "com", "RSA-SHA256", "Relaxed/Simple", "01"])
        elif kind == 5:
            tags.append(self.pick([["x", "1"], ["x", "abc"], ["t", "-1"], ["l", "-1"], ["l", "99999999999999999999"], ["1x", "y"], ["l", "1 0"],
                                   ["t", "0" * 20], ["h2", ":"]]))
        elif kind == 6:
            tags.append(["", self.pick(["", "x"])])
        elif tag[0] in "acdsqi":
            tag[1] = tag[1].upper()

    def folded(self, text):
        if not self.chance(20):
            return text
        at = self.random.randrange(len(text) + 1)
        return text[:at] + self.pick(BLANKS) + text[at:]

    def field(self, tags):
        text = ";".join(f"{self.blank()}{name}{self.blank()}={self.blank()}{value}{self.blank()}" if name or value else self.blank()
                        for name, value in tags) + self.pick(["", "", ";", "; "])
        return self.pick(["DKIM-Signature", "DKIM-Signature", "dkim-signature"]) + ":" + self.pick([" ", " ", "", "  ", "\r\n\t"]) + text

    def sign(self, message):
        """The message with a signature on top that is right, apart from what its tags say."""
        selector = self.pick(SELECTORS)
        algorithm = "ed25519-sha256" if selector == "ed" else "rsa-sha256"
        self.canonicalization = self.pick(["simple/simple", "relaxed/relaxed", "relaxed/simple", "simple/relaxed", "relaxed", "simple"])
        policy = dkim.CanonicalizationPolicy.from_c_value(self.canonicalization.encode())
        header, body = message.split(b"\r\n\r\n", 1)
        canonical = policy.canonicalize_body(body)
        self.length = self.random.randrange(len(canonical) + 3) if self.chance(10) else len(canonical) if self.chance(10) else None
        signed = canonical[:self.length] if self.length is not None else canonical
        tags = self.tags(message, selector, algorithm, base64.b64encode(hashlib.sha256(signed).digest()).decode())
        if not any(name == "l" for name, _ in tags) and self.length is not None:
            tags = [[n, base64.b64encode(hashlib.sha256(canonical).digest()).decode() if n == "bh" else v] for n, v in tags]
        field = self.field(tags)
        value = self.signature(field.encode(), header, policy, tags, algorithm)
        # The value goes where the empty one stands: behind the last "b=" that is a tag of its own.
        at = [m.end() for m in re.finditer(r"(?:[:;])\s*b\s*=", field)][-1]
        return (field[:at] + self.folded(value) + field[at:]).encode() + b"\r\n" + message

    def signature(self, field, header, policy, tags, algorithm):
        fields = [tuple(entry.split(b":", 1)) for entry in split_fields(header) if b":" in entry]
        wanted = [name.strip().lower().encode() for name in dict(map(tuple, tags)).get("h", "").split(":")]
        chosen = []
        for name in wanted:
            for i in range(len(fields) - 1, -1, -1):
                if fields[i][0].strip().lower() == name:
                    chosen.append((fields[i][0], fields[i][1] + b"\r\n"))
                    del fields[i]
                    break
        name, value = field.split(b":", 1)
        value = re.sub(rb"((?:^|;)\s*b\s*=)\s*(;|$)", rb"\1\2", value)
        canonical = b"".join(n + b":" + v for n, v in policy.canonicalize_headers(chosen))
        canonical += b":".join(policy.canonicalize_headers([(name, value)])[0]).removesuffix(b"\r\n")
        digest = hashlib.sha256(canonical)
        return base64.b64encode(self.keys.sign(digest, algorithm)).decode()

    # What becomes of a signed message.

    def mutate(self, message):
        """The message after one change, and what it was."""
        header, body = message.split(b"\r\n\r\n", 1)
        fields = split_fields(header)
        kind = self.pick(sorted(CHANGES))
        body = CHANGES[kind](self, fields, body)
        return b"\r\n".join(fields) + b"\r\n\r\n" + body, kind


def change(function):
    CHANGES[function.__name__.replace("_", " ")] = function
    return function


CHANGES = {}


@change
def two_fields_swapped(generator, fields, body):
    i, j = generator.random.randrange(len(fields)), generator.random.randrange(len(fields))
    fields[i], fields[j] = fields[j], fields[i]
    return body


@change
def field_on_top(generator, fields, body):
    fields.insert(0, generator.pick(FIELDS).encode("latin-1"))
    return body


@change
def field_at_the_bottom(generator, fields, body):
    fields.append(generator.pick(FIELDS).encode("latin-1"))
    return body


@change
def second_from(generator, fields, body):
    fields.insert(generator.pick([0, len(fields)]), b"From: mallory@example.com")
    return body


@change
def field_removed(generator, fields, body):
    if len(fields) > 2:
        del fields[generator.random.randrange(1, len(fields))]
    return body


@change
def name_in_other_case(generator, fields, body):
    i = generator.random.randrange(len(fields))
    name, _, value = fields[i].partition(b":")
    fields[i] = name.swapcase() + b":" + value
    return body


@change
def refolded(generator, fields, body):
    i = generator.random.randrange(len(fields))
    fields[i] = fields[i].replace(b" ", b"\r\n ", 1) if generator.chance(50) else fields[i].replace(b"\r\n", b"")
    return body


@change
def blanks_in_a_field(generator, fields, body):
    i = generator.random.randrange(len(fields))
    fields[i] = generator.pick([fields[i] + b" ", fields[i] + b"\t ", fields[i].replace(b" ", b"  ", 1), fields[i].replace(b" ", b"\t", 1),
                                fields[i].replace(b":", b" :", 1), fields[i].replace(b":", b":\t", 1)])
    return body


@change
def blanks_in_the_body(generator, fields, body):
    return generator.pick([body + b" ", body + b"\r\n", body + b"\r\n\r\n", body.replace(b" ", b"  ", 1), body.replace(b"\r\n", b" \r\n", 1),
                           body.removesuffix(b"\r\n"), b" " + body, b"\r\n" + body, body.replace(b"\r\n", b"\t\r\n"), body + b"\t"])


@change
def body_octet(generator, fields, body):
    at = generator.random.randrange(len(body) + 1)
    return body[:at] + b"?" + body[at:]


@change
def signature_refolded(generator, fields, body):
    fields[0] = generator.pick([fields[0].replace(b";", b"; ", 1), fields[0].replace(b";", b";\r\n\t", 1), fields[0] + b" ", fields[0] + b";",
                                fields[0].replace(b"b=", b"b= ", 1), fields[0].replace(b"=\r\n", b"=", 1)])
    return body


@change
def value_of_b_folded(generator, fields, body):
    found = [m.end() for m in re.finditer(rb"[:;]\s*b\s*=", fields[0])]
    if found:
        at = min(found[-1] + generator.random.randrange(12), len(fields[0]))
        fields[0] = fields[0][:at] + generator.pick([b" ", b"\r\n ", b"\t", b"="]) + fields[0][at:]
    return body


@change
def second_signature(generator, fields, body):
    fields.insert(generator.pick([0, 1]), generator.pick([fields[0], b"DKIM-Signature: v=1", b"DKIM-Signature:", fields[0].replace(b"s=", b"s=x", 1)]))
    return body
