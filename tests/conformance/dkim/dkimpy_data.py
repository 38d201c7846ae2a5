#!/usr/bin/python3
"""The test data that python3-dkim ships, judged by our verifier: its signed messages as they are, its unsigned ones signed
by it under each of its keys and key records.

Usage: dkimpy_data.py DKIM_INTEROP"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dkim  # noqa: E402
import peers  # noqa: E402

DATA = os.path.join(os.path.dirname(dkim.__file__), "tests", "data")
GMAIL = (
    "k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1Kd87/UeJjenpabgbFwh+eBCsSTrqmwIYYvywlbhbqoo2DymndFkbjOVIPIl"
    "dNs/m40KF+yzMn1skyoxcTUGCQs8g3FgD2Ap3ZB5DekAo5wMmk4wimDO+U8QzI3SD07y2+07wlNWwIt8svnxgdxGkVbbhzY8i+RQ9DpSVpPbF7ykQx"
    "tKXkv/ahW3KjViiAH+ghvvIhkx4xYSIc9oSwVmAl5OctMEeWUwg8Istjqz8BZeTWbf41fbNhte7Y+YqZOwq1Sd0DbvYAD9NOZK9vlfuac0598HY+vt"
    "SBczUiKERHv1yRbcaQtZFh5wtiRrN04BLUTD21MycBX5jYchHjPY/wIDAQAB"
)
FOOTBALL = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


def read(name):
    with open(os.path.join(DATA, name), "rb") as file:
        return file.read()


def record(name):
    return read(name).decode().strip()


def with_crlf(text):
    return text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def football(test_record):
    return {"brisbane._domainkey.football.example.com": [FOOTBALL],
            "test._domainkey.football.example.com": [test_record]}


# Messages that come signed: file, zone, expected results.
SIGNED = [
    ("rfc6376.signed.msg", football(record("test.txt")), ["pass", "pass"]),
    ("rfc6376.signed.rsa.msg", football(record("test.txt")), ["pass"]),
    # A record whose base64 lost a character.
    ("rfc6376.signed.rsa.msg", football(record("test_bad.txt")), ["permerror"]),
    ("test2.message", {"20120113._domainkey.gmail.com": [GMAIL]}, ["pass"]),
    ("test.message.baddomain", {"test._domainkey.legitimate.com(.attacker.com": [record("test.txt")]}, ["neutral"]),
    ("ed25519test2.msg", {"sed._domainkey.test.ex": [record("eximtest.dns")]}, ["pass"]),
]

# Messages to sign: file, key, algorithm, record, expected results.
RSA, ED25519 = peers.RSA, peers.ED25519
UNSIGNED = [
    ("test.message", "test.private", RSA, "test.txt", ["pass"]),
    ("test.message", "test.private", RSA, "test2.txt", ["pass"]),            # no k=
    ("test.message", "test.private", RSA, "badversion.txt", ["permerror"]),  # v=DKIM1: with a colon
    ("test.message", "test.private", RSA, "badk.txt", ["permerror"]),        # k=ed25519-sha256
    ("test.message", "test.private", RSA, "test_tlsrpt.txt", ["permerror"]), # s=tlsrpt
    ("test.message", "1024_testkey.key", RSA, "1024_testkey_wo_markers.pub.txt", ["pass"]),
    ("test.message", "1024_testkey.key", RSA, "1024_testkey_wo_markers.pub.rsa.txt", ["pass"]), # bare RSAPublicKey
    ("test.message", "2048_testkey.key", RSA, "2048_testkey_wo_markers.pub.txt", ["pass"]),
    ("test.message", "2048_testkey.key", RSA, "2048_testkey_wo_markers.pub.rsa.txt", ["pass"]),
    ("test.message", "2048_testkey_PKCS8.key", RSA, "2048_testkey_PKCS8.key.pub.txt", ["pass"]),
    ("test.message", "1024_testkey.key", RSA, "test.txt", ["fail"]),         # another key's record
    ("message.mbox", "test.private", RSA, "test.txt", ["pass"]),
    ("test_extra.message", "test.private", RSA, "test.txt", ["pass"]),
    ("rfc6376.msg", "test.private", RSA, "test.txt", ["pass"]),
    ("ed25519test.msg", "ed25519test.key", ED25519, "ed25519test.dns", ["pass"]),
    ("rfc6376.msg", "rfc8032_7_1.key", ED25519, None, ["pass"]),
]


def check(name, results, expected):
    verdict = "ok" if results == expected else f"FAILED: {results} instead of {expected}"
    print(f"{name:<110} {verdict}")
    return results == expected


def judge(verifier, message, zone):
    verifier.zone = zone
    return verifier.verify(with_crlf(message))


def sign_and_judge(verifier, case, canonicalization):
    message, key, algorithm, key_record, _ = case
    text = with_crlf(read(message))
    field = dkim.sign(text, b"test", b"example.com", read(key).strip(), canonicalize=canonicalization,
                      signature_algorithm=algorithm.encode(), linesep=b"\r\n")
    zone = {"test._domainkey.example.com": [record(key_record) if key_record else FOOTBALL]}
    return judge(verifier, field + text, zone)[:1]


def main():
    verifier = peers.Lines("paraph", [sys.argv[1]], {})
    outcomes = []
    for name, zone, expected in SIGNED:
        outcomes.append(check(name, judge(verifier, read(name), zone), expected))
    for case in UNSIGNED:
        for header in (b"simple", b"relaxed"):
            for body in (b"simple", b"relaxed"):
                name = f"{case[0]}, {case[1]}, {case[3]}, {header.decode()}/{body.decode()}"
                outcomes.append(check(name, sign_and_judge(verifier, case, (header, body)), case[4]))
    verifier.close()
    print(f"{sum(outcomes)} of {len(outcomes)} passed")
    sys.exit(0 if all(outcomes) else 1)


if __name__ == "__main__":
    main()
