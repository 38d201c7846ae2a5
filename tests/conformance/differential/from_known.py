"""Where other readers of From are known to see another author than the one we name."""

import re

from harness import Class

CLASSES = [
    Class("a route of several hosts", ("Mail::Address", "email.utils"), "RFC 5322 4.4",
          "obs-route is skipped; both may take the comma in it for the next address",
          lambda case, peer: re.search(r"<[^>]*@[^>]*,[^>]*:", case.body) is not None),
]

LOCAL_PART_CLASSES = [
    Class("the name of a group", ("Mail::Address",), "RFC 5322 3.4",
          "it knows no groups, and takes the name for a part of the first address",
          lambda case, peer: re.search(r"^[^@<]*:", case.body) is not None),
]
