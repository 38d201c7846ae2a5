"""Where other implementations of DMARC are known to differ, and what decides. docs/conformance.md has the same list in words."""

import re

from harness import Class

from dmarc_trees import SUFFIXES

MAILAUTH, MAIL_DMARC, LIBRARY = "mailauth", "Mail::DMARC", "libopendmarc"


def problem(case, peer):
    return case.others[peer].get("problem", "")


def published(case, pattern):
    """A record on the way matches."""
    return any(re.search(pattern, text) for text in case.texts())


def identifiers(case):
    return [case.message["spf"], *case.message["dkim"]] if "spf" in case.message else case.message["dkim"]


def repeated_tag(text):
    names = [part.split("=")[0].strip().lower() for part in text.split(";") if "=" in part]
    return len(names) > len(set(names))


def several_records(case, peer):
    """RFC 9989 4.8: "v" in any case, DMARC1 as it is written."""
    return any(sum(re.match(r"[vV]\s*=\s*DMARC1\s*(?:;|$)", "".join(strings)) is not None
                   for strings in case.zone.get(name, {}).get("TXT", [])) > 1
               for name in case.ours["asked"])


BAD_POLICY = r"(?i)\bs?n?p\s*=\s*(?!\s*(?:none|quarantine|reject)\s*(?:;|$))"

CLASSES = [
    Class("a record with a tag twice", (MAILAUTH, MAIL_DMARC, LIBRARY), "RFC 9989 4.7, RFC 6376 3.2",
          "left open how much is invalid: for us the tag, for mailauth the record; the others take the last or the first",
          lambda case, peer: any(repeated_tag(text) for text in case.texts()), alone=True),
    Class("np in a record", (MAIL_DMARC, LIBRARY), "RFC 9989 4.7, 4.10.1",
          "an unreadable np is an unreadable policy; RFC 7489 does not know the tag",
          lambda case, peer: published(case, r"np=bogus"), alone=True),
    Class("an unreadable policy and no rua", (MAILAUTH, MAIL_DMARC, LIBRARY), "RFC 9989 4.10.1, 9.1",
          "no DMARC either way; we say permerror, so that its owner may correct it, they say none or fail",
          lambda case, peer: case.ours["result"] == "permerror" and case.others[peer]["result"] in ("none", "fail")
          and case.others[peer]["policy"] in ("", "none"), alone=True),
    Class("blanks before the version", (MAILAUTH,), "RFC 9989 4.8",
          "the record begins with its version; mailauth trims it first",
          lambda case, peer: published(case, r"^\s")),
    Class("an unreadable policy with rua", (MAIL_DMARC, LIBRARY), "RFC 7489 6.6.3, RFC 9989 4.10.1",
          "acts as p=none, and the message can pass; they give up alignment or the record",
          lambda case, peer: published(case, BAD_POLICY) or published(case, r"^(?!.*\bp\s*=)"), alone=True),
    Class("a version that is not quite one", (MAIL_DMARC,), "RFC 9989 4.7, 4.8",
          "the version is v=DMARC1, in this case, blanks around the equals sign allowed; Mail::DMARC compares eight letters in any case",
          lambda case, peer: published(case, r"(?i)^v=dmarc1(?:[2 ]|$)") or published(case, r"^v=dmarc1")
          or published(case, r"^v\s+=")),
    Class("pct", (MAIL_DMARC,), "RFC 9989 A.6",
          "the tag is gone; Mail::DMARC applies it as RFC 7489 6.3 had it",
          lambda case, peer: published(case, r"pct=")),
    Class("existence of a name whose server is silent", (MAILAUTH,), "RFC 8020, RFC 9989 3.2.13",
          "a record at _dmarc. below a name proves that the name exists; mailauth asks, gets no answer and does not know",
          lambda case, peer: case.zone.get(case.message["author"], {}).get("TIMEOUT") and published(case, r"np=")),
    Class("several records at one name", (MAIL_DMARC, LIBRARY), "RFC 9989 4.10 (RFC 7489 6.6.3)",
          "they are discarded, and the next name is asked; by RFC 7489 that was the end, with none; Mail::DMARC says fail",
          several_records, alone=True),
    Class("names of tags in upper case", (MAILAUTH, LIBRARY), "RFC 9989 4.7, RFC 6376 3.2",
          "as names of tags they would have to match exactly, as words of the ABNF in any case (RFC 5234 2.3); we take any case",
          lambda case, peer: published(case, r"^V|\bP=|ADKIM")),
    Class("strict alignment", (LIBRARY,), "RFC 7489 3.1, RFC 9989 4.4",
          "adkim=s and aspf=s want the same name; libopendmarc 1.4.2 with a suffix list aligns as if relaxed",
          lambda case, peer: published(case, r"(?i)a(?:dkim|spf)=s")),
    Class("a record that is refused for an optional tag", (LIBRARY,), "RFC 7489 6.3, RFC 9989 4.8",
          "a syntax error in an optional tag means its default; libopendmarc drops the record",
          lambda case, peer: "record refused" in problem(case, peer)),
    Class("a public suffix as identifier", (LIBRARY,), "RFC 7489 3.1, RFC 9989 4.10.2",
          "a domain and its public suffix have no owner in common; libopendmarc aligns them",
          lambda case, peer: any(name in SUFFIXES for name in identifiers(case))),
]
