#!/usr/bin/python3
"""From fields of every kind: where we name one author domain, Python's email package and Mail::Address must see no other.

    differ_from.py --driver PROGRAM [--cases N] [--seed S | --random [RUNS]]"""
import base64
import email.headerregistry
import email.policy
import os
import re

import from_known
import harness
from choices import Choices
from header_fields import unfolded

HERE = os.path.dirname(os.path.abspath(__file__))
CASES_A_JOB = 50
DOMAINS = ["bank.example", "mallory.example", "Bank.EXAMPLE", "sub.bank.example", "bank.example."]
LOCALS = ["joe", "\"joe doe\"", "joe.doe", "\"a@mallory.example\"", "\"\\\"\"", "joe+x", "\"<a@mallory.example>\"", "a=b", "'joe'"]
WORDS = ["Joe", "\"Joe, Doe\"", "\"joe@mallory.example\"", "=?utf-8?q?joe=40mallory.example?=", "John Q. Public", "Jo\"e\"", "(hi)", "(a@mallory.example)",
         "\"\\\"x\\\" <a@mallory.example>\"", "joe@mallory.example", "(<a@mallory.example>)", "((x))", "(\\))", "", "Joe <x", ">", ","]
BLANKS = ["", "", "", " ", "\r\n ", "\t", " (c) "]
NOISE = list("<>@,;:()\"\\[]. \t=?") + ["\r\n ", "(c)", "\"\"", "<>", "@mallory.example", ", joe@mallory.example", "@a,@b:"]


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
            text = self.pick(["Friends: ", "g:", "\"g\" : "]) + text + self.pick([";", "; ", ""])
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


def normal(domain):
    return domain.lower().removesuffix(".")


def read_by_python(body):
    """The domains that Python's email package sees."""
    try:
        header = email.policy.SMTP.header_factory("from", body)
        return tuple(dict.fromkeys(normal(address.domain) for address in header.addresses))
    except Exception as failure:  # whatever it dies of is its answer
        return f"{type(failure).__name__}: {failure}"


def read_by_perl(answer):
    return tuple(dict.fromkeys(normal(base64.b64decode(domain).decode("latin-1")) for domain in answer["domains"]))


def describe(case):
    return f"  {case.body!r}\n  {case.verdict}"


def main():
    options = harness.arguments("From fields against other parsers", 3000)
    ours = harness.Program("ours", [options.driver])
    perl = harness.Program("Mail::Address", ["/usr/bin/perl", os.path.join(HERE, "mail_address.pl")])

    def run(random, cases):
        generator, report = Generator(random), harness.Report(from_known.CLASSES, options.show)
        for _ in range(max(1, cases // CASES_A_JOB)):
            bodies = [one_field(generator.body()) for _ in range(CASES_A_JOB)]
            messages = [base64.b64encode(f"From: {body}\r\n\r\n".encode()).decode() for body in bodies]
            verdicts = ours.ask({"op": "from", "messages": messages})["results"]
            lines = [unfolded(body) for body in bodies]
            read = perl.ask({"cases": [base64.b64encode(body.encode()).decode() for body in lines]})["results"]
            for body, verdict, other in zip(lines, verdicts, read):
                report.words[verdict["state"]] = report.words.get(verdict["state"], 0) + 1
                if verdict["state"] != "one":
                    continue
                others = {"Python": read_by_python(body), "Mail::Address": read_by_perl(other)}
                report.note(Case(body, verdict, others), tuple(verdict["domains"]), others, None, describe)
        return report.finish(["one", "unreadable", "several domains"])

    harness.run_seeds(options, run, [ours, perl])


main()
