"""Test messages as bytes with CRLF line ends."""


def message(author: str = "Ann <ann@pass.test>", body: str = "Hello.\r\n", fields: tuple[str, ...] = (),
            subject: str = "A test", recipient: str = "somebody@rcpt.test") -> bytes:
    """A plain message; `fields` come before its own."""
    head = [*fields, f"From: {author}", f"To: {recipient}", f"Subject: {subject}",
            "Date: Mon, 02 Mar 2026 10:11:12 +0000", "Message-ID: <e2e.1@pass.test>"]
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


# Everything that relaxed canonicalization would smooth over and simple must not.
AWKWARD_FIELDS = (
    "X-Nothing:",
    "X-Tight:no space after the colon",
    "X-Tab:\ttab after the colon",
    "X-Wide:   three spaces,  two   inside, some at the end   ",
    "X-Folded: first line\r\n second line\r\n\tthird line after a tab\r\n   fourth \t line",
)
AWKWARD_BODY = ("  leading blanks\r\ntabs\tand  double  blanks\r\ntrailing blanks   \r\ntrailing tab\t\r\n"
                ".\r\n..two dots\r\n\r\n \r\nend\r\n\r\n\r\n\r\n")


def awkward(author: str) -> bytes:
    """A message full of white space that a careless signer or verifier trips over."""
    folded = "Subject:  folded\r\n\tsubject  with   blanks \r\n and a third line"
    head = [*AWKWARD_FIELDS, f"From:  {author}", "To: one@rcpt.test,\r\n\ttwo@rcpt.test", folded,
            "Date: Mon, 02 Mar 2026 10:11:12 +0000", "Message-ID:\t<e2e.2@pass.test>",
            "Content-Type: text/plain;\r\n\tcharset=us-ascii"]
    return ("\r\n".join(head) + "\r\n\r\n" + AWKWARD_BODY).encode()
