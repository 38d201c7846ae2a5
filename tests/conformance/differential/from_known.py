"""Where other readers of From are known to see another author than the one we name."""

import re

from harness import Class

CLASSES = [
    Class("a route of several hosts", ("Mail::Address",), "RFC 5322 4.4",
          "obs-route is skipped; Mail::Address takes the comma in it for the next address",
          lambda case, peer: re.search(r"<[^>]*@[^>]*,[^>]*:", case.body) is not None),
    Class("a group", ("Mail::Address",), "RFC 5322 3.4",
          "has a name, a colon, addresses and a semicolon; Mail::Address sees one more address without domain",
          lambda case, peer: ":" in case.body and ";" in case.body and "" in case.others[peer]
          and set(case.others[peer]) == {"", *case.verdict["domains"]}),
    Class("a dot behind a quoted word", ("Python",), "RFC 5322 4.1",
          "obs-phrase allows it in a display name; Python 3.11 raises an exception",
          lambda case, peer: str(case.others[peer]).startswith("AttributeError")),
]
