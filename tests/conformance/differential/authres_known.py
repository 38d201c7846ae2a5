"""Where other parsers of Authentication-Results are known to differ from what we wrote."""

import re

from harness import Class

CLASSES = [
    Class("quoted-pairs", ("authres", "Mail::AuthenticationResults"), "RFC 5322 3.2.4",
          "a backslash in quotes stands for the character behind it; both leave it where it is",
          lambda case, peer: b"\\" in case.field, alone=True),
    Class("a quoted local-part", ("authres", "Mail::AuthenticationResults"), "RFC 8601 2.2, RFC 5321 4.1.2",
          "a value may be an address, whose local-part may be quoted; authres keeps the quotes, the other refuses the field",
          lambda case, peer: re.search(rb'="[^"]*"@', case.field) is not None, alone=True),
]
