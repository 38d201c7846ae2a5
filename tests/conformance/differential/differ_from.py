#!/usr/bin/python3
"""From fields of every kind: where we name one author domain, the parsers of Python, Perl and JavaScript must see no other. Where we tell
all local-parts as well, so that a row for one address may sign, they must see no others of these either.

Each of them may see nothing at all: an exception, addresses without a domain, or a domain that none can be. Python is asked
twice, with its new parser and with the old one, the latter with the folds as they came as well, as people use it.

    differ_from.py --driver PROGRAM [--cases N] [--seed S | --random [RUNS]]"""
import base64
import email.headerregistry
import email.policy
import email.utils
import os
import re

import from_known
import harness
from choices import Choices
from header_fields import unfolded

HERE = os.path.dirname(os.path.abspath(__file__))
CASES_A_JOB = 50
DOMAINS = ["bank.example", "bank.example", "bank.example", "mallory.example", "Bank.EXAMPLE", "sub.bank.example", "bank.example.",
           "bank.example.\u307f\u3093\u306a", "bank.example\u307f", "b\u00fccher.example", "www.b\u00fccher.example"]
LOCALS = ["joe", "joe", "\"joe doe\"", "joe.doe", "\"a@mallory.example\"", "\"\\\"\"", "joe+x", "\"<a@mallory.example>\"", "a=b", "'joe'", "joe . doe",
          "\"joe\".doe", "joe..doe", "joe.", ".joe", "j\u00f6"]
WORDS = ["Joe", "\"Joe, Doe\"", "\"joe@mallory.example\"", "=?utf-8?q?joe=40mallory.example?=", "John Q. Public", "Jo\"e\"", "(hi)", "(a@mallory.example)",
         "\"\\\"x\\\" <a@mallory.example>\"", "joe@mallory.example", "(<a@mallory.example>)", "((x))", "(\\))", "", "Joe <x", ">", ",",
         "joe@bank.example", "Joe, Doe", "Re: Joe", "[Joe]", "\"Joe", "(Joe", "(()a@mallory.example)", "\"a@mallory.example\r\n b\"",
         "\"a@mallory.example\"\r\n b\"", "M\u00fcller", "(a@bank.example)", "'joe@bank.example'", "\"joe\x07\"",
         "Joe @ Work", "@joe", "Joe@Work", "\"Joe \\@ Work\"", "(@joe)", "Joe @", "@ 50%", "joe@bank.example.\u307f"]
BLANKS = ["", "", "", " ", "\r\n ", "\t", " (c) "]
NOISE = list("<>@,;:()\"\\[]. \t=?'") + ["\r\n ", "(c)", "\"\"", "<>", "@mallory.example", ", joe@mallory.example", "@a,@b:", ",,", "\\\"", ";",
                                         "\"joe@mallory.example\"", "(joe@mallory.example)", "\u307f", ".\u307f", "@Work", ".."]
GROUPS = ["Friends: ", "g:", "\"g\" : ", "\"a@mallory.example\": ", "\"a@mallory.example\r\n b\": ", "g:,,"]
DOMAIN = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+")


class Generator(Choices):
    def address(self):
        b = lambda: self.pick(BLANKS)  # noqa: E731
        return b() + self.pick(LOCALS) + b() + "@" + b() + self.pick(DOMAINS) + b()

    def mailbox(self):
        if self.chance(25):
            return self.address()
        route = self.pick(["@mallory.example:", "@a.example,@mallory.example:"]) if self.chance(8) else ""
        return " ".join(self.pick(WORDS) for _ in range(self.pick([0, 1, 1, 2]))) + self.pick([" ", ""]) + "<" + route + self.address() + ">" + \
            self.pick(["", "", "", " (c)", "(joe@mallory.example)"])

    def body(self):
        text = ", ".join(self.mailbox() for _ in range(self.pick([1, 1, 1, 1, 2])))
        if self.chance(8):
            text = self.pick(GROUPS) + text + self.pick([";", "; ", ""])
        while self.chance(25):
            at = self.random.randrange(len(text) + 1)
            text = text[:at] + self.pick(NOISE) + text[at:]
        return text


class Case:
    def __init__(self, body, verdict, others):
        self.body, self.verdict, self.others = body, verdict, others


