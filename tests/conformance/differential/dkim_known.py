"""Where other implementations of DKIM are known to differ, and what decides. docs/conformance.md has the same list in words.

What we refuse and a peer accepts is classed by our reason; what we accept and a peer refuses, by the peer's. That an
acceptance is right is not left to these classes: differ_dkim.py wants a peer that accepts as well."""

import re

from harness import Class
from header_fields import split_fields

DKIMPY, OPENDKIM, MAIL_DKIM, MAILAUTH = "dkimpy", "opendkim", "Mail::DKIM", "mailauth"
EVERYBODY = (DKIMPY, OPENDKIM, MAIL_DKIM, MAILAUTH)


def refused_for(*reasons):
    """We refuse a signature for one of the reasons, and the peer accepts one."""
    def applies(case, peer):
        return any(result["result"] == "pass" for result in case.others[peer]) and \
            any(result["result"] != "pass" and result["reason"].startswith(reasons) for result in case.ours)
    return applies


def peer_says(*words):
    """The peer refuses, in these words, what we accept or report otherwise."""
    return lambda case, peer: any(word in reason for reason in case.reasons(peer) for word in words)


def fields(case):
    return [field.decode("latin-1") for field in split_fields(case.header)]


def signatures(case):
    return [field for field in fields(case) if field.lower().startswith("dkim-signature")]


def unterminated(case):
    return not case.body.endswith(b"\r\n")


def ends_in_blank(case):
    return case.body.endswith((b" ", b"\t"))


def odd_layout(field):
    """Blanks around tags, or a field name that is not written as usual."""
    return not field.startswith("DKIM-Signature:") or re.search(r"\s=|[;:=]\s+[^;]*$|[;=]\s|\s;|:\s\s|:\s*\r\n|:b\s*=|\s$", field) is not None


