"""The mail of a soak: good, forged, broken and hostile, without end, the same for the same seed."""

import random

from faults.bench import ALLOWED, plain

FIELDS = (b"From", b"Sender", b"To", b"Reply-To", b"Subject", b"Authentication-Results", b"DKIM-Signature", b"Received",
          b"X-" + b"y" * 60)
ROOT = b"Authentication-Results: mx.ours.test"
DOMAINS = ("pass.test", "soft.test", "broken.test", "gone.test", "deep.test", "loop.test", "slow.test", "lies.test")


def zone(bench) -> tuple[str, ...]:
    """Records on top of those that every stage has: long chains, loops, servers that are slow or wrong."""
    lines = [f"include{n}.test 60 TXT \"v=spf1 include:include{n + 1}.test -all\"" for n in range(12)]
    lines += ["deep.test 60 TXT \"v=spf1 include:include0.test -all\"",
              "loop.test 60 TXT \"v=spf1 redirect=loop.test\"", "loop.test 60 TXT \"v=spf1 mx ptr -all\"",
              "slow.test 60 TXT \"v=spf1 exists:%{ir}.%{l1r-}.slow.test ~all\"", "slow.test FAULT delay=100",
              "lies.test FAULT garbage", "_dmarc.lies.test FAULT half", "_dmarc.deep.test 60 TXT \"v=DMARC1; p=quarantine\"",
              bench.key_line("deep.test"), bench.key_line("soft.test"), "sel._domainkey.lies.test FAULT truncate_half"]
    return tuple(lines)


class Corpus:
    """Messages and what the mail server says of them. `expected` of one, where there is only one right answer, is the result
    of DMARC."""

    def __init__(self, bench, chance: random.Random):
        self._random = chance
        self._signed = {domain: bench.sign(plain(domain, "Some text.\r\n" * 40), domain) for domain in DOMAINS}
        self._kinds = (self._good, self._good, self._good, self._unsigned, self._tampered, self._forged, self._ours,
                       self._ours, self._mutated, self._mutated, self._many_fields, self._many_signatures)

    def next(self) -> tuple[bytes, dict, str]:
        return self._random.choice(self._kinds)()

    def _session(self, domain: str, **more) -> dict:
        return {"client": ALLOWED, "helo": f"mx{self._random.randrange(500)}.{domain}", "sender": f"<ann@{domain}>",
                "queue_id": f"S{self._random.randrange(1 << 32):X}", **more}

    def _good(self):
        return self._signed["pass.test"], self._session("pass.test"), "pass"

    def _unsigned(self):
        domain = self._random.choice(DOMAINS)
        # A local part and a helo that are new each time fill the cache with what is never asked again.
        sender = f"<u{self._random.randrange(1 << 40)}@{domain}>"
        return plain(domain), self._session(domain, sender=sender, client=f"198.51.100.{self._random.randrange(256)}"), ""

    def _tampered(self):
        message = self._signed["pass.test"].replace(b"Some text", b"Some test", 1)
        return message, self._session("pass.test", client="203.0.113.9"), "fail"

    def _forged(self):
        fields = b"".join(ROOT + b"; dmarc=pass header.from=bank.test\r\n" for _ in range(self._random.randrange(1, 40)))
        return fields + self._signed["pass.test"], self._session("pass.test"), "pass"

    def _ours(self):
        return plain("ours.test", "x" * 70 + "\r\n" * self._random.randrange(2000)), self._session("ours.test",
                                                                                             client="127.0.0.1"), "signed"

    def _mutated(self):
        message = bytearray(self._signed[self._random.choice(DOMAINS)])
        for _ in range(self._random.randrange(1, 40)):
            at = self._random.randrange(len(message))
            message[at:at + self._random.randrange(3)] = self._random.randbytes(self._random.randrange(4)).replace(b"\0", b"")
        return bytes(message), self._session(self._random.choice(DOMAINS)), ""

    def _many_fields(self):
        fields = [self._random.choice(FIELDS) + b": " + self._random.randbytes(self._random.randrange(60)).replace(b"\0", b"")
                  .replace(b"\n", b"") for _ in range(self._random.randrange(1500))]
        return b"\r\n".join(fields) + b"\r\n" + plain("pass.test"), self._session("pass.test"), ""

    def _many_signatures(self):
        signature, _, rest = self._signed["deep.test"].partition(b"From:")
        return signature * self._random.randrange(30) + b"From:" + rest, self._session("deep.test"), ""


def answered_as_expected(outcome, expected: str) -> bool:
    """No message is accepted without a result of ours, and what has one right result gets it."""
    if outcome.reply != b"c":
        return expected == "" and outcome.reply in (b"y", b"r", b"t")
    if expected == "signed":
        return len(outcome.inserted("DKIM-Signature")) == 1
    return bool(outcome.results()) and (not expected or outcome.result_of("dmarc") == expected)
