"""Reports that come back, and who gets none for it: `paraph report bounce` and `paraph report suppress`. TLS and a login."""

import ssl
import unittest

from harness.process import run
from harness.report_host import DAY, NOON, TODAY, ReportHost
from harness.scripted_smtp import ScriptedSmtp

DONE, USAGE, DATA, AGAIN = 0, 64, 65, 75


def bounce(to: str, action: str = "failed", kind: str = "delivery-status") -> bytes:
    return (f"From: MAILER-DAEMON@mx.orchard.test\r\nTo: {to}\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: multipart/report; report-type={kind}; boundary=b\r\n\r\n--b\r\n\r\nSorry.\r\n--b\r\n"
            f"Content-Type: message/{kind}\r\n\r\nReporting-MTA: dns; mx.orchard.test\r\n\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
            "Diagnostic-Code: smtp; 550 no such user\r\n\r\n--b--\r\n").encode()


class _Host(unittest.TestCase):
    def serve(self, **more) -> None:
        self.smtp = ScriptedSmtp(**more)
        self.addCleanup(self.smtp.stop)
        self.host = ReportHost(self.smtp)
        self.addCleanup(self.host.stop)
        self.host.mail_domain("orchard.test")
        self.host.zone.add_txt("_dmarc.orchard.test", "v=DMARC1; p=none")  # one organization with what is below it
        self.host.count("orchard.test")

    def send(self, now: int = NOON, expected: int = DONE) -> str:
        code, said = self.host.report("send", now=now)
        self.assertEqual(expected, code, said)
        return said


class BounceTest(_Host):
    """S3, S4."""

    def setUp(self):
        self.serve()
        self.send()
        (self.taken,) = self.smtp.taken

    def take(self, mail: bytes, *words: str, now: int = NOON, expected: int = DONE) -> str:
        code, said = self.host.report("bounce", *words, now=now, data=mail)
        self.assertEqual(expected, code, said)
        return said

    def suppressed(self, now: int = NOON) -> str:
        return self.host.report("suppress", "list", now=now)[1]

    def test_a_bounce_keeps_reports_from_its_address_for_growing_times(self):
        day = 0
        for days in (7, 14, 28):
            self.take(bounce(self.smtp.taken[-1].sender), now=NOON + day * DAY)
            for later, result in ((days - 1, "held 1"), (days + 1, "sent 1")):
                self.host.count("orchard.test", day=TODAY + day + later - 1)
                self.assertIn(result, self.send(now=NOON + (day + later) * DAY))
            day += days + 1

    def test_bounces_of_one_evening_are_one(self):
        """An address that many domains name gets many reports, and none of them is news of another week."""
        self.host.count_all([f"{TODAY - 1} d{number}.orchard.test 1 1 mailto:agg@orchard.test" for number in range(8)])
        self.assertIn("sent 8", self.send())
        for taken in self.smtp.taken:
            self.take(bounce(taken.sender))
        for days, result in ((6, "held 1"), (8, "sent 1")):
            self.host.count("orchard.test", day=TODAY + days - 1)
            self.assertIn(result, self.send(now=NOON + days * DAY))

    def test_the_recipient_may_be_told_by_the_mail_server(self):
        self.take(bounce("somebody@else.test"), "--recipient", self.taken.sender)
        self.assertIn("agg@orchard.test", self.suppressed())

    def test_what_is_no_bounce_of_ours_changes_nothing(self):
        token = self.taken.sender
        forged = token[:14] + ("a" if token[14] != "a" else "b") + token[15:]
        mails = {"forged": bounce(forged), "without token": bounce("dmarc-reports@reports.test"), "nothing": b"",
                 "delayed": bounce(token, "delayed"), "a receipt": bounce(token, kind="disposition-notification"),
                 "an answer": f"To: {token}\r\nSubject: Re: Report Domain\r\n\r\nAction: failed\r\n".encode(),
                 "rubbish": bytes(range(256)) * 1000, "a bomb": bounce(token)[:300] + b"x" * 30_000_000}
        for name, mail in mails.items():
            with self.subTest(name):
                self.take(mail)
                self.assertEqual("", self.suppressed())

    def test_a_bounce_counts_once_and_not_after_weeks(self):
        self.take(bounce(self.taken.sender), now=NOON + 30 * DAY)
        self.assertEqual("", self.suppressed())
        self.take(bounce(self.taken.sender))
        first = self.suppressed()
        self.assertIn("known already", self.take(bounce(self.taken.sender)))
        self.assertEqual(first, self.suppressed())

    def test_it_is_put_off_where_the_store_is_away(self):
        self.host.reports["store"] = str(self.host.folder / "gone.db")
        self.take(bounce(self.taken.sender), expected=AGAIN)
        self.host.reports["store"] = self.host.store
        (self.host.folder / "token.key").unlink()
        self.take(bounce(self.taken.sender), expected=AGAIN)

    def test_the_key_of_tokens_is_for_its_owner_alone(self):
        self.assertEqual(0o600, (self.host.folder / "token.key").stat().st_mode & 0o777)


