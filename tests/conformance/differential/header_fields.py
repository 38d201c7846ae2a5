"""Folds of header fields (RFC 5322 2.2.3), in text or in octets."""

import re


def like(text, pattern):
    """A pattern of the kind that goes with the text."""
    return pattern if isinstance(text, str) else pattern.encode()


def unfolded(body):
    """As whoever reads a message hands it on."""
    return re.sub(like(body, r"\r\n(?=[ \t])"), body[:0], body)


def split_fields(header):
    """The fields, with their folds."""
    return re.split(like(header, r"\r\n(?![ \t])"), header)
