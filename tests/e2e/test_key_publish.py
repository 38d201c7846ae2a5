"""key publish and key withdraw, over Knot DNS."""

import unittest

from harness import programs
from harness.authorities import AuthorityZone
from harness.process import run
from test_rotation import AGAIN, BOTH, DONE, SECRET, RotationTest


class ByHand(RotationTest):
    """key publish and key withdraw, of a domain that does not rotate."""

    servers = BOTH[:1]

    def domains(self) -> dict:
        run([programs.paraph, "key", "generate", "--domain", "rot.test", "--selector", "mine", "--out-dir", str(self.folder)])
        return {"rot.test": {"keys": [{"selector": "mine", "file": str(self.folder / "mine.rot.test.pem")}]}}

    def change(self, *command: str, expected: int = DONE) -> str:
        told = run([programs.paraph, "key", *command, "-c", str(self.paraphd.config)], check=False)
        out = told.stdout.decode() + told.stderr.decode()
        self.assertEqual(expected, told.returncode, out)
        return out

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


if __name__ == "__main__":
    unittest.main()
