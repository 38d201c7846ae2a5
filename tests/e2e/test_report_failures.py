"""Failure reports (RFC 9991): of a message that failed at the daemon to the mail that goes out, and all those of which there must be
none."""

import contextlib
import email
import email.policy
import re
import shutil
import sys
import threading
import unittest
from pathlib import Path

from harness import programs
from harness.databases import Postgresql
from harness.dns import txt
from harness.keys import KeyFile
from harness.process import eventually, run
from harness.scripted_smtp import ScriptedSmtp
from harness.site import Site

sys.path.append(str(Path(__file__).resolve().parent.parent / "support"))
from milter_client import Milter, parse_address  # noqa: E402

CLIENT = "203.0.113.5"  # that SPF of nobody allows
FIELDS = {"feedback-type", "user-agent", "version", "auth-failure", "authentication-results", "identity-alignment", "reported-domain",
          "original-mail-from", "source-ip", "arrival-date", "reporting-mta", "delivery-result", "incidents", "spf-dns",
          "dkim-domain", "dkim-identity", "dkim-selector"}


def failing(author: str = "Ann Secret <ann.secret@orchard.test>", *fields: str, subject: str = "Hello") -> bytes:
    head = [*fields, f"From: {author}", "To: Bob Hidden <bob.hidden@rcpt.test>", "Cc: carl.hidden@rcpt.test", f"Subject: {subject}",
            "Date: Mon, 02 Mar 2026 10:11:12 +0000", "Message-ID: <dora.secret.1@orchard.test>"]
    return ("\r\n".join(head) + "\r\n\r\nThe hidden body.\r\n").encode()


class Failing(unittest.TestCase):
    """A daemon, a store, the tool with the same configuration, and a mail server that takes what it sends."""

    more: dict = {}
    record = "v=DMARC1; p=none; fo=1; ruf=mailto:fail@orchard.test"

    def setUp(self) -> None:
        self.smtp = ScriptedSmtp()
        self.addCleanup(self.smtp.stop)
        self.site = Site()
        self.addCleanup(self.site.stop)
        self.add_domain("orchard.test", self.record)
        self.site.zone.add(txt("_dmarc.reports.test", "v=DMARC1; p=reject"), txt("_spf.orchard.test", "v=spf1 ip4:192.0.2.1 -all"))
        self.zone()
        key = KeyFile(self.site.folder, self.site.zone, "reports.test", "s1")
        self.reports = {"enabled": True, "flush": "100ms", "from": "dmarc-reports@reports.test", "hold_new_domains": False,
                        "server": f"127.0.0.1:{self.smtp.port}", "token_key": str(self.site.folder / "token.key"),
                        "failure": {"enabled": True, **self.more}, **self.make_store()}
        self.site.start_paraphd(False, lambda _, settings: settings.update(
            reports=self.reports, domains={"reports.test": {"keys": [key.entry()]}, **self.signed(key)}))
        self.paraphd = self.site.paraphd

    def zone(self) -> None:
        pass

    def signed(self, key: KeyFile) -> dict:
        return {}

    def make_store(self) -> dict:
        return {"store": str(self.site.folder / "reports.db")}

    def add_domain(self, name: str, record: str) -> None:
        self.site.zone.add(f"{name} 300 MX 10 mx.{name}", f"mx.{name} 300 A 192.0.2.9", txt(f"_dmarc.{name}", record),
                           txt(name, "v=spf1 include:_spf.orchard.test -all"))

    def deliver(self, *messages: bytes, sender: str = "<eve.secret@orchard.test>", recipient: str = "<bob@rcpt.test>",
                client: str = CLIENT) -> None:
        with Milter(parse_address(self.paraphd.socket)) as milter:
            for one in messages:
                milter.deliver(one, client=client, sender=sender, recipients=(recipient,))
                milter.new_connection()

    def report(self, *words: str) -> str:
        done = run([programs.paraph, "report", *words, "-c", str(self.paraphd.config)], check=False)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return done.stdout.decode() + done.stderr.decode()

    def await_reports(self, number: int) -> None:
        """Until the daemon stored that many in all."""
        eventually(f"{number} failure reports", lambda: f": {number} made" in self.status())

    def status(self) -> str:
        return self.report("status")

    def send(self) -> list[bytes]:
        before = len(self.smtp.taken)
        self.report("send")
        return [one.raw for one in self.smtp.taken[before:]]

    def nothing_comes_of(self, *messages: bytes, **session: str) -> None:
        """Behind them a message that does make one, so that nothing has to be waited for."""
        self.deliver(*messages, **session)
        self.deliver(failing("witness@witness.test"), sender="<a@witness.test>")
        self.await_reports(1)
        (mail,) = self.send()
        self.assertIn(b"Reported-Domain: witness.test", mail)

    def parts(self, raw: bytes) -> tuple:
        """The report as another program reads it, with all that RFC 9991, 6591 and 5965 ask for."""
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        self.assertEqual(("multipart/report", "feedback-report"), (mail.get_content_type(), mail.get_param("report-type")))
        self.assertEqual([], mail.defects)
        words, feedback, header = mail.iter_parts()
        self.assertEqual(["text/plain", "message/feedback-report", "text/rfc822-headers"],
                         [part.get_content_type() for part in (words, feedback, header)])
        (inner,) = feedback.get_payload()
        self.assertLessEqual({name.lower() for name in inner.keys()}, FIELDS)
        for name in ("Feedback-Type", "User-Agent", "Version", "Auth-Failure", "Authentication-Results", "Identity-Alignment",
                     "Reported-Domain"):
            self.assertEqual(1, len(inner.get_all(name)), name)
        self.assertEqual(("auth-failure", "1"), (inner["Feedback-Type"], inner["Version"]))
        self.assertLessEqual(max(map(len, raw.split(b"\r\n"))), 998)
        self.assertNotIn(b"\n", raw.replace(b"\r\n", b""))
        return mail, inner, email.message_from_string(header.get_content(), policy=email.policy.default)


