"""Where other readers of From are known to see another author than the one we name."""

import re

from harness import Class

CLASSES = [
    Class("a route of several hosts", ("Mail::Address", "email.utils"), "RFC 5322 4.4",
          "obs-route is skipped; both may take the comma in it for the next address",
          lambda case, peer: re.search(r"<[^>]*@[^>]*,[^>]*:", case.body) is not None),
]
