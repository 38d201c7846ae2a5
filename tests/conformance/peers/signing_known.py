"""Where the signatures of Debian's opendkim are known to differ from ours with the same tables, how often they do among the
messages of signing_messages.py at the sites of signing_sites.py, and what decides. docs/conformance.md has the same list in
words; list_known.py prints it."""

import dataclasses
import re
import typing

from known import Difference

OPENDKIM = "opendkim"
SEVERAL = ("two", "two domains", "two domains, foreign first", "route", "semicolon")  # of From: more than one address to some readers
UNREADABLE = ("From cannot be read", "an address in From has a domain that is no domain name")


@dataclasses.dataclass(frozen=True)
class Judgement:
    """One message at one site: what becomes of it, and its signatures, by us and by opendkim."""

    case: typing.Any
    site: str
    ours: str
    theirs: str
    results: str = ""  # why we do not sign

    @property
    def our_signatures(self):
        return re.findall(r"\[d=.*?bh=.*?\]", self.ours)

    @property
    def their_signatures(self):
        return re.findall(r"\[d=.*?bh=.*?\]", self.theirs)

    def unsigned(self, *reasons):
        return self.ours == "accept" and self.results.startswith(reasons)

    def from_all_rows(self):
        return self.site.endswith(", all")


def only_ends(judgement):
    """Of all rows that match they use the first and the last, which may have the same key."""
    ours, theirs = judgement.our_signatures, judgement.their_signatures
    fewer = len(ours) > 2 or (len(ours) == 2 and len(set(theirs)) == 1)
    return len(theirs) == 2 and set(theirs) < set(ours) and fewer


