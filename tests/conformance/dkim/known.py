"""Failures that are not ours, each with the reason why. A case that passes although it is listed here fails the test, so
that the list cannot outlive its reasons."""

UNTERMINATED = "body without final CRLF"


def excuse(row, column, shape):
    """The reason why this case may fail, or None. `row` is "SIGNER -> VERIFIER, ALGORITHM"."""
    parties, _, algorithm = row.rpartition(", ")
    header, body = column.split("/")
    if "opendkim" in parties and shape == UNTERMINATED and body == "relaxed":
        return "libopendkim refuses a relaxed body without a final CRLF as a syntax error (an MTA never hands it one)"
    if "Mail::DKIM" in parties and shape == UNTERMINATED and body == "simple":
        return "Mail::DKIM does not add the final CRLF that RFC 6376 3.4.3 asks for; dkimpy, opendkim and mailauth do"
    if parties == "opendkim -> paraph" and algorithm == "ed25519-sha256" and header == "simple":
        return ("libopendkim's Ed25519 signatures over simple headers verify nowhere: its own verifier, dkimpy and "
                "mailauth refuse them too")
    return None
