#!/usr/bin/python3
"""DKIM cross-checks: our signer against every peer's verifier, every peer's signer against ours, for all message shapes,
canonicalizations and algorithms; and that one changed octet is noticed by our verifier in each of them.

Usage: interop.py DKIM_INTEROP BUILD_DIR MAILAUTH_DIR

mailauth is installed from npm into MAILAUTH_DIR. Where npm cannot be reached the test fails, unless
PARAPH_INTEROP_NO_NPM=1 says that its column may be left out."""

import base64
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "mailauth")]
import install  # noqa: E402
import known  # noqa: E402
import messages  # noqa: E402
import peers  # noqa: E402

DOMAIN = "example.org"
SELECTORS = {peers.RSA: "rsa", peers.ED25519: "ed"}
CANONICALIZATIONS = [(header, body) for header in ("simple", "relaxed") for body in ("simple", "relaxed")]


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout


def make_keys(directory):
    """A new key for each algorithm; the files by algorithm, and the zone with their records."""
    files, zone = {}, {}
    for algorithm, options in ((peers.RSA, ["rsa", "-pkeyopt", "rsa_keygen_bits:2048"]), (peers.ED25519, ["ed25519"])):
        path = files[algorithm] = os.path.join(directory, f"{SELECTORS[algorithm]}.pem")
        openssl("genpkey", "-algorithm", *options, "-out", path)
        public = openssl("pkey", "-in", path, "-pubout", "-outform", "DER")
        kind = "rsa" if algorithm == peers.RSA else "ed25519"
        if kind == "ed25519":
            public = public[-32:]
        record = f"v=DKIM1; k={kind}; p={base64.b64encode(public).decode()}"
        zone[f"{SELECTORS[algorithm]}._domainkey.{DOMAIN}"] = [record]
    return files, zone


def start_peers(directory, mailauth, zone):
    started = [
        peers.OpenDkim(zone, os.path.join(directory, "keys.txt")),
        peers.Dkimpy(zone),
        peers.MailDkim("Mail::DKIM", ["perl", os.path.join(HERE, "maildkim.pl")], zone),
    ]
    if install.install(mailauth):
        started.append(peers.Lines("mailauth", install.command(mailauth), zone))
    return started


class Matrix:
    """Counts by direction, peer, algorithm and canonicalization; keeps what failed and was not expected to."""

    def __init__(self):
        self.cells, self.failures, self.excused = {}, [], {}

    def note(self, row, column, shape, failure):
        passed, total = self.cells.get((row, column), (0, 0))
        self.cells[row, column] = (passed + (failure is None), total + 1)
        reason = known.excuse(row, column, shape) if failure else None
        if reason:
            self.excused.setdefault(reason, []).append(f"{row}, {column}, {shape}")
        elif failure:
            self.failures.append(f"{row}, {column}, {shape}: {failure}")
        elif known.excuse(row, column, shape):
            self.failures.append(f"{row}, {column}, {shape}: passes now, take it off the list of known failures")

    def print(self):
        columns = sorted({column for _, column in self.cells})
        width = max(len(row) for row, _ in self.cells) + 2
        print("".ljust(width) + "".join(f"{c:>18}" for c in columns))
        for row in dict.fromkeys(row for row, _ in self.cells):
            counts = [self.cells.get((row, column)) for column in columns]
            print(row.ljust(width) + "".join(f"{'-' if c is None else f'{c[0]}/{c[1]}':>18}" for c in counts))
        passed = sum(p for p, _ in self.cells.values())
        print(f"\n{passed} of {sum(t for _, t in self.cells.values())} passed")
        for reason, cases in self.excused.items():
            print(f"known, {len(cases)} cases: {reason}")
        for failure in self.failures:
            print("FAILED", failure)


def attempt(signer, verifier, job):
    """None when the signature verified, otherwise what happened."""
    try:
        results = verifier.verify(signer.sign(job) + job["message"])
    except Exception as failure:  # any peer may fail in any way; all of it is a failed case
        return f"{type(failure).__name__}: {failure}"
    return None if results == ["pass"] else f"results {results}"


def changed(signer, verifier, job):
    """None when our verifier notices one changed octet in a signed field, and one in the body."""
    field = signer.sign(job)
    header, body = job["message"].split(b"\r\n\r\n", 1)
    forged = [field + job["message"].replace(b"joe@example.org", b"jae@example.org")]
    if body.strip():
        forged.append(field + header + b"\r\n\r\nx" + body)
    for message in forged:
        if verifier.verify(message) != ["fail"]:
            return "a forged message was not noticed"
    return None


def main():
    program, directory, mailauth = sys.argv[1], os.path.abspath(sys.argv[2]), os.path.abspath(sys.argv[3])
    os.makedirs(directory, exist_ok=True)
    files, zone = make_keys(directory)
    ours = peers.Lines("paraph", [program], zone)
    others = start_peers(directory, mailauth, zone)
    matrix = Matrix()
    for algorithm in (peers.RSA, peers.ED25519):
        for header, body in CANONICALIZATIONS:
            column = f"{header}/{body}"
            for shape, message in messages.SHAPES.items():
                job = {"message": message, "domain": DOMAIN, "selector": SELECTORS[algorithm],
                       "key_file": files[algorithm], "algorithm": algorithm, "header": header, "body": body}
                matrix.note(f"paraph -> paraph, {algorithm}", column, shape, attempt(ours, ours, job))
                matrix.note(f"paraph, forged, {algorithm}", column, shape, changed(ours, ours, job))
                for peer in others:
                    if algorithm in peer.algorithms:
                        matrix.note(f"paraph -> {peer.name}, {algorithm}", column, shape, attempt(ours, peer, job))
                        matrix.note(f"{peer.name} -> paraph, {algorithm}", column, shape, attempt(peer, ours, job))
    for peer in [ours, *others]:
        peer.close()
    matrix.print()
    sys.exit(1 if matrix.failures else 0)


if __name__ == "__main__":
    main()
