"""Where other implementations of SPF are known to differ, and what decides. docs/conformance.md has the same list in words."""

import re

from harness import Class

TIMEOUTS = ("DNS timeout", "Time-out on DNS")
PYSPF, MAIL_SPF, MAILAUTH = "pyspf", "Mail::SPF", "mailauth"


def result(case, peer):
    return case.others[peer]["result"] if case.others[peer] else "died"


def problem(case, peer):
    return (case.others[peer] or {"problem": ""})["problem"]


def records(case):
    """The texts of all records that we looked at."""
    return ["".join(strings) for name in case.verdict["asked"] for strings in case.zone.get(name, {}).get("TXT", [])]


def published(case, pattern):
    return any(re.search(pattern, text) for text in records(case))


def sender(case):
    """The identity that is checked."""
    return case.envelope["mailfrom"] or case.envelope["helo"]


def reverse_asked(case):
    return any(name.endswith(".arpa") for name in case.verdict["asked"]) or published(case, r"(?i)%\{p|\bptr\b")


def silent_reverse(case):
    """A reverse lookup or what follows it meets no answer."""
    return any(case.zone.get(name, {}).get("TIMEOUT") for name in case.verdict["asked"])


def silent_mail_host(case):
    """An mx term has a host that does not answer."""
    return any(case.zone.get(host, {}).get("TIMEOUT") for name in case.verdict["asked"]
               for _, host in case.zone.get(name, {}).get("MX", []))


def is_timeout(case, peer):
    return result(case, peer) == "temperror" and problem(case, peer).startswith(TIMEOUTS + ("SPF Temporary Error",))


def more_lookups_than_ours(case, peer):
    """The peer's count of void lookups went over two where ours did not."""
    return "void" in problem(case, peer).lower() and case.verdict["void_lookups"] <= 2


def void_lookups_alone(case, peer):
    """With more void lookups allowed, our judgement is the peer's."""
    return "void lookups" in case.verdict["problem"] and \
        case.with_limits(void_lookups=100)[0] == result(case, peer)


MALFORMED = r"\.\.|[^.\s]{64}"  # an empty label, or one that is too long


def malformed_domain(case):
    """A term has such a domain, or gets it from a macro."""
    def given(text):
        return text.startswith(".") or re.search(MALFORMED, text) is not None
    return published(case, MALFORMED) or (published(case, r"(?i)%\{h") and given(case.envelope["helo"])) or \
        (published(case, r"(?i)%\{[slo]") and given(sender(case)))


def dot_kept(case, peer):
    """The explanations differ in the dot at the end of the sender's domain alone."""
    domain = sender(case).rpartition("@")[2].lower()
    return domain.endswith(".") and result(case, peer) == case.verdict["result"] == "fail" and \
        case.others[peer]["explanation"].lower().replace(domain, domain[:-1]) == case.verdict["explanation"].lower()


def broken_record(case):
    return "syntax error" in case.verdict["problem"]


