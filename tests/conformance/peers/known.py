"""Where the decisions of Debian's opendmarc and policyd-spf are known to differ from ours, how often they do among the messages
of messages.py, and what decides. docs/conformance.md has the same list in words; list_known.py prints it."""

import dataclasses
import re
import typing

OPENDMARC, POLICYD_SPF = "opendmarc", "policyd-spf"
# Tables of theirs.
WITH_LISTS, WITH_NAMES, WITHOUT_HELO = "policyd-spf, with lists", "policyd-spf, with lists of names", "policyd-spf, without HELO"
WHITELISTED = "192.0.2.20"  # in the first of these
UNCONFIRMED, ALIKE = "192.0.2.50", "2001:db8:bad::40"  # clients whose name does not lead back, or is no listed one
REJECTED = "550 5.7.1"
NOT_PASS = {("550 5.7.23 mfrom", "accept Softf"), ("550 5.7.23 mfrom", "accept Neutr")}


@dataclasses.dataclass(frozen=True)
class Judgement:
    """One message: what is done with it by us and by the other, and the results that we find, by method."""

    case: typing.Any
    table: str  # which settings were judged by
    ours: str
    theirs: str
    results: dict

    def odd(self, *names):
        return self.case.oddity in names

    def of(self, *families):
        return self.case.family in families


@dataclasses.dataclass(frozen=True)
class Difference:
    name: str
    peer: str
    section: str
    verdict: str
    count: int
    applies: typing.Callable


def failed_lookup(judgement):
    """Of what would align."""
    return "temperror" in judgement.results.get("dkim", []) + judgement.results.get("spf", [])


