#!/usr/bin/env python3
"""A list manager for pipe(8): hand_back.py PORT RECIPIENT < MESSAGE

plain+NAME@DOMAIN sends the message on to NAME@rcpt.test as it is, rewrite+NAME@DOMAIN with the list in From."""

import re
import smtplib
import sys

LIST = b"From: Somebody via the list <list@lists.test>"


def main() -> None:
    port, recipient = int(sys.argv[1]), sys.argv[2]
    manner, name = recipient.partition("@")[0].split("+")
    header, blank, body = sys.stdin.buffer.read().partition(b"\n\n")
    if manner == "rewrite":
        header = re.sub(rb"^From:.*$", LIST, header, count=1, flags=re.MULTILINE)
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.sendmail("owner@lists.test", [f"{name}@rcpt.test"], header + blank + body)


if __name__ == "__main__":
    main()
