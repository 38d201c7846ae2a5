"""The keys of the differential tests, and a zone with key records of every kind for them."""

import base64
import os
import subprocess

from dkim import crypto
import nacl.signing

DOMAIN = "example.org"


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout


class Keys:
    def __init__(self, folder):
        path = os.path.join(folder, "rsa.pem")
        openssl("genrsa", "-traditional", "-out", path, "1024")
        with open(path, "rb") as file:
            self.rsa = crypto.parse_pem_private_key(file.read())
        public = base64.b64encode(openssl("rsa", "-in", path, "-pubout", "-outform", "DER")).decode()
        small = base64.b64encode(openssl("rsa", "-in", self.make(folder, "small.pem", "512"), "-pubout", "-outform", "DER")).decode()
        wrong = base64.b64encode(openssl("rsa", "-in", self.make(folder, "wrong.pem", "1024"), "-pubout", "-outform", "DER")).decode()
        self.ed25519 = nacl.signing.SigningKey.generate()
        raw = base64.b64encode(bytes(self.ed25519.verify_key)).decode()
        self.zone = {f"{selector}._domainkey.{DOMAIN}": [record] for selector, record in {
            "rsa": f"v=DKIM1; k=rsa; p={public}",
            "ed": f"v=DKIM1; k=ed25519; p={raw}",
            "notype": f"p={public}",
            "spaced": f"v = DKIM1 ;k= rsa; p = {public[:40]} {public[40:]} ;",
            "test": f"v=DKIM1; t=y; p={public}",
            "strict": f"v=DKIM1; t=s; p={public}",
            "email": f"v=DKIM1; s=email:other; p={public}",
            "sha256": f"v=DKIM1; h=sha1:sha256; p={public}",
            "revoked": "v=DKIM1; p=",
            "sha1": f"v=DKIM1; h=sha1; p={public}",
            "other": f"v=DKIM1; s=tlsrpt; p={public}",
            "v2": f"v=DKIM2; p={public}",
            "late": f"k=rsa; v=DKIM1; p={public}",
            "wrong": f"v=DKIM1; p={wrong}",
            "small": f"v=DKIM1; p={small}",
            "garbage": f"v=DKIM1; p={public[:50]}!!",
            "unknown": f"v=DKIM1; k=dsa; g=nobody; p={public}",
        }.items()}

    @staticmethod
    def make(folder, name, bits):
        path = os.path.join(folder, name)
        openssl("genrsa", "-out", path, bits)
        return path

    def sign(self, digest, algorithm):
        """`digest` is a hashlib object over the header."""
        if algorithm == "ed25519-sha256":
            return self.ed25519.sign(digest.digest()).signature
        return crypto.RSASSA_PKCS1_v1_5_sign(digest, self.rsa)