CLASSES = [
    Difference(
        "two From fields", OPENDKIM, "RFC 5322 3.6",
        "unsigned, with a warning (a choice): a reader may show either; opendkim signs for the topmost", 264,
        lambda j: j.unsigned("2 From fields") and j.case.has("From") == 2),
    Difference(
        "addresses of several domains in From", OPENDKIM, "RFC 6376 6.3",
        "unsigned, with a warning (a choice): the key of one would speak for another; opendkim signs for the first", 254,
        lambda j: j.unsigned("From holds addresses in 2 different domains")),
    Difference(
        "a From that is no list of addresses", OPENDKIM, "RFC 5322 3.4",
        "unsigned, with a warning (a choice): nobody can say whose it is; opendkim signs what it makes of it, such as d=[192.0.2.1]", 680,
        lambda j: j.unsigned(*UNREADABLE)),
    Difference(
        "another address in a comment of From", OPENDKIM, "RFC 5322 3.2.2, 3.4",
        "a reader could take it for the author: unsigned, with a warning (a choice); opendkim signs for the other", 238,
        lambda j: j.unsigned("From can be read in two ways") and j.case.shape in ("comment first", "comment with an address")),
    Difference(
        "a From that names nobody", OPENDKIM, "RFC 5322 3.6.2",
        "unsigned (a choice), whatever Sender says; opendkim signs by Sender alone", 1,
        lambda j: j.unsigned("From names nobody")),
    Difference(
        "authors with different keys", OPENDKIM, "RFC 6376 6.3",
        "a key signs if it is that of all authors of the domain, and of all addresses that a reader could take for one (a choice); "
        "opendkim asks for the first", 77,
        lambda j: j.unsigned("no key signs for all authors")),
    Difference(
        "a domain in UTF-8 where d= is the author's", OPENDKIM, "RFC 5890 2.3.2.1, RFC 6376 3.5",
        "is signed for with its A-labels; opendkim's process ends (assertion), and with it all mail under way", 32,
        lambda j: j.theirs == "dies" and not j.case.domain.isascii()),
    Difference(
        "a domain in UTF-8", OPENDKIM, "RFC 5890 2.3.2.1, RFC 6376 3.5",
        "is the name of its A-labels; opendkim finds no row for it, or a catch-all", 83,
        lambda j: not j.case.domain.isascii() and j.ours.startswith("accept [d=")),
    Difference(
        "no key behind `%`", OPENDKIM, "a choice",
        "a domain that has none goes out unsigned, with a warning: it would be so at every try; opendkim puts it off", 1071,
        lambda j: j.theirs == "tempfail" and j.unsigned("no key of the author's domain: ")),
    Difference(
        "no key behind one `%` of several rows", OPENDKIM, "a choice", "the other keys sign; opendkim puts the message off", 93,
        lambda j: j.from_all_rows() and j.theirs == "tempfail" and j.our_signatures and "a.shop.example.net" in j.case.domain.lower()),
    Difference(
        "an author's domain of one label", OPENDKIM, "RFC 6376 3.5, 6.1.1",
        "is not signed for, nobody publishes a key there; opendkim signs d=localhost", 37,
        lambda j: (j.unsigned("no key of the author's domain") and j.results.endswith("the signing domain needs two labels at least"))
        or (j.case.domain == "localhost" and set(j.our_signatures) < set(j.their_signatures))),
    Difference(
        "a row of the key table with a domain of one label", OPENDKIM, "RFC 6376 3.5, 6.1.1",
        "cannot sign, and its mail waits (451) for the table to be corrected; opendkim signs d=org", 105,
        lambda j: j.ours == "tempfail" and any(signature.startswith("[d=org ") for signature in j.their_signatures)),
    Difference(
        "a dot behind the author's domain", OPENDKIM, "RFC 1034 3.1",
        "is the same domain; opendkim finds no row for it, or signs d= with the dot", 131,
        lambda j: j.case.domain == "example.org." and j.our_signatures),
    Difference(
        "a stray bracket behind the author", OPENDKIM, "RFC 5322 3.4",
        "every reader finds the same domain, whose key signs; opendkim takes the bracket into d=, or finds no row", 111,
        lambda j: j.case.shape == "stray bracket" and j.our_signatures and not set(j.our_signatures) <= set(j.their_signatures)),
    Difference(
        "a quoted local-part", OPENDKIM, "RFC 5322 3.2.4, 3.4.1",
        "the quotes are no part of it, so that the row of the address counts; opendkim finds the domain's", 36,
        lambda j: '"' in j.case.local_part and j.our_signatures and j.theirs.startswith("accept")),
    Difference(
        "upper case in a local-part, in a database", OPENDKIM, "a choice",
        "the address is asked for in lower case; opendkim asks as it was typed, and what compares exactly has no such row", 23,
        lambda j: j.site.startswith(("sqlite", "db", "postgresql")) and j.case.local_part != j.case.local_part.lower() and j.our_signatures),
    Difference(
        "a local-part in UTF-8", OPENDKIM, "RFC 6531 3.3",
        "is looked up as any other; opendkim passes over its rows, in files", 37,
        lambda j: not j.case.local_part.isascii() and j.our_signatures),
    Difference(
        "an identity without an at sign", OPENDKIM, "RFC 6376 3.5",
        "is left out, and the key of the row signs; opendkim leaves the message unsigned", 89,
        lambda j: j.theirs == "accept" and len(j.our_signatures) == 1 and " s=any " in j.ours and "bob@" in j.case.summary().lower()),
    Difference(
        "MultipleSignatures with three rows and more", OPENDKIM, "a choice, as its manual has it",
        "every row that matches signs; opendkim uses the first and the last", 365,
        lambda j: j.from_all_rows() and only_ends(j)),
    Difference(
        "MultipleSignatures with two rows of one key", OPENDKIM, "RFC 6376 4.1", "one signature; opendkim makes it twice", 180,
        lambda j: j.from_all_rows() and len(j.our_signatures) == 1 and j.their_signatures == j.our_signatures * 2),
    Difference(
        "MultipleSignatures with several rows of one name, in a database", OPENDKIM, "a choice, as in a file",
        "every row signs; opendkim takes one row of a name", 102,
        lambda j: j.site == "postgresql, all" and j.their_signatures and set(j.their_signatures) < set(j.our_signatures)),
    Difference(
        "an Ed25519 key in base64 in the table", OPENDKIM, "RFC 8463 4",
        "signs as one of RSA; opendkim knows base64 by the first letters of an RSA key, and puts the message off", 126,
        lambda j: j.site == "ed25519" and j.theirs == "tempfail" and j.ours.startswith("accept [d=example.com s=com ")),
    Difference(
        "authors with different keys, where every row signs", OPENDKIM, "RFC 6376 6.3",
        "the rows sign that are for all of them; opendkim uses those of the first", 16,
        lambda j: j.from_all_rows() and j.case.shape in SEVERAL and j.our_signatures),
    Difference(
        "SenderHeaders, and the field is there twice or cannot be read", OPENDKIM, "RFC 5322 3.6",
        "unsigned, with a warning; opendkim signs for the topmost", 31,
        lambda j: j.unsigned("Sender does not name one domain")),
    Difference(
        "SenderHeaders, and the signature would be aligned with From", OPENDKIM, "RFC 9989 4.4",
        "From must have the key as well; opendkim signs for any From of the domain", 46,
        lambda j: j.unsigned("key ") and "was chosen by" in j.results),
]