class FailureReportTest(Failing):
    def zone(self) -> None:
        self.add_domain("witness.test", "v=DMARC1; p=none; ruf=mailto:w@witness.test")

    def test_a_message_that_fails_makes_one_report_without_what_is_personal(self):
        self.deliver(failing())
        self.await_reports(1)
        (raw,) = self.send()
        mail, feedback, header = self.parts(raw)
        self.assertEqual("fail@orchard.test", self.smtp.taken[0].recipient)
        self.assertRegex(self.smtp.taken[0].sender, r"^dmarc-reports\+[a-z2-7]{34}@reports\.test$")
        self.assertEqual(("auto-generated", "FW: Hello"), (mail["Auto-Submitted"], mail["Subject"]))
        self.assertIn("d=reports.test", mail["DKIM-Signature"])
        self.assertEqual(("dmarc", "orchard.test", CLIENT), tuple(feedback[name] for name in (
            "Auth-Failure", "Reported-Domain", "Source-IP")))
        self.assertEqual("dkim, spf", feedback["Identity-Alignment"])
        records = feedback.get_all("SPF-DNS")
        self.assertEqual(2, len(records), records)  # that of the domain and the one it includes, word for word
        self.assertIn('"v=spf1 include:_spf.orchard.test -all"', records[0])
        self.assertEqual({"From", "Subject", "Date", "Message-ID"}, set(header.keys()))
        self.assertNotRegex(raw.lower(), rb"secret|hidden|bob|carl|rcpt\.test")
        self.assertIn("orchard.test", header["From"])
        self.assertEqual([], self.send())  # and only once

    def test_nothing_personal_and_nothing_that_was_sent_stays_in_the_store(self):
        self.deliver(failing())
        self.await_reports(1)
        for step in (lambda: None, self.send):
            step()
            held = b"".join(path.read_bytes() for path in self.site.folder.glob("reports.db*"))
            self.assertIsNone(re.search(rb"(?i)ann\.secret|dora|eve\.secret|hidden|bob", held))
        self.assertIn("reports sent: 1 (failure reports: 1)", self.status())
        self.assertNotIn("not planned", self.status())

    def test_there_is_none_about_report_mail_machines_lists_and_bounces(self):
        report = 'Content-Type: multipart/report; report-type=feedback-report; boundary="x"'
        self.deliver(failing(), sender="<>")
        self.nothing_comes_of(*(failing("ann@orchard.test", field) for field in (
            report, "Auto-Submitted: auto-generated", "List-Id: <a.orchard.test>", "Precedence: list", "Feedback-Type: auth-failure")))

    def test_a_report_of_ours_makes_none(self):
        self.deliver(failing())
        self.await_reports(1)
        (raw,) = self.send()
        self.deliver(raw, sender="<eve@orchard.test>")
        self.deliver(failing("ann@witness.test"), sender="<a@witness.test>")
        self.await_reports(2)
        self.assertEqual(1, len(self.send()))

    def test_there_is_none_to_who_wrote_the_message(self):
        self.nothing_comes_of(failing("Fail <FAIL@orchard.test>"))

    def test_there_is_none_about_a_domain_of_a_recipient(self):
        self.deliver(failing(), recipient="<bob@mail.orchard.test>")
        self.nothing_comes_of(failing("ann@news.orchard.test"), recipient="<bob@shop.orchard.test>")

    def test_messages_that_fail_alike_are_one_report(self):
        self.deliver(*[failing()] * 7)
        self.await_reports(1)
        self.deliver(failing("witness@witness.test"), sender="<a@witness.test>")
        self.await_reports(2)
        by_domain = {feedback["Reported-Domain"]: feedback["Incidents"] for feedback in (self.parts(raw)[1] for raw in self.send())}
        self.assertEqual({"orchard.test": "7", "witness.test": None}, by_domain)

    def test_hostile_headers_smuggle_nothing(self):
        signature = f"DKIM-Signature: v=1; a=x; t={'1' * 900}\r\n {'1' * 900}; d=secret\r\n --x; z=From:secret@x"
        for i, subject in enumerate(("=?utf-8?q?a=0D=0ABcc:_x@y.test=0D=0A=0D=0Abody?=", "\x1b[31m a@b.secret.test x",
                                     "--report-x--", "=?utf-8?b?" + "4oCu" * 40 + "?=", "x" * 5000)):
            with self.subTest(subject):
                self.deliver(failing('"a\\"b, <x@y" <ann.secret@orchard.test>', signature, subject=subject), client=f"198.51.{i}.1")
                self.await_reports(i + 1) if i < 4 else None
                if i < 4:  # of an hour
                    (raw,) = self.send()
                    mail, _, _ = self.parts(raw)
                    self.assertEqual([None, "fail@orchard.test"], [mail["Bcc"], mail["To"].addresses[0].addr_spec])
                    self.assertEqual(1, raw.count(b"\r\nTo: "))
                    self.assertNotIn(b"ann.secret", raw)

    def test_an_address_that_is_suppressed_gets_none(self):
        self.deliver(failing())
        self.await_reports(1)
        self.report("suppress", "add", "--address", "fail@orchard.test")
        self.assertEqual([], self.send())
        self.assertIn("reports held: 1", self.status())

    def test_what_came_back_suppresses_its_address(self):
        self.deliver(failing())
        self.await_reports(1)
        self.send()
        status = (b"From: <>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n"
                  b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; x@y\r\n"
                  b"Action: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n")
        done = run([programs.paraph, "report", "bounce", "--recipient", self.smtp.taken[0].sender, "-c", str(self.paraphd.config)], status)
        self.assertIn(b"fail@orchard.test gets no reports", done.stdout)

    def test_a_dry_run_shows_them_and_sends_nothing(self):
        self.deliver(failing())
        self.await_reports(1)
        out = self.site.folder / "out"
        out.mkdir()
        self.assertIn("failure of 1 message: to fail@orchard.test", self.report("send", "--dry-run", "--out", str(out)))
        self.assertEqual([], self.smtp.taken)
        (file,) = out.iterdir()
        self.parts(file.read_bytes())

    def test_a_domain_seen_for_the_first_time_that_day_gets_none(self):
        self.reports["hold_new_domains"] = True
        self.paraphd.settings["reports"] = self.reports
        self.paraphd.write_config()
        self.deliver(failing())
        self.await_reports(1)
        self.assertIn("seen for the first time", self.report("send", "--dry-run"))
        self.assertEqual([], self.send())


