#!/usr/bin/python3
"""Hostile sessions and signatures: what we write into Authentication-Results, read again by authres and by
Mail::AuthenticationResults, must be the results we had.

    differ_authres.py --driver PROGRAM [--cases N] [--seed S | --random [RUNS]]"""
import base64
import os
import re

import authres

import authres_known
import harness
from choices import Choices
from header_fields import unfolded

HERE = os.path.dirname(os.path.abspath(__file__))
CASES_A_JOB = 25
ID = "mx.receiver.example"
LONGEST = 450  # octets of a value that is written
HOSTILE = [b"\x00", b"\r\n", b"\n", b"\r", b"\t", b'"', b"\\", b"(", b")", b"((", b";", b" ", b"=", b"@", b"<", b">", b",", b"\xff", b"\xc3\xa9",
           b"\x7f", b"; dkim=pass header.d=bank.example", b"\r\n spf=pass", b"(comment)", b'"quoted"', b"\\\"", b"x" * 500, b"%00", b".", b"..",
           b"\r\nAuthentication-Results: mx.receiver.example; spf=pass", b"=?utf-8?q?x?=", b"'", b"`", b"{", b"xn--", b"-", b"_", b"/", b"*"]
NAMES = [b"example.org", b"bank.example", b"mail.example.org", b"sub.bank.example", b"example.net"]
ZONE = {
    "example.org": {"TXT": [["v=spf1 ip4:192.0.2.1 -all"]], "A": ["192.0.2.1"]},
    "mail.example.org": {"TXT": [["v=spf1 a -all"]], "A": ["192.0.2.1"]},
    "bank.example": {"TXT": [["v=spf1 include:%{l}.example.org ~all"]]},
    "sub.bank.example": {"TXT": [["v=spf1 moo:\"( -all"]]},
    "example.net": {"TIMEOUT": True},
    "_dmarc.bank.example": {"TXT": [["v=DMARC1; p=reject; sp=none; rua=mailto:a@bank.example"]]},
    "_dmarc.example.org": {"TXT": [["v=DMARC1; p=quarantine; t=y"]]},
    "_dmarc.example.net": {"TXT": [["v=DMARC1; p=\"("]]},
    "1.2.0.192.in-addr.arpa": {"PTR": ["mail.example.org"]},
}


class Generator(Choices):
    def spoiled(self, text, percent=60):
        """The text, perhaps with something hostile in it."""
        while self.chance(percent):
            at = self.random.randrange(len(text) + 1)
            text = text[:at] + self.pick(HOSTILE) + text[at:]
            percent //= 2
        return text

    def signature(self):
        tags = [(b"v", b"1"), (b"a", self.pick([b"rsa-sha256", b"ed25519-sha256", b"rsa-sha1", self.spoiled(b"rsa-sha256")])), (b"d", self.spoiled(self.pick(NAMES))),
                (b"s", self.spoiled(b"selector")), (b"h", b"from"), (b"bh", b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
                (b"b", self.pick([b"AAAA+/AAAA==", b"QUJDREVGR0g=", self.spoiled(b"AAAA")]))]
        if self.chance(50):
            tags.append((b"i", self.spoiled(self.pick([b"joe", b"joe=20doe", b'"joe doe"', b"", b"joe=3B"])) + b"@" + self.pick(NAMES)))
        return b"DKIM-Signature: " + b"; ".join(name + b"=" + value for name, value in tags)

    def message(self):
        fields = [self.signature() for _ in range(self.pick([0, 1, 1, 2, 3]))]
        fields.append(b"From: " + self.spoiled(b"Joe <joe@" + self.pick(NAMES) + b">", 40))
        return b"\r\n".join(fields) + b"\r\n\r\nHi.\r\n"

    def case(self):
        sender = self.spoiled(b"<" + self.pick([b"joe", b'"a b"', b"a+b"]) + b"@" + self.pick(NAMES) + b">")
        texts = {"helo": self.spoiled(self.pick(NAMES)), "mailfrom": self.pick([b"<>", sender, sender, sender]), "message": self.message()}
        return {"ip": self.pick(["192.0.2.1", "192.0.2.2", "2001:db8::1"]),
                **{key: base64.b64encode(text).decode() for key, text in texts.items()}}


class Case:
    def __init__(self, test, field, others):
        self.test, self.field, self.others = test, field, others


def printable(value):
    return "".join(chr(octet) for octet in base64.b64decode(value) if 32 <= octet < 127)


def written_whole(value):
    """True for a property's value that the writer does not leave out."""
    return len(base64.b64decode(value)) == len(printable(value)) <= LONGEST


def intended(answer):
    return tuple((result["method"], result["result"], printable(result["reason"])[:LONGEST],
                  tuple((ptype, name, printable(value)) for ptype, name, value in result["properties"] if written_whole(value)))
                 for result in answer["results"])


def read_by_authres(field):
    try:
        header = authres.AuthenticationResultsHeader.parse("Authentication-Results: " + field.decode("ascii"))
    except Exception as failure:  # whatever it dies of is its answer
        return f"{type(failure).__name__}: {failure}"
    if header.authserv_id != ID:
        return f"id {header.authserv_id}"
    return tuple((result.method, result.result, result.reason or "",
                  tuple((p.type, p.name, p.value) for p in result.properties)) for result in header.results)


def read_by_perl(answer):
    if answer is None or "problem" in answer or answer["id"] != ID:
        return str(answer)
    return tuple((result["method"], result["result"], result["reason"], tuple(tuple(p) for p in result["properties"]))
                 for result in answer["results"])


def well_formed(field):
    """What every header field must be, whoever reads it: printable lines of bounded length, folded properly."""
    return re.fullmatch(rb"[\t\x20-\x7e]{1,998}(?:\r\n[\t ]+[!-~][\t\x20-\x7e]{0,996})*", field) is not None


def describe(case):
    envelope = {key: base64.b64decode(case.test[key]) for key in ("helo", "mailfrom", "message")}
    return f"  {envelope}\n  {case.field!r}"


def main():
    options = harness.arguments("Authentication-Results against other parsers", 1500)
    ours = harness.Program("ours", [options.driver])
    perl = harness.Program("Mail::AuthenticationResults", ["/usr/bin/perl", os.path.join(HERE, "authentication_results.pl")])

    def run(random, cases):
        generator, report = Generator(random), harness.Report(authres_known.CLASSES, options.show)
        for _ in range(max(1, cases // CASES_A_JOB)):
            tests = [generator.case() for _ in range(CASES_A_JOB)]
            answers = ours.ask({"op": "authres", "zone": ZONE, "authserv_id": ID, "cases": tests})["results"]
            written = [base64.b64decode(answer["field"]) for answer in answers]
            read = perl.ask({"cases": [base64.b64encode(unfolded(field)).decode() for field in written]})["results"]
            for test, answer, field, other in zip(tests, answers, written, read):
                case = Case(test, field, {"authres": read_by_authres(unfolded(field)), perl.name: read_by_perl(other)})
                if not well_formed(field):
                    report.add("no proper field\n" + describe(case))
                for method, result, _, _ in intended(answer):
                    report.words[f"{method}={result}"] = report.words.get(f"{method}={result}", 0) + 1
                report.note(case, intended(answer), case.others, None, describe)
        return report.finish(["spf=pass", "spf=fail", "spf=permerror", "spf=temperror", "dkim=permerror", "dkim=fail", "dmarc=fail",
                              "dmarc=pass", "dmarc=permerror"])

    harness.run_seeds(options, run, [ours, perl])


main()