CLASSES = [
    Class("Ed25519", (MAIL_DKIM,), "RFC 8463 3",
          "verifiers must know it; Mail::DKIM 1.20230212 does not", peer_says("unsupported algorithm ed25519")),
    Class("l= shorter than the body", EVERYBODY, "RFC 6376 8.2",
          "a choice: what was added was not signed, and we report policy; all others pass",
          refused_for("body only partly signed"), alone=True),
    Class("l= longer than the body", (DKIMPY, MAIL_DKIM, MAILAUTH), "RFC 6376 3.4.5, 3.5",
          "more octets than there are cannot have been signed; they hash what there is",
          refused_for("body shorter than signed length")),
    Class("t= in the future", (MAIL_DKIM, MAILAUTH), "RFC 6376 3.5",
          "may be ignored, and is by us and by libopendkim", refused_for("signature from the future")),
    Class("x= in the past or before t=", (DKIMPY, MAIL_DKIM), "RFC 6376 3.5, 6.1.1",
          "an expired signature may be treated as such, and x= must be after t=",
          refused_for("signature expired", "signature has expired", "invalid timestamp", "invalid expiration", "expires before")),
    Class("a key record with a wrong or misplaced version", (DKIMPY, OPENDKIM, MAIL_DKIM), "RFC 6376 3.6.1",
          "v= must be the first tag and DKIM1; they take the record", refused_for("no usable key record")),
    Class("a key record that allows sha1 only", (DKIMPY,), "RFC 6376 3.6.1, 6.1.2",
          "h= must name the signature's hash; dkimpy does not look", refused_for("inappropriate hash algorithm")),
    Class("a key that is not for subdomains", (DKIMPY,), "RFC 6376 3.6.1",
          "t=s wants i= and d= to be the same domain", refused_for("key not for subdomains")),
    Class("a fold between the name of a field and its colon", (MAILAUTH,), "RFC 5322 4.5, RFC 6376 3.4.2",
          "is allowed by no grammar, old or new, so that the field has no name to canonicalize",
          lambda case, peer: re.search(rb"(?m)^[!-9;-~]+\r\n[ \t]+:", case.header) is not None),
    Class("letters of a=, c= and q=", (DKIMPY, MAIL_DKIM, OPENDKIM), "RFC 6376 3.2, 3.5, RFC 5234 2.3",
          "as values of tags they would have to match exactly, as words of the ABNF in any case; we take any case",
          lambda case, peer: any(re.search(r"[;:\s][acq]\s*=\s*[A-Z]", field) for field in signatures(case))),
    Class("i= that is no address at or below d=", (DKIMPY, MAIL_DKIM), "RFC 6376 3.5, 6.1.1",
          "one inconsistency refuses the signature; they take another reading of the domain or of quoted octets",
          refused_for("invalid identity", "domain mismatch", "inappropriate key identity", "identity")),
    Class("a tag list that breaks the grammar", EVERYBODY, "RFC 6376 3.2, 6.1.1",
          "names are case-sensitive, begin with a letter and occur once, numbers are digits; they skip what they cannot read",
          refused_for("syntax error", "missing tag", "invalid tag", "invalid", "unsupported", "unknown", "incompatible", "bad ")),
    Class("blanks behind the last line", (DKIMPY,), "RFC 6376 3.4.3, 3.4.4",
          "a body that does not end in CRLF gets one first; dkimpy leaves the blanks before it",
          lambda case, peer: unterminated(case) and (refused_for("body hash did not verify")(case, peer)
                                                     or (ends_in_blank(case) and peer_says("body hash mismatch")(case, peer)))),
    Class("a body without a final CRLF", (MAIL_DKIM, OPENDKIM), "RFC 6376 3.4.3, 3.4.4",
          "it is added; Mail::DKIM does not, and libopendkim calls a relaxed one a syntax error",
          lambda case, peer: unterminated(case) and any(r["result"] == "pass" for r in case.ours)
          and any(w in x for x in case.reasons(peer) for w in ("body has been altered", "error -1", "error 28"))),
    Class("a blank between b and =", (OPENDKIM, DKIMPY), "RFC 6376 3.2, 3.5",
          "is allowed; libopendkim does not find the value to leave out",
          lambda case, peer: any(re.search(r"[;:]\s*b\s+=", field) for field in signatures(case))),
    Class("t= in the first minutes of 1970", (OPENDKIM,), "RFC 6376 3.5",
          "is long past; libopendkim takes it for the future", peer_says("error 4")),
    Class("a second From", (DKIMPY,), "RFC 6376 5.4.2, 8.15",
          "one that was added on top is not signed and breaks nothing; dkimpy fails it, we leave it to DMARC, which refuses two",
          lambda case, peer: sum(field.lower().startswith("from") for field in fields(case)) > 1),
    Class("a blank before the colon of a field", (DKIMPY,), "RFC 5322 4.5",
          "is obsolete, and does not make the message unreadable", peer_says("Unexpected characters in RFC822 header")),
    Class("one broken signature among others", (OPENDKIM,), "RFC 6376 6.1",
          "each stands for itself; libopendkim refuses the message",
          lambda case, peer: peer_says("dkim_header gave")(case, peer) or len(case.others[peer]) != len(case.ours)),
    Class("a signature that cannot be read", (MAIL_DKIM,), "RFC 6376 6.1, RFC 8601 2.7.1",
          "is one all the same, and reported; Mail::DKIM leaves it out",
          lambda case, peer: len(case.others[peer]) < len(case.ours)),
    Class("a key record without k=", (DKIMPY,), "RFC 6376 3.6.1", "means rsa", peer_says("UnknownKeyTypeError")),
    Class("q= with several methods", (DKIMPY,), "RFC 6376 3.5",
          "unknown methods are skipped, and dns without its /txt is one; dkimpy refuses the signature",
          lambda case, peer: any(re.search(r"[;:\s]q\s*=", field) for field in signatures(case))),
    Class("blanks and letters in the signature field", (DKIMPY, MAIL_DKIM), "RFC 6376 3.2, 3.4.1, 3.7",
          "white space may stand around names and values, and is hashed as it is; they lose some of it, or the field's own name",
          lambda case, peer: any(r["result"] == "pass" for r in case.ours) and any(odd_layout(field) for field in signatures(case))),
    Class("blanks behind the signature", (DKIMPY, MAIL_DKIM), "RFC 6376 3.4.1, 3.7",
          "only the value of b= is left out, so that a blank added behind it breaks a simple signature; dkimpy strips it",
          lambda case, peer: refused_for("signature did not verify")(case, peer)
          and any(re.search(r"[\s;]$|b=[^;]*\s", field) for field in signatures(case))),
]