CLASSES = [
    Difference(
        "no author", OPENDMARC, "RFC 5322 3.6.2, RFC 9989 11.5",
        "permerror, and marked (a choice, `author:`); opendmarc accepts it without a word", 19,
        lambda j: j.odd("missing", "empty group", "no address", "no domain") and j.theirs == "accept -"),
    Difference(
        "an address literal as author", OPENDMARC, "RFC 9989 5.3.1",
        "an author without a domain name is permerror; opendmarc asks for a record of the literal, and says none", 4,
        lambda j: j.odd("literal") and j.theirs == "accept none"),
    Difference(
        "another domain in a comment or a quoted local-part of From", OPENDMARC, "RFC 9989 11.5, 5.3.1",
        "a reader could take it for the author: permerror and marked (a choice); opendmarc judges the address", 4,
        lambda j: j.odd("comment", "quoted local-part") and j.ours == "accept permerror"),
    Difference(
        "two From fields", OPENDMARC, "RFC 5322 3.6, RFC 9989 11.5",
        "permerror and marked (a choice); opendmarc judges the topmost, so that a forger can show the other", 8,
        lambda j: j.odd("two fields", "two fields of two domains") and j.ours == "accept permerror"),
    Difference(
        "addresses of several domains in From", OPENDMARC, "RFC 9989 11.5",
        "each domain is evaluated, the strictest failing policy counts; opendmarc accepts without a word", 17,
        lambda j: j.odd("two domains", "two domains, author last") and j.theirs == "accept -"),
    Difference(
        "a From of more than 2 KB", OPENDMARC, "RFC 5322 2.1.1, RFC 9989 5.3.1",
        "has an author all the same; opendmarc cannot read it and accepts without a word", 4,
        lambda j: j.odd("long") and j.theirs == "accept -"),
    Difference(
        "a stray bracket behind the author", OPENDMARC, "RFC 9989 5.3.1",
        "every reader finds the same domain, whose policy holds; opendmarc takes the bracket into it, and finds none", 3,
        lambda j: j.odd("stray bracket") and j.theirs == "accept none"),
    Difference(
        "an author's domain in upper case", OPENDMARC, "RFC 9989 4.4",
        "names compare in any case; opendmarc does not find the Organizational Domain of one in capitals", 4,
        lambda j: j.odd("upper case") and j.theirs == "accept none"),
    Difference(
        "a policy that cannot be asked for", OPENDMARC, "RFC 9989 4.10.1, 5.3.6",
        "temperror, accepted or put off as `policy.dmarc_temperror` says; opendmarc says none", 10,
        lambda j: j.of("silent") and j.ours == "accept temperror"),
    Difference(
        "pct=0", OPENDMARC, "RFC 9989 A.6",
        "the tag is gone, t=y has taken its place; opendmarc never enforces such a policy", 14,
        lambda j: j.of("pct0-reject", "pct0-quarantine") and j.theirs == "accept fail" and j.ours in (REJECTED, "quarantine fail")),
    Difference(
        "t=y", OPENDMARC, "RFC 9989 4.7",
        "lowers the policy by one level; opendmarc does not know the tag", 12,
        lambda j: (j.ours, j.theirs) in (("quarantine fail", REJECTED), ("accept fail", "quarantine fail"))
        and j.of("testing-reject", "testing-quarantine")),
    Difference(
        "np", OPENDMARC, "RFC 9989 4.7, 4.10.1",
        "is the policy for names that do not exist; opendmarc does not know the tag", 3,
        lambda j: j.of("np-reject", "np-none") and j.case.place == "new." and {j.ours, j.theirs} == {REJECTED, "accept fail"}),
    Difference(
        "two records at one name", OPENDMARC, "RFC 9989 4.10 (RFC 7489 6.6.3)",
        "both are discarded; opendmarc takes the first that the DNS hands out", 14,
        lambda j: j.of("two") and j.ours == "accept none"),
    Difference(
        "a version that is not the first tag", OPENDMARC, "RFC 9989 4.7",
        "the record is ignored; opendmarc follows it", 12,
        lambda j: j.of("late-version") and j.ours == "accept none"),
    Difference(
        "another version", OPENDMARC, "RFC 9989 4.7",
        "no DMARC record; opendmarc calls it a broken one", 11,
        lambda j: j.of("other-version") and (j.ours, j.theirs) == ("accept none", "accept permerror")),
    Difference(
        "an unreadable policy with rua", OPENDMARC, "RFC 9989 4.10.1",
        "acts as p=none, and the message can pass; opendmarc gives the record up", 22,
        lambda j: j.of("bogus-rua", "no-p-rua") and j.theirs == "accept permerror"),
    Difference(
        "an unreadable optional tag", OPENDMARC, "RFC 9989 4.8",
        "means its default; opendmarc gives the record up, and the policy with it", 14,
        lambda j: j.of("bogus-adkim") and j.theirs == "accept permerror"),
    Difference(
        "strict alignment", OPENDMARC, "RFC 9989 4.4",
        "adkim=s and aspf=s want the same name; opendmarc 1.4.2 aligns as if relaxed", 16,
        lambda j: j.of("strict") and (j.ours, j.theirs) == (REJECTED, "accept pass")),
    Difference(
        "a public suffix that signs", OPENDMARC, "RFC 9989 4.10.2",
        "has no owner in common with the domains below it; opendmarc aligns them", 10,
        lambda j: "suffix" in j.case.signatures and j.theirs == "accept pass"),
    Difference(
        "a lookup that failed for what might have aligned", OPENDMARC, "RFC 9989 5.3.6",
        "temperror, neither pass nor fail, and nothing is refused for it; opendmarc says fail, and follows the policy", 20,
        lambda j: j.ours == "accept temperror" and failed_lookup(j)),
    Difference(
        "a client on a list", POLICYD_SPF, "RFC 7208 9.1",
        "is not refused, and the result is written all the same (a choice: DMARC needs it); policyd-spf evaluates nothing", 229,
        lambda j: j.table in (WITH_LISTS, WITH_NAMES) and j.theirs == "accept -" and j.ours.startswith("accept ")),
    Difference(
        "a reverse name that is not the client's, or only ends like a listed one", POLICYD_SPF, "RFC 7208 5.5, 8.4",
        "Domain_Whitelist_PTR wants a name at or below the listed one that leads back; policyd-spf accepts what anybody can write", 31,
        lambda j: j.table == WITH_NAMES and j.case.client in (UNCONFIRMED, ALIKE) and j.theirs == "accept -" and j.ours.startswith("550 ")),
    Difference(
        "a name below one of Reject_Not_Pass_Domains", POLICYD_SPF, "a choice, as its manual has it",
        "is meant as well; policyd-spf compares the other way round", 4,
        lambda j: j.table == WITH_NAMES and "sub." in j.case.sender and (j.ours, j.theirs[:12]) in NOT_PASS),
    Difference(
        "a name above one of Reject_Not_Pass_Domains", POLICYD_SPF, "a choice, as its manual has it",
        "is not meant; policyd-spf compares the other way round", 3,
        lambda j: j.table == WITH_NAMES and (j.theirs, j.ours[:12]) in NOT_PASS),
    Difference(
        "HELO that is not to refuse anything", POLICYD_SPF, "RFC 7208 2.3, 9.1",
        "with No_Check its result is still written where MAIL FROM has none (a choice); policyd-spf does not look at it", 78,
        lambda j: j.table == WITHOUT_HELO and re.fullmatch(r"accept \w+ helo", j.ours) and j.theirs in ("accept -", "accept None mailfrom")),
]
