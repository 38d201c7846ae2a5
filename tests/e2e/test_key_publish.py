"""key publish and key withdraw, over Knot DNS."""

import json
import socket
import threading
import unittest

from harness import programs
from harness.authorities import AuthorityZone
from harness.process import run
from test_rotation import AGAIN, BOTH, DONE, KNOT, SECRET, RotationTest


class Forger:
    """Says of every update that it was done, as somebody on the way could; with a signature of his own, or without one."""

    def __init__(self, signature: bytes = b""):
        self.signature, self.asked = signature, 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                size = int.from_bytes(connection.recv(2, socket.MSG_WAITALL), "big")
                update = connection.recv(size, socket.MSG_WAITALL)
                self.asked += 1
                # The same number, an answer (QR) to an UPDATE, NOERROR, and nothing in it but the signature.
                answer = update[:2] + b"\xa8\x00" + bytes(7) + bytes([bool(self.signature)]) + self.signature
                connection.sendall(len(answer).to_bytes(2, "big") + answer)


def forged_signature() -> bytes:
    """RFC 8945 4.2: by the key's name, and of the right form."""
    algorithm = b"\x0bhmac-sha256\x00"
    data = algorithm + bytes(6) + b"\x01\x2c" + b"\x00\x20" + b"x" * 32 + bytes(6)
    return b"\x07rotator\x00" + b"\x00\xfa\x00\xff" + bytes(4) + len(data).to_bytes(2, "big") + data


class Changes(RotationTest):
    """Of a domain that does not rotate."""

    servers = BOTH[:1]

    def domains(self) -> dict:
        run([programs.paraph, "key", "generate", "--domain", "rot.test", "--selector", "mine", "--out-dir", str(self.folder)])
        return {"rot.test": {"keys": [{"selector": "mine", "file": str(self.folder / "mine.rot.test.pem")}]}}

    def change(self, *command: str, expected: int = DONE) -> str:
        told = run([programs.paraph, "key", *command, "-c", str(self.paraphd.config)], check=False)
        out = told.stdout.decode() + told.stderr.decode()
        self.assertEqual(expected, told.returncode, out)
        return out


class ByHand(Changes):
    def test_a_record_comes_and_goes(self):
        self.assertIn("ns1.rot.test: shows the record", self.change("publish", "rot.test", "mine", "--wait", "10"))
        self.assertIn("v=DKIM1", self.published("mine"))
        self.assertIn("Every server shows", self.change("publish", "rot.test", "mine"))
        self.assertIn("mine signs", self.change("withdraw", "rot.test", "mine", expected=64))
        self.assertIn("v=DKIM1", self.published("mine"))
        self.change("withdraw", "rot.test", "mine", "--force")
        self.assertEqual("", self.published("mine"))
        self.assertIn("no key", self.change("publish", "rot.test", "yours", expected=65))

    def test_the_record_of_somebody_else_stays(self):
        self.knot.serve([AuthorityZone("rot.test", self.servers, ['mine._domainkey IN TXT "v=DKIM1; p=AAAA"'])])
        self.assertIn("another record", self.change("publish", "rot.test", "mine", expected=65))
        self.assertIn("p=AAAA", self.published("mine"))
        self.change("publish", "rot.test", "mine", "--replace", "--wait", "10")
        self.assertNotIn("p=AAAA", self.published("mine"))
        self.assertEqual(1, self.published("mine").count("v=DKIM1"))

    def test_a_forged_answer_to_an_update_counts_for_nothing(self):
        config = self.paraphd.config.read_text()
        for signature in (b"", forged_signature()):
            with self.subTest(signature[:8]):
                forger = Forger(signature)
                self.addCleanup(forger.socket.close)
                self.paraphd.config.write_text(config.replace(f'"{KNOT}"', json.dumps(forger.address)))
                self.assertIn("not signed by the key", self.change("publish", "rot.test", "mine", expected=AGAIN))
                self.assertEqual((1, ""), (forger.asked, self.published("mine")))

    def test_keys_of_updates_of_another_algorithm(self):
        tsig = self.folder / "tsig"
        self.knot.tsig_algorithm = "hmac-sha512"
        self.knot.serve([AuthorityZone("rot.test", self.servers)])
        self.assertIn("NOTAUTH", self.change("publish", "rot.test", "mine", expected=AGAIN))
        tsig.write_text(f"hmac-sha512:rotator:{SECRET}\n")
        self.change("publish", "rot.test", "mine", "--wait", "10")
        tsig.write_text(f"hmac-sha1:rotator:{SECRET}\n")
        self.assertIn("must be hmac-sha256 or hmac-sha512",
                      self.change("withdraw", "rot.test", "mine", "--force", expected=AGAIN))


class InTheNameOfAnother(Changes):
    """The key signs as rot.test, which has no entry of its own."""

    def domains(self) -> dict:
        return {"other.test": {"signing_domain": "rot.test", **super().domains()["rot.test"]}}

    def test_the_record_stays_while_the_key_signs(self):
        key = ("--key", str(self.folder / "mine.rot.test.pem"))
        self.change("publish", "rot.test", "mine", *key, "--wait", "10")
        self.assertIn("mine signs", self.change("withdraw", "rot.test", "mine", *key, expected=64))
        self.assertIn("v=DKIM1", self.published("mine"))
        other = self.change("withdraw", "rot.test", "yours", *key)  # nobody signs with that
        self.assertIn("Withdrew the record yours._domainkey.rot.test", other)


if __name__ == "__main__":
    unittest.main()