def one_field(text):
    """Without the line ends that are no fold: they would end the field."""
    return re.sub(r"\r(?!\n[ \t])|(?<!\r)\n|\n(?![ \t])", "", text)


def in_a_labels(domain):
    """What is no domain stays as it is."""
    try:
        return ".".join(label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in domain.split("."))
    except UnicodeError:
        return domain


def told(addresses):
    """Those whose domain could be one."""
    return [address for address in addresses or [] if "@" in (address or "") and DOMAIN.fullmatch(domain_of(address))]


def domain_of(address):
    return in_a_labels(address.rpartition("@")[2].lower().removesuffix("."))


def local_part_of(address):
    """Without its quotes, and what nodemailer leaves of blanks."""
    text = address.rpartition("@")[0].strip()
    return (re.sub(r"\\(.)", r"\1", text[1:-1]) if re.fullmatch(r'".*"', text, re.DOTALL) else text).strip()


def domains_of(addresses):
    """Those of a list of addresses, or None if nobody could take one of them for the author's."""
    return tuple(dict.fromkeys(domain_of(address) for address in told(addresses))) or None


def strangers_of(addresses, local_parts):
    """The local-parts that are not among these; None if nobody is told."""
    found = told(addresses)
    return tuple(sorted({local_part_of(address) for address in found} - set(local_parts))) if found else None


def read_by_python(body):
    try:
        return [address.addr_spec for address in email.policy.SMTP.header_factory("from", body).addresses]
    except Exception:  # whatever it dies of, it names nobody
        return None


def read_by_old_python(body):
    return [address for _, address in email.utils.getaddresses([body])]


def read_folded_by_old_python(body):
    return [email.utils.parseaddr(body)[1]]


def read_by_perl(addresses):
    return [base64.b64decode(address).decode("utf-8", "surrogateescape") for address in addresses]


def describe(case):
    return f"  {case.body!r}\n  {case.verdict}"


def main():
    options = harness.arguments("From fields against other parsers", 3000)
    ours = harness.Program("ours", [options.driver])
    perl = harness.Program("Perl", ["/usr/bin/perl", os.path.join(HERE, "mail_address.pl")])
    node = harness.address_parser(options)

    def read_by_others(bodies, lines):
        cases = [base64.b64encode(line.encode()).decode() for line in lines]
        from_perl = perl.ask({"cases": cases})["results"]
        from_node = node[0].ask({"cases": cases})["results"] if node else None
        for number, (body, line) in enumerate(zip(bodies, lines)):
            others = {"Python": read_by_python(line), "email.utils": read_by_old_python(line), "email.utils, folded": read_folded_by_old_python(body)}
            others |= {name: read_by_perl(addresses) for name, addresses in from_perl[number].items()}
            yield others | ({"nodemailer": from_node[number]} if node else {})

    def run(random, cases):
        generator, report = Generator(random), harness.Report(from_known.CLASSES, options.show)
        locals_report = harness.Report(from_known.LOCAL_PART_CLASSES, options.show, every_peer=False)
        for _ in range(max(1, cases // CASES_A_JOB)):
            bodies = [one_field(generator.body()) for _ in range(CASES_A_JOB)]
            messages = [base64.b64encode(f"From: {body}\r\n\r\n".encode()).decode() for body in bodies]
            verdicts = ours.ask({"op": "from", "messages": messages})["results"]
            for body, verdict, others in zip(bodies, verdicts, read_by_others(bodies, [unfolded(body) for body in bodies])):
                report.words[verdict["state"]] = report.words.get(verdict["state"], 0) + 1
                if verdict["state"] != "one":
                    continue
                case, local_parts = Case(body, verdict, others), [base64.b64decode(text).decode().strip() for text in verdict["local_parts"]]
                report.note(case, tuple(verdict["domains"]), {peer: domains_of(addresses) for peer, addresses in others.items()}, None, describe)
                if all(local_parts):
                    locals_report.note(case, (), {peer: strangers_of(addresses, local_parts) for peer, addresses in others.items()}, None, describe)
        print("local-parts that a row for one address could sign:")
        return locals_report.finish() & report.finish(["one", "unreadable", "several domains"])

    harness.run_seeds(options, run, [ours, perl, *node])


main()