class SuppressTest(_Host):
    """S4: an address, a host and a policy domain are three things."""

    def setUp(self):
        self.serve()

    def change(self, *words: str, expected: int = DONE) -> str:
        code, said = self.host.report("suppress", *words)
        self.assertEqual(expected, code, said)
        return said

    def test_who_is_on_the_list_gets_nothing_until_it_ends(self):
        for number, name in enumerate((("--address", "AGG@orchard.test"), ("--host", "Orchard.test"),
                                       ("--policy-domain", "orchard.test"))):
            with self.subTest(name):
                self.host.count("orchard.test", day=TODAY - 10 + number)
                self.change("add", *name, "--for", "30d", "--comment", "they asked\x1b[31m")
                self.assertIn("held", self.send())
                self.assertIn("they asked\\x1b", self.change("list"))
                self.host.count("orchard.test", day=TODAY - 20 + number)
                self.assertIn("sent 1", self.send(now=NOON + 31 * DAY))
                self.change("remove", *name)
                self.change("remove", *name, expected=DATA)

    def test_what_cannot_be_on_the_list_is_refused(self):
        for words in (("--address", "orchard.test"), ("--host", "a@orchard.test"), ("--host", "x y")):
            self.change("add", *words, expected=USAGE)
        self.change("add", expected=USAGE)
        self.change("add", "--host", "orchard.test", "--for", "soon", expected=USAGE)
        self.assertEqual("", self.change("list"))

    def test_an_address_that_the_server_refuses_is_put_on_it(self):
        self.smtp.script = lambda step, _: "550 5.1.1 no such user" if step == "RCPT" else None
        self.assertIn("refused 1", self.send())
        self.assertIn("address agg@orchard.test until", self.change("list"))


class TlsTest(_Host):
    """A smarthost that wants TLS and a login."""

    def serve_tls(self, implicit: bool = False, extensions: tuple[str, ...] = ("STARTTLS", "AUTH PLAIN")) -> None:
        self.serve(extensions=extensions, implicit=implicit)
        certificate, key = self.host.folder / "cert.pem", self.host.folder / "key.pem"
        run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=IP:127.0.0.1", "-days", "2", "-keyout", str(key), "-out", str(certificate)])
        self.smtp.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.smtp.context.load_cert_chain(certificate, key)
        password = self.host.folder / "password"
        password.write_text("s3cret\n")
        password.chmod(0o600)
        self.password = password
        self.host.reports.update({"tls": "implicit" if implicit else "starttls", "ca_file": str(certificate), "user": "reporter",
                                  "password_file": str(password)})

    def test_with_starttls_and_a_login(self):
        self.serve_tls()
        self.assertIn("sent 1", self.send())
        self.assertIn("STARTTLS", self.smtp.commands)
        self.assertTrue(any(command.startswith("AUTH PLAIN") for command in self.smtp.commands))

    def test_with_tls_from_the_beginning(self):
        self.serve_tls(implicit=True)
        self.assertIn("sent 1", self.send())

    def test_a_wrong_password_is_a_fault_of_ours(self):
        self.serve_tls()
        self.password.write_text("wrong\n")
        self.assertIn("waiting 1", self.send())
        self.assertNotIn("wrong", self.send())
        self.assertEqual([], self.smtp.taken)

    def test_without_tls_nothing_leaves(self):
        self.serve_tls(extensions=("AUTH PLAIN",))
        self.assertIn("waiting 1", self.send())
        self.assertFalse(any(command.startswith(("AUTH", "MAIL")) for command in self.smtp.commands))

    def test_a_certificate_of_nobody_is_refused(self):
        self.serve_tls()
        del self.host.reports["ca_file"]
        self.assertIn("waiting 1", self.send())
        self.assertFalse(any(command.startswith(("AUTH", "MAIL")) for command in self.smtp.commands))


if __name__ == "__main__":
    unittest.main()
