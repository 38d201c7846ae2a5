"""The keys of the differential tests, and a zone with key records of every kind for them. The keys were made for these tests and
are used nowhere else; they stay the same, so that a run with the same seed has the same signatures."""

import base64

from dkim import crypto
import nacl.signing

DOMAIN = "example.org"
RSA = b"""\
-----BEGIN RSA PRIVATE KEY-----
MIICXgIBAAKBgQDWiKgzoR7Nw/oG7WzNdnhVFakf2sLMcMXS0luXwHSPOkINgH1S
6vGrYrl/xk/dd9HnUB+lS67AkQnt1UIw4YRtaZAScbB6VI/1bUbHOsJrwV3KqFHN
zcuNE6qb+9HHSV1g1DhJw+8OdQ/uiqtHGdwi3eOyYucHJqyXgI1P2GsI/wIDAQAB
AoGBAK2W1Cs6kvdCPTx/vssdsk5+gWOyGm9cTOXCqrRG2MnQBQRx1HZUfwoDjz+R
kqwMOP8nOQQCEjvk4Bjet3lf8UsvicywZwmi9BycZUoN9A00ztJx3F5jnTCu7e8d
HlGdj8jtG7rgLyZkFt/1qpoXye0BkBcvciLYHru6VK23i8fhAkEA71U52VkRF48R
0vqRDRoNYZ/MPuBKDRY1+Z1Rim2ubptOysw7F4fRj0X9Vted5U+Su4A+uj+N7jdP
U2o0mtXDTwJBAOV5UXnT7YXVQ77mkMGmhNhrygKpN/Dom3u/s8Zh+WiQuwaOYtZa
wr66VaHTF6wRxAS5BXK5X2bN++kRFvtIs1ECQDAsAEvOEJGkW1sS0fVIJB9dMZgK
Pv1pVg3a61mof+6FVhOdjdtLnBNxa+950K8iGA+jXXzRY/jpqw7IFrR/iCMCQQCa
PQsIievysr/QRoUxxE0ycnDbjQXuxUoMyXN6ekv7fpxW8cl5LpQLQo9gL9SPcXmB
eyMwU2zOWtFhfH0n9VuhAkEAqh9hwusrmPpusM+L8HegjMijypoMSH+IpkNXpqTh
IYzXyfsFT8KPrrW8Usv2sFKyffOnWVdqiEE1bJtUH7rLng==
-----END RSA PRIVATE KEY-----
"""
PUBLIC = ("MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDWiKgzoR7Nw/oG7WzNdnhVFakf2sLMcMXS0luXwHSPOkINgH1S6vGrYrl/xk/dd9HnUB+l"
          "S67AkQnt1UIw4YRtaZAScbB6VI/1bUbHOsJrwV3KqFHNzcuNE6qb+9HHSV1g1DhJw+8OdQ/uiqtHGdwi3eOyYucHJqyXgI1P2GsI/wIDAQAB")
WRONG = ("MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC+KDrZH+VB0LvCIOxE7mKKvZyRVDlBhfFfnX7FvkFkyTlYcd1j3pgs40J08jjboPlHd23M"
         "D/oeJRMIBVIU1bcmve6DqYIPWdxEhf1TWuDErTYkMDqI8YAi3amwDx2yrx70dtyuoHrPMdvBy6VusWE6LY0NbuSF29LAdBr9LXvOmwIDAQAB")
SMALL = "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAM8g8S3tsPYTAPHGp41vyNQDPrA1BVfOW7hMxI0+yZl/eqp42wQ35zFb+pTlWS7ba1HTkDTqC7+h8klOGHlm330CAwEAAQ=="


class Keys:
    def __init__(self):
        self.rsa = crypto.parse_pem_private_key(RSA)
        self.ed25519 = nacl.signing.SigningKey(bytes(range(32)))
        raw = base64.b64encode(bytes(self.ed25519.verify_key)).decode()
        self.zone = {f"{selector}._domainkey.{DOMAIN}": [record] for selector, record in {
            "rsa": f"v=DKIM1; k=rsa; p={PUBLIC}",
            "ed": f"v=DKIM1; k=ed25519; p={raw}",
            "notype": f"p={PUBLIC}",
            "spaced": f"v = DKIM1 ;k= rsa; p = {PUBLIC[:40]} {PUBLIC[40:]} ;",
            "test": f"v=DKIM1; t=y; p={PUBLIC}",
            "strict": f"v=DKIM1; t=s; p={PUBLIC}",
            "email": f"v=DKIM1; s=email:other; p={PUBLIC}",
            "sha256": f"v=DKIM1; h=sha1:sha256; p={PUBLIC}",
            "revoked": "v=DKIM1; p=",
            "sha1": f"v=DKIM1; h=sha1; p={PUBLIC}",
            "other": f"v=DKIM1; s=tlsrpt; p={PUBLIC}",
            "v2": f"v=DKIM2; p={PUBLIC}",
            "late": f"k=rsa; v=DKIM1; p={PUBLIC}",
            "wrong": f"v=DKIM1; p={WRONG}",
            "small": f"v=DKIM1; p={SMALL}",
            "garbage": f"v=DKIM1; p={PUBLIC[:50]}!!",
            "unknown": f"v=DKIM1; k=dsa; g=nobody; p={PUBLIC}",
        }.items()}

    def sign(self, digest, algorithm):
        """`digest` is a hashlib object over the header."""
        if algorithm == "ed25519-sha256":
            return self.ed25519.sign(digest.digest()).signature
        return crypto.RSASSA_PKCS1_v1_5_sign(digest, self.rsa)