CLASSES = [
    Class("a domain with a dot at its end", (PYSPF, MAILAUTH), "RFC 7208 4.3",
          "only an empty label that is not at the end makes a domain malformed; they answer none",
          lambda case, peer: sender(case).endswith(".") and result(case, peer) == "none"),
    Class("local-part with an @ in quotes", (PYSPF,), "RFC 5321 4.1.2",
          "the domain is what follows the last @; pyspf cuts at the first",
          lambda case, peer: sender(case).count("@") > 1),
    Class("macro letters c, r and t in an unknown modifier", (PYSPF,), "RFC 7208 6, 12",
          "an unknown modifier is a macro-string of any letters, and is ignored; pyspf calls it a permerror",
          lambda case, peer: "c,r,t macros" in problem(case, peer) and published(case, r"(?i)(?:^|\s)(?!exp|redirect)[a-z][\w.-]*=\S*%\{[crt]")),
    Class("a record with a syntax error that is not noticed", (PYSPF, MAIL_SPF), "RFC 7208 4.6",
          "any error anywhere is a permerror; they do not read every term by the grammar",
          lambda case, peer: broken_record(case)),
    Class("an error in a record that was never reached", (PYSPF, MAIL_SPF), "RFC 7208 4.6, 5.2",
          "the error is found by us on the way; they took another branch because they had overlooked it",
          lambda case, peer: case.verdict["result"] == "permerror" and "SPF record" in case.verdict["problem"]
          and published(case, r"%\{[^}]*$|%[^{%_-]|x=%\{q\}|redirect=%\{[cx]|ip6:\S*/0")),
    Class("ip6 with /0 against an IPv4 client", (MAIL_SPF,), "RFC 7208 5.6",
          "an ip6 term has nothing to say about IPv4; Mail::SPF maps the client into IPv6 and matches",
          lambda case, peer: published(case, r"(?i)ip6:\S*/0") and ":" not in case.envelope["ip"].removeprefix("::ffff:")),
    Class("no answer to a reverse lookup", (PYSPF, MAIL_SPF), "RFC 7208 5.5",
          "an error of a PTR lookup means no match, one of an address means the next name; they answer temperror",
          lambda case, peer: reverse_asked(case) and (is_timeout(case, peer) or silent_reverse(case))),
    Class("one mail host that does not answer, another that matches", (PYSPF, MAIL_SPF), "RFC 7208 5.4",
          "the order of the hosts is left open: we take the best preference first, and stop at the first match",
          lambda case, peer: silent_mail_host(case) and "temperror" in (result(case, peer), case.verdict["result"])),
    Class("void lookups of a reverse lookup or of mail hosts", (MAIL_SPF, MAILAUTH), "RFC 7208 4.6.4",
          "what counts is the term's own lookup; they count differently for ptr, %{p} and mx",
          lambda case, peer: more_lookups_than_ours(case, peer) and (reverse_asked(case) or published(case, r"(?i)\bmx\b"))),
    Class("void lookups that are no term's", (PYSPF,), "RFC 7208 4.6.4",
          "pyspf counts every lookup without an answer, also those of mail hosts, reverse names and their addresses",
          more_lookups_than_ours),
    Class("an escaped character as a whole domain", (PYSPF,), "RFC 7208 7.1",
          "%%, %_ and %- are macro-expand, with which a domain-spec may end; pyspf calls it a syntax error",
          lambda case, peer: "invalid-macro-char" in problem(case, peer) and published(case, r"%[%_-](?:\s|/|$)")),
    Class("void lookups that are not counted", (MAILAUTH, MAIL_SPF), "RFC 7208 4.6.4",
          "every term counts whose own lookup has no data; they do not look up a name of one label",
          void_lookups_alone),
    Class("a term whose domain is malformed, or one label", (MAILAUTH,), "RFC 7208 4.8",
          "left open what comes of it; for us the term counts and does not match, for mailauth it does not count",
          lambda case, peer: any("." not in name for name in case.verdict["asked"]) or malformed_domain(case)),
    Class("void lookups of a malformed name", (MAIL_SPF,), "RFC 7208 4.6.4, 4.8",
          "left open what comes of it; for us there is nothing to look up, for Mail::SPF it is a void lookup",
          lambda case, peer: more_lookups_than_ours(case, peer) and malformed_domain(case)),
    Class("a dot at the end of the sender's domain, in a macro", (MAIL_SPF,), "RFC 5321 4.1.2, RFC 7208 7.3",
          "a domain in an envelope has none, so that nothing says what it expands to; we drop it, Mail::SPF keeps it",
          dot_kept),
    Class("delimiters of a macro", (PYSPF, MAIL_SPF), "RFC 7208 7.3",
          "a delimiter splits the value, and the parts are joined with dots; they do so only beside digits or r, or join otherwise",
          lambda case, peer: published(case, r"(?i)%\{[a-z]\d*r?[.\-+,/_=]*[\-+,/_=][.\-+,/_=]*\}")),
    Class("%{s} of a sender without local-part", (PYSPF, MAIL_SPF), "RFC 7208 2.4, 4.3",
          "the local-part is postmaster; Mail::SPF leaves it out, pyspf does where the sender begins with @",
          lambda case, peer: (case.envelope["mailfrom"].startswith("@") or (peer == MAIL_SPF and not case.envelope["mailfrom"]))
          and published(case, r"(?i)%\{s")),
    Class("local-part that is not ASCII", (PYSPF, MAIL_SPF), "RFC 8616 4",
          "a term with %{s} or %{l} does not match; they expand it all the same",
          lambda case, peer: not sender(case).isascii() and published(case, r"(?i)%\{[sl]")),
    Class("redirect counted although it is not followed", (PYSPF, MAIL_SPF), "RFC 7208 4.6.4, 6.1",
          "a redirect beside all is ignored and no term; they count it",
          lambda case, peer: re.search(r"(?i)too many dns|terms limit", problem(case, peer)) is not None
          and case.verdict["terms"] <= 10 and published(case, r"(?i)redirect=")),
    Class("a broken explanation", (PYSPF, MAIL_SPF), "RFC 7208 6.2",
          "an explanation with a syntax error is as if there were none; they hand it on as it is",
          lambda case, peer: result(case, peer) == case.verdict["result"] == "fail" and case.verdict["explanation"] == ""),
    Class("a name that expands beyond 253 octets", (MAIL_SPF,), "RFC 7208 7.3",
          "labels are dropped from the left until it fits; Mail::SPF never ends where that does not help",
          lambda case, peer: "does not end" in problem(case, peer)),
    Class("%{p} in an explanation", (PYSPF, MAIL_SPF), "RFC 7208 6.2, 4.6.4",
          "the limits are those of the evaluation, which is over; they lose the explanation to void lookups of reverse names",
          lambda case, peer: result(case, peer) == case.verdict["result"] == "fail" and published(case, r"(?i)%\{p")),
    Class("a modifier in upper case", (PYSPF,), "RFC 7208 4.6.1",
          "names of mechanisms and modifiers match in any case; pyspf takes REDIRECT= for an unknown modifier",
          lambda case, peer: published(case, r"\bREDIRECT=")),
    Class("a record that includes itself behind what matches", (PYSPF,), "RFC 7208 4.6, 5.2",
          "a loop is no syntax error, and ends by the limit of terms if it is ever entered; pyspf refuses the record",
          lambda case, peer: "trivial recursion" in problem(case, peer)),
]