class OtherDestinationsTest(Failing):
    record = "v=DMARC1; p=none; ruf=mailto:a@silent.test,mailto:b@agreeing.test"

    def zone(self) -> None:
        for name in ("silent.test", "agreeing.test"):
            self.add_domain(name, "v=DMARC1; p=none")
        self.site.zone.add(txt("orchard.test._report._dmarc.agreeing.test", "v=DMARC1"))

    def test_another_organization_gets_none_that_it_did_not_agree_to(self):
        self.deliver(failing())
        self.await_reports(1)
        self.send()
        self.assertEqual(["b@agreeing.test"], [one.recipient for one in self.smtp.taken])


class HostedTest(Failing):
    def signed(self, key: KeyFile) -> dict:
        return {"orchard.test": {"keys": [key.entry()]}}

    def zone(self) -> None:
        self.add_domain("witness.test", "v=DMARC1; p=none; ruf=mailto:w@witness.test")

    def test_there_is_none_about_a_domain_that_we_sign_for(self):
        self.nothing_comes_of(failing())


class ManyDomains(Failing):
    """Twenty, each of which has its reports at itself."""

    def zone(self) -> None:
        self.site.zone.add(*(line for i in range(20) for line in (
            txt(f"_dmarc.d{i}.test", f"v=DMARC1; p=none; ruf=mailto:f@d{i}.test"), f"d{i}.test 300 MX 10 mx.orchard.test")))


