"""Key pairs made by OpenSSL, signatures made and checked by dkimpy: nothing here shares code with paraph."""

import base64
from pathlib import Path
from typing import Optional

import dkim
import nacl.signing

from .dns import Zone
from .process import run

ED25519_RAW = 32


class KeyFile:
    """A private key in a PEM file, for paraphd to sign with; its record goes into the zone."""

    def __init__(self, folder: Path, zone: Zone, domain: str, selector: str, kind: str = "rsa"):
        self.domain, self.selector, self.kind = domain, selector, kind
        self.path = folder / f"{selector}.{domain}.pem"
        algorithm = ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"] if kind == "rsa" else ["ED25519"]
        run(["openssl", "genpkey", "-out", str(self.path), "-algorithm", *algorithm])
        self.path.chmod(0o600)
        public = run(["openssl", "pkey", "-in", str(self.path), "-pubout", "-outform", "DER"]).stdout
        if kind == "ed25519":
            public = public[-ED25519_RAW:]
        zone.add_txt(f"{selector}._domainkey.{domain}",
                     f"v=DKIM1; k={kind}; p={base64.b64encode(public).decode()}")

    def entry(self) -> dict:
        """The key as paraphd's configuration names it."""
        return {"selector": self.selector, "file": str(self.path)}


class Signer:
    """Somebody else's mail server, which signs with dkimpy."""

    def __init__(self, folder: Path, zone: Zone, domain: str, selector: str, kind: str = "rsa"):
        self.domain, self.selector, self.kind = domain, selector, kind
        if kind == "rsa":
            self._key = KeyFile(folder, zone, domain, selector).path.read_bytes()
        else:
            pair = nacl.signing.SigningKey.generate()
            self._key = base64.b64encode(pair.encode())
            public = base64.b64encode(pair.verify_key.encode()).decode()
            zone.add_txt(f"{selector}._domainkey.{domain}", f"v=DKIM1; k=ed25519; p={public}")

    def sign(self, message: bytes, canonicalization: str = "relaxed/relaxed", length: bool = False,
             fields: Optional[list[bytes]] = None) -> bytes:
        """The message with a DKIM-Signature field on top."""
        header, _, body = canonicalization.partition("/")
        field = dkim.sign(message, self.selector.encode(), self.domain.encode(), self._key,
                          canonicalize=(header.encode(), body.encode()), include_headers=fields, length=length,
                          signature_algorithm=b"ed25519-sha256" if self.kind == "ed25519" else b"rsa-sha256")
        return field + message


def verdicts(message: bytes, zone: Zone) -> list[bool]:
    """What dkimpy thinks of each signature of a message, from the top."""
    checker = dkim.DKIM(message)
    count = sum(1 for name, _ in checker.headers if name.lower() == b"dkim-signature")
    return [_verdict(message, index, zone) for index in range(count)]


def _verdict(message: bytes, index: int, zone: Zone) -> bool:
    try:
        return bool(dkim.DKIM(message).verify(idx=index, dnsfunc=zone.dnsfunc))
    except dkim.DKIMException:
        return False
