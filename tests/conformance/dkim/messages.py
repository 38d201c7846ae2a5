"""Messages of every shape that canonicalization has to cope with, as bytes with CRLF line ends."""

HEADER = (
    b"From: Joe SixPack <joe@example.org>\r\n"
    b"To: Suzie Q <suzie@shopping.example.net>\r\n"
    b"Subject: Is dinner ready?\r\n"
    b"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    b"Message-ID: <20030712040037.46341.5F8J@example.org>\r\n"
)
BODY = b"Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n"

FOLDED = (
    b"Received: from client.example.org\r\n"
    b"\tby mx.example.org with ESMTP;\r\n"
    b"   Fri, 11 Jul 2003 21:00:38 -0700\r\n"
    b"From:\r\n Joe SixPack\r\n\t<joe@example.org>\r\n"
    b"To: Suzie Q\r\n    <suzie@shopping.example.net>\r\n"
    b"Subject: Is \r\n dinner\t\r\n\tready?\r\n"
    b"Date: Fri, 11 Jul 2003 21:00:37 -0700\r\n"
)
BLANKS = (
    b"From:   Joe  <joe@example.org>  \r\n"
    b"To:suzie@shopping.example.net\r\n"
    b"Subject:\tIs\t\tdinner   ready?\t\r\n"
    b"X-Empty:\r\n"
    b"Cc: \r\n"
    b"Date: Fri, 11 Jul 2003 21:00:37 -0700\r\n"
)
REPEATED = (
    b"Received: one\r\nReceived: two\r\nTo: a@example.net\r\nTo: b@example.net\r\n"
    b"Comments: one\r\nList-Id: <a.example.org>\r\nList-Id: <b.example.org>\r\nComments: two\r\n"
)
MIME = HEADER + (
    b"MIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed;\r\n boundary="=_b"\r\n'
    b"Content-Transfer-Encoding: 8bit\r\n"
)
PARTS = (
    b"--=_b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGr\xc3\xbc\xc3\x9fe \r\n"
    b"--=_b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZy4=\r\n" * 200
    + b"--=_b--\r\n"
)
RECIPIENTS = b"To: " + b",\r\n\t".join(b"Recipient %d <r%d@example.net>" % (i, i) for i in range(300)) + b"\r\n"

SHAPES = {
    "plain": HEADER + b"\r\n" + BODY,
    "folded headers": FOLDED + b"\r\n" + BODY,
    "tabs and blanks in headers": BLANKS + b"\r\n" + BODY,
    "repeated headers": REPEATED + HEADER + b"\r\n" + BODY,
    "8-bit body": HEADER + b"\r\n" + b"Gr\xfc\xdfe\r\n\xff\xfe\x80 \xa0\r\n",
    "UTF-8 headers": HEADER.replace(b"Is dinner", "Ist das Abendessen für Zoë".encode()) + b"\r\n" + BODY,
    "empty body": HEADER + b"\r\n",
    "body of empty lines": HEADER + b"\r\n\r\n\r\n\r\n",
    "body without final CRLF": HEADER + b"\r\n" + b"Hi.\r\nJoe.",
    "trailing empty lines": HEADER + b"\r\n" + BODY + b"\r\n" * 7,
    "trailing blank lines": HEADER + b"\r\n" + BODY + b" \r\n\t\r\n  \t\r\n",
    "blanks in the body": HEADER + b"\r\n" + b" a  b\t\tc \t \r\n\t\r\n  d \r\n\r\n e\t\r\n",
    "long lines": HEADER + b"X-Long: " + b"x" * 900 + b"\r\n\r\n" + b"y " * 490 + b"\r\n" + b"z" * 998 + b"\r\n",
    "many recipients": HEADER.replace(b"To: Suzie Q <suzie@shopping.example.net>\r\n", RECIPIENTS) + b"\r\n" + BODY,
    "MIME": MIME + b"\r\n" + PARTS,
    "dots and dashes": HEADER + b"\r\n" + b".\r\n..\r\n-- \r\n.a\r\n",
}