class FloodTest(ManyDomains):
    more = {"per_hour_and_domain": 3, "per_hour": 5}

    def test_a_flood_of_failures_stays_within_its_buckets_and_the_memory(self):
        self.deliver(failing())
        self.await_reports(1)
        before = self.paraphd.resident_kilobytes()
        with Milter(parse_address(self.paraphd.socket)) as milter:
            for i in range(10_000):  # each of them alike none of the others
                client = f"198.{18 + i // 65536}.{i // 256 % 256}.{i % 256}"
                milter.deliver(failing(f"ann@d{i % 20}.test"), client=client, sender=f"<x@m{i}.test>", recipients=("<bob@rcpt.test>",))
                milter.new_connection()
        self.await_reports(5)
        self.assertLess(self.paraphd.resident_kilobytes() - before, 32 * 1024)
        self.assertEqual(5, len(self.send()))
        self.paraphd.stop()
        self.paraphd.start()  # with new buckets in memory, but not in the store
        for i in range(10):
            self.deliver(failing(f"ann@d{i}.test"), sender="<x@other.test>", client=f"198.51.{i}.1")
        self.await_reports(10)
        self.assertEqual([], self.send())
        self.assertIn("10001 messages without one", self.status())  # 10,000 - 4, and of 10 another 5


class ShareTest(ManyDomains):
    more = {"per_hour_and_domain": 1, "per_hour": 8}

    def test_one_who_has_many_domains_gets_his_share(self):
        for i in range(20):
            self.deliver(failing(f"ann@d{i}.test"), sender="<x@other.test>", client=f"203.0.113.{i}")
        self.deliver(failing("ann@orchard.test"), client="198.51.100.1")
        self.await_reports(3)  # two of his, which are a quarter
        self.send()
        self.assertEqual({"f@d0.test", "f@d1.test", "fail@orchard.test"}, {one.recipient for one in self.smtp.taken})
        self.assertIn("18 messages without one", self.status())

    def test_a_dry_run_tells_which_limit_holds_a_report_back(self):
        self.deliver(failing())
        self.await_reports(1)
        self.assertEqual(1, len(self.send()))
        self.paraphd.stop()
        self.paraphd.start()  # its buckets are full again, and those of the store are not
        self.deliver(failing())
        self.await_reports(2)
        told = self.report("send", "--dry-run")
        self.assertIn("failure of 1 message: it waits: its organization had as many as reports.failure.per_hour_and_domain", told)
        self.assertEqual([], self.send())


@unittest.skipUnless(shutil.which("psql"), "no PostgreSQL")
class OnPostgresqlTest(Failing):
    more = {"per_hour": 3, "per_hour_and_domain": 3}

    def make_store(self) -> dict:
        self.postgresql = Postgresql.started(self, self.site.folder / "postgresql")
        return self.postgresql.report_store()

    def test_a_failure_makes_one_report(self):
        self.deliver(*[failing()] * 3)
        self.await_reports(1)
        with contextlib.suppress(StopIteration):
            self.parts(next(iter(self.send())))
        self.assertEqual(["fail@orchard.test"], [one.recipient for one in self.smtp.taken])
        self.assertEqual([], self.send())

    def test_hosts_that_plan_at_once_stay_within_the_limits_of_all(self):
        for first in (0, 3):  # a daemon of its own each, with buckets of its own
            for i in range(first, first + 3):
                self.deliver(failing(), client=f"198.51.{i}.1")
            self.await_reports(first + 3)
            self.paraphd.stop()
            self.paraphd.start()
        turn = threading.Thread(target=self.postgresql.sql, args=("BEGIN", "SELECT pg_advisory_xact_lock(1885434475, 1)",
                                                                  "SELECT pg_sleep(3)", "COMMIT"))
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1 AND {}granted"
        turn.start()
        eventually("the turn", lambda: self.postgresql.ask(waiting.format("")) == "1", every=0.05)
        hosts = [threading.Thread(target=self.report, args=("send",)) for _ in range(2)]
        for host in hosts:
            host.start()
        eventually("both hosts to wait", lambda: self.postgresql.ask(waiting.format("NOT ")) == "2", every=0.05)
        for thread in (turn, *hosts):
            thread.join()
        self.assertEqual(3, len(self.smtp.taken))


if __name__ == "__main__":
    unittest.main()
