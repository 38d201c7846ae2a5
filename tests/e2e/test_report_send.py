"""Reports that go out: to whom, how often, and what becomes of those that a server does not take."""

import os
import pty
import re
import subprocess
import unittest

from harness import machine, programs
from harness.postfix import NOBODY
from harness.process import eventually, run
from harness.report_host import DAY, NOON, TODAY, ReportHost, value, xml_of
from harness.scripted_smtp import ScriptedSmtp

DONE, CONFIG, AGAIN, CANNOT_WRITE = 0, 78, 75, 73


class _Sending(unittest.TestCase):
    def setUp(self):
        self.steps: dict[str, str] = {}  # what the server says at a step in place of the usual
        self.smtp = ScriptedSmtp(lambda step, _: self.steps.get(step))
        self.addCleanup(self.smtp.stop)
        self.host = ReportHost(self.smtp)
        self.addCleanup(self.host.stop)
        self.host.mail_domain("orchard.test")

    def send(self, *words: str, now: int = NOON, expected: int = DONE) -> str:
        code, said = self.host.report("send", *words, now=now)
        self.assertEqual(expected, code, said)
        return said

    def recipients(self) -> list[str]:
        return sorted(taken.recipient for taken in self.smtp.taken)


class ReportSendTest(_Sending):
    def test_a_report_is_a_mail_as_the_standard_has_it(self):
        """S8, S9, S14, S15."""
        self.host.count("orchard.test", rows=3, messages=2)
        self.send()
        self.assertEqual(["agg@orchard.test"], self.recipients())
        mail = self.smtp.taken[0]
        message, root = mail.message, xml_of(mail.file)
        report_id = value(root, "report_metadata", "report_id")
        begin, end = (TODAY - 1) * DAY, TODAY * DAY - 1
        self.assertEqual(f"Report Domain: orchard.test Submitter: reports.test Report-ID: {report_id}", message["Subject"])
        self.assertEqual("auto-generated", message["Auto-Submitted"])
        self.assertEqual([str(begin), str(end)], [value(root, "report_metadata", "date_range", name) for name in ("begin", "end")])
        attachment = next(message.iter_attachments())
        self.assertEqual("application/gzip", attachment.get_content_type())
        self.assertTrue(attachment.get_filename().startswith(f"reports.test!orchard.test!{begin}!{end}"))
        self.assertEqual(6, sum(int(count.text) for count in root.iter() if count.tag.endswith("}count")))
        self.assertLessEqual(max(map(len, mail.raw.split(b"\r\n"))), 998)
        self.assertIn("d=reports.test", message["DKIM-Signature"])
        self.assertRegex(mail.sender, r"^dmarc-reports\+[a-z2-7]{34}@reports\.test$")

    def test_a_report_is_sent_once(self):
        """S6, S7: of days that are over, and those before them that were not done."""
        self.host.count_all([f"{TODAY - back} orchard.test 1 1 mailto:agg@orchard.test" for back in range(4)])
        self.assertIn("sent 3", self.send())
        self.assertIn("sent 0", self.send())
        days = sorted(int(value(xml_of(one.file), "report_metadata", "date_range", "begin")) // DAY for one in self.smtp.taken)
        self.assertEqual([TODAY - 3, TODAY - 2, TODAY - 1], days)
        ids = {value(xml_of(one.file), "report_metadata", "report_id") for one in self.smtp.taken}
        self.assertEqual(3, len(ids))
        self.assertIn("sent 1", self.send(now=NOON + DAY))

    def test_an_organization_gets_so_many_reports_a_day(self):
        """One record makes any number of policy domains. Others get theirs, and the status says what was held, and why."""
        self.host.reports["per_day_and_host"] = 3
        hosted = [f"d{i}.hosting.test" for i in range(5)]
        for name in hosted:
            self.host.mail_domain(name)
        self.host.count_all([f"{TODAY - 1} {name} 1 1 mailto:agg@{name}" for name in hosted[:2]])
        self.send()
        self.host.count_all([f"{TODAY - 1} {name} 1 1 mailto:agg@{name}" for name in (*hosted[2:], "orchard.test")])
        said = self.send()
        self.assertIn("sent 2,", said)
        self.assertIn("held 2", said)
        self.assertEqual(1, said.count("and others: held: 3 reports went to hosting.test on this day"), said)
        self.assertIn("agg@orchard.test", self.recipients())
        status = run([programs.paraph, "report", "status", "-c", str(self.host.config())]).stdout.decode()
        self.assertIn("reports held: 2", status)
        self.assertIn("3 reports went to hosting.test on this day (reports.per_day_and_host)", status)
        self.assertIn("sent 0", self.send(now=NOON + DAY))

    def test_counts_that_come_late_make_a_report_of_their_own(self):
        self.host.count("orchard.test")
        self.send()
        self.host.count("orchard.test", rows=2)
        self.send()
        self.assertEqual([1, 2], sorted(len(list(xml_of(one.file).iter("{urn:ietf:params:xml:ns:dmarc-2.0}record")))
                                        for one in self.smtp.taken))

    def test_a_thousand_domains_get_their_own_report_in_one_session(self):
        """S10, S12."""
        names = [f"d{i}.test" for i in range(1000)]
        for name in names:
            self.host.mail_domain(name)
        self.host.count_all([f"{TODAY - 1} {name} 1 {number + 1} mailto:agg@{name}" for number, name in enumerate(names)])
        said = self.send("--dry-run")
        self.assertEqual((1000, 0), (len(re.findall(r"^\S+ d\d+\.test .*: to agg@", said, re.MULTILINE)), self.smtp.sessions))
        self.send()
        self.assertEqual(sorted(f"agg@{name}" for name in names), self.recipients())
        for one in self.smtp.taken:
            root, name = xml_of(one.file), one.recipient.partition("@")[2]
            self.assertEqual(name, value(root, "policy_published", "domain"))
            self.assertEqual(str(names.index(name) + 1), value(root, "record", "row", "count"))
        self.assertEqual(1, self.smtp.sessions)

    def test_a_dry_run_sends_nothing_and_changes_nothing(self):
        """S7."""
        self.host.count("orchard.test")
        said = self.send("--dry-run")
        self.assertIn("orchard.test", said)
        self.assertIn("agg@orchard.test", said)
        out = self.host.folder / "out"
        out.mkdir()
        self.send("--out", str(out))
        self.assertEqual((0, []), (self.smtp.sessions, self.smtp.taken))
        (file,) = out.iterdir()
        self.assertEqual("orchard.test", value(xml_of(file.read_bytes()), "policy_published", "domain"))
        self.assertIn("sent 1", self.send())

    def test_a_dry_run_tells_who_would_get_none_and_why(self):
        """S7: as the run itself would find it, and nothing is sent or noted."""
        self.host.mail_domain("other.test")
        self.host.zone.add("null.test 300 MX 0 .", "spam.test.dbl.test 300 A 127.0.1.2", "late.test FAULT servfail")
        self.host.reports["blocklists"] = ["dbl.test"]
        self.host.count_all([f"{TODAY - 1} {name} 1 1 {rua}" for name, rua in (
            ("orchard.test", "mailto:agg@orchard.test,mailto:agg@other.test"), ("null.test", "mailto:agg@null.test"),
            ("spam.test", "mailto:agg@spam.test"), ("late.test", "mailto:agg@late.test"), ("full.test", "mailto:agg@full.test"))])
        self.host.report("suppress", "add", "--policy-domain", "full.test", "--comment", "they asked")
        said = self.send("--dry-run")
        for line in (r"orchard\.test 1 message: to agg@orchard\.test$", r"orchard\.test 1 message: not to agg@other\.test: .+",
                     r"null\.test 1 message: not to agg@null\.test: .*null MX", r"spam\.test 1 message: not to .*blocklist dbl\.test",
                     r"late\.test 1 message: not yet to agg@late\.test: .+", r"full\.test 1 message: not to .*they asked$"):
            self.assertRegex(said, re.compile(rf"^\S+ {line}", re.MULTILINE))
        self.assertEqual(0, self.smtp.sessions)
        self.assertIn("planned 5, sent 1, waiting 1, refused 2, given up 0, held 2", self.send())

    def test_a_dry_run_says_that_our_mail_would_not_pass(self):
        """S14."""
        self.host.count("orchard.test")
        self.host.zone.lines = [line for line in self.host.zone.lines if "_domainkey" not in line]
        said = self.send("--dry-run", expected=CONFIG)
        self.assertIn("would not pass DMARC", said)
        self.assertIn("to agg@orchard.test", said)

    def test_a_terminal_has_a_bar_and_a_pipe_has_none(self):
        names = [f"d{number}.test" for number in range(3)]
        for name in names:
            self.host.mail_domain(name)
        self.host.count_all([f"{TODAY - 1} {name} 1 1 mailto:agg@{name}" for name in names])
        self.steps = {"END": "554 spam"}
        terminal, end = pty.openpty()
        done = subprocess.run(self.host.command("send"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=end, check=True, timeout=60)
        os.close(end)
        shown = b""
        try:
            while part := os.read(terminal, 4096):
                shown += part
        except OSError:  # the other end is closed
            os.close(terminal)
        self.assertEqual(b"planned 3, sent 0, waiting 0, refused 3, given up 0, held 0\n", done.stdout)
        states = [line for line in shown.decode().split("\r") if line.startswith("[")]
        self.assertEqual([f"{count} of 3, 0 sent, {count} not" for count in range(4)], [line.partition("] ")[2].strip() for line in states])
        self.assertTrue(all(len(line) < 80 for line in states))
        self.assertIn("\rparaph report send: ", shown.decode())  # on a line of its own
        self.host.count_all([f"{TODAY - 2} {name} 1 1 mailto:agg@{name}" for name in names])
        self.assertNotIn("\r", self.send())

    def test_one_domain_and_one_day_can_be_chosen(self):
        self.host.mail_domain("plum.test")
        self.host.count_all([f"{TODAY - back} {name} 1 1 mailto:agg@{name}" for back in (1, 2)
                             for name in ("orchard.test", "plum.test")])
        self.assertIn("sent 1", self.send("--domain", "Plum.test", "--date", "2024-10-02"))
        (taken,) = self.smtp.taken
        self.assertEqual("agg@plum.test", taken.recipient)
        self.assertIn("sent 3", self.send())

    def test_it_can_be_switched_off(self):
        """S17."""
        self.host.count("orchard.test")
        for setting in ({"enabled": False, "from": "dmarc-reports@reports.test"}, {"enabled": True, "from": ""}):
            self.host.reports.update(setting)
            self.assertNotIn("sent", self.send())
            self.assertIn("No reports are sent", self.send("--dry-run"))
        self.assertEqual(0, self.smtp.sessions)

    def test_nothing_is_sent_that_would_not_pass_dmarc(self):
        """S14: the record to publish is printed."""
        self.host.count("orchard.test")
        self.host.zone.lines = [line for line in self.host.zone.lines if "_domainkey" not in line]
        said = self.send(expected=CONFIG)
        self.assertIn("would not pass DMARC", said)
        self.assertRegex(said, r"s1\._domainkey\.reports\.test\. IN TXT .*v=DKIM1")
        self.assertEqual(0, self.smtp.sessions)

    def test_spf_of_all_outgoing_addresses_will_do_instead_of_a_key(self):
        """S14."""
        self.host.count("orchard.test")
        self.host.settings["domains"] = {}
        self.host.zone.add_txt("reports.test", "v=spf1 ip4:192.0.2.7 -all")
        self.host.reports["outgoing"] = ["192.0.2.7", "192.0.2.8"]
        said = self.send(expected=CONFIG)
        self.assertIn("SPF of reports.test does not pass for 192.0.2.8", said)
        self.assertIn("v=spf1 ip4:192.0.2.7 ip4:192.0.2.8 -all", said)
        self.host.reports["outgoing"] = ["192.0.2.7"]
        self.assertIn("sent 1", self.send())
        self.assertIsNone(self.smtp.taken[0].message["DKIM-Signature"])

    def test_a_rua_of_the_sender_itself_is_warned_of(self):
        """S2."""
        self.host.zone.lines[0] = "_dmarc.reports.test 300 TXT \"v=DMARC1; p=reject; rua=mailto:a@reports.test\""
        self.host.count("orchard.test")
        self.assertIn("has a rua", self.send())

    def test_addresses_are_checked(self):
        """S5 and what a record may hold."""
        self.host.mail_domain("other.test")
        self.host.zone.add_txt("orchard.test._report._dmarc.other.test", "v=DMARC1")
        self.host.mail_domain("refusing.test")
        self.host.count("orchard.test", "mailto:0,mailto:y%0d%0aRCPT@orchard.test,mailto:x%0aBcc@orchard.test,https://orchard.test/,"
                                        "mailto:x@localhost,mailto:no@refusing.test,mailto:first@orchard.test!10m,mailto:ok@other.test")
        self.send()
        self.assertEqual(["first@orchard.test", "ok@other.test"], self.recipients())
        self.assertFalse([command for command in self.smtp.commands if "Bcc" in command or "RCPT" in command[4:]])

    def test_no_more_addresses_than_the_setting_says(self):
        self.host.reports["max_addresses"] = 2
        self.host.count("orchard.test", "mailto:a@orchard.test,mailto:b@orchard.test,mailto:c@orchard.test")
        self.send()
        self.assertEqual(["a@orchard.test", "b@orchard.test"], self.recipients())

    def test_before_anything_is_counted_there_is_nothing_to_do(self):
        for words in ((), ("--dry-run",)):
            self.assertIn("nothing is counted yet", self.send(*words))
        self.assertEqual((DONE, ""), self.host.report("suppress", "list"))

    def test_somebody_is_put_on_the_list_before_anything_is_counted(self):
        folder = self.host.folder / "store"
        folder.mkdir()
        os.chown(folder, NOBODY, NOBODY)  # as the daemon's directory belongs to its user
        self.host.store = self.host.reports["store"] = str(folder / "reports.db")
        self.assertEqual((DONE, ""), self.host.report("suppress", "add", "--host", "orchard.test"))
        self.assertTrue((folder / "reports.db").exists())
        for file in folder.iterdir():
            self.assertEqual((NOBODY, 0o600), (file.stat().st_uid, file.stat().st_mode & 0o777), file)
        self.host.count("orchard.test")
        self.assertIn("held 1", self.send())

    def test_a_list_that_cannot_be_made_is_a_clear_failure(self):
        self.host.reports["store"] = str(self.host.folder / "nowhere" / "reports.db")
        code, said = self.host.report("suppress", "add", "--host", "orchard.test")
        self.assertEqual(CANNOT_WRITE, code)
        self.assertIn("nowhere/reports.db: No such file or directory", said)

    def test_a_domain_as_long_as_a_file_name_does_not_keep_the_others_from_their_files(self):
        long = ".".join(["x" * 61] * 4)[:-6] + ".test"
        self.host.count_all([f"{TODAY - 1} {name} 1 1 mailto:agg@orchard.test" for name in (long, "orchard.test")])
        out = self.host.folder / "out"
        out.mkdir()
        self.send("--out", str(out))
        self.assertEqual({long, "orchard.test"},
                         {value(xml_of(file.read_bytes()), "policy_published", "domain") for file in out.iterdir()})

    def test_domains_without_mail_get_none(self):
        """S4: null MX, no such domain."""
        self.host.zone.add("null.test 300 MX 0 .")
        self.host.count_all([f"{TODAY - 1} {name} 1 1 mailto:agg@{name}" for name in ("null.test", "gone.test")])
        said = self.send()
        self.assertIn("null MX", said)
        self.assertIn("there is no domain gone.test", said)
        self.assertIn("refused 2", said)
        self.assertIn("refused 0", self.send())
        self.assertEqual([], self.smtp.taken)

    def test_a_destination_whose_dns_fails_is_asked_again_later(self):
        """S11: its consent is neither given nor refused."""
        self.host.mail_domain("other.test")
        consent = "orchard.test._report._dmarc.other.test"
        self.host.zone.add(f"{consent} FAULT servfail", f"{consent.replace('orchard', 'plum')} 300 TXT \"v=DMARC1\"")
        self.host.count_all([f"{TODAY - 1} {name} 1 1 mailto:agg@other.test" for name in ("orchard.test", "plum.test")])
        self.assertRegex(self.send(), r"sent 1, waiting 1, refused 0")
        self.host.zone.lines = [line for line in self.host.zone.lines if "FAULT" not in line]
        self.host.zone.add_txt(consent, "v=DMARC1")
        self.host.restart_dns()
        self.assertIn("sent 1, waiting 0", self.send(now=NOON + DAY))
        self.assertEqual(["plum.test", "orchard.test"], [value(xml_of(one.file), "policy_published", "domain") for one in self.smtp.taken])

    def test_a_listed_domain_gets_no_report(self):
        """S1."""
        self.host.zone.add("orchard.test.dbl.test 300 A 127.0.1.2")
        self.host.reports["blocklists"] = ["dbl.test"]
        self.host.count("orchard.test")
        self.assertIn("held 1", self.send())
        self.assertEqual([], self.smtp.taken)

    def test_a_large_report_goes_in_pieces_whose_periods_do_not_overlap(self):
        self.host.reports["max_size"] = "64K"
        self.host.count("orchard.test", rows=3000)
        self.send()
        self.assertGreater(len(self.smtp.taken), 1)
        roots = [xml_of(one.file) for one in self.smtp.taken]
        periods = sorted((int(value(root, "report_metadata", "date_range", "begin")),
                          int(value(root, "report_metadata", "date_range", "end"))) for root in roots)
        self.assertEqual(((TODAY - 1) * DAY, TODAY * DAY - 1), (periods[0][0], periods[-1][1]))
        self.assertEqual([end + 1 for _, end in periods[:-1]], [begin for begin, _ in periods[1:]])
        addresses = [tag.text for root in roots for tag in root.iter() if tag.tag.endswith("}source_ip")]
        self.assertEqual((3000, 3000), (len(addresses), len(set(addresses))))


class ServerFaultTest(_Sending):
    """What the server says at each step, and what comes of it."""

    def test_replies_at_each_step(self):
        """S5: 5xx to the address or the mail is final, 4xx is not, and what our own server says is no news of the address."""
        cases = [("CONNECT", "554 no", "waiting"), ("CONNECT", "421 later", "waiting"), ("EHLO", "421 later", "waiting"),
                 ("MAIL", "550 no", "waiting"), ("MAIL", "450 no", "waiting"), ("MAIL", "552 5.3.4 too large", "refused"),
                 ("RCPT", "550 5.1.1 no such user", "refused"), ("RCPT", "554 5.7.1 Relay access denied", "waiting"),
                 ("RCPT", "550 relay not permitted", "waiting"), ("RCPT", "421 later", "waiting"), ("DATA", "421 later", "waiting"), ("RCPT", "450 4.2.1 full", "waiting"),
                 ("DATA", "554 no", "refused"), ("DATA", "451 later", "waiting"), ("END", "554 spam", "refused"),
                 ("END", "451 later", "waiting"), ("MAIL", "drop", "waiting"), ("RCPT", "drop", "waiting"), ("DATA", "drop", "waiting")]
        for number, (step, reply, state) in enumerate(cases):
            name = f"d{number}.test"
            with self.subTest(step=step, reply=reply):
                self.host.mail_domain(name)
        for number, (step, reply, state) in enumerate(cases):
            name = f"d{number}.test"
            with self.subTest(step=step, reply=reply):
                self.host.count(name)
                self.steps = {step: reply}
                code, said = self.host.report("send", "--domain", name)
                self.assertIn(f"{state} 1", said)
                self.assertEqual(0, len(self.smtp.taken))
                self.steps = {}
                self.host.report("suppress", "remove", "--address", f"agg@{name}")
                said = self.send("--domain", name, now=NOON + DAY)
                self.assertEqual(state == "waiting", len(self.smtp.taken) == 1, said)
                self.smtp.taken.clear()

    def test_a_reply_that_got_lost_leads_to_the_same_report(self):
        """The one place where twice is possible: then it has the same ids."""
        self.host.count("orchard.test")
        self.steps = {"END": "drop"}
        self.assertIn("waiting 1", self.send())
        self.steps = {}
        self.assertIn("sent 1", self.send(now=NOON + DAY))
        first, second = self.smtp.taken
        self.assertEqual(first.file, second.file)
        for name in ("Subject", "Message-ID"):
            self.assertEqual(first.message[name], second.message[name])

    def test_only_what_is_said_of_the_address_puts_it_on_the_list(self):
        cases = [("550 5.1.1 no such user", True), ("550 no such user", True), ("554 5.2.1 disabled", True), ("550 5.7.1 no", False),
                 ("554 5.7.1 Relay access denied", False), ("550 relay not permitted", False), ("554 no", False), ("552 5.2.2 full", False)]
        for number in range(len(cases)):
            self.host.mail_domain(f"d{number}.test")
        for number, (reply, dead) in enumerate(cases):
            with self.subTest(reply):
                name = f"d{number}.test"
                self.host.count(name)
                self.steps = {"RCPT": reply}
                self.host.report("send", "--domain", name)
                self.assertEqual(dead, f"agg@{name}" in self.host.report("suppress", "list")[1])

    def test_days_end_the_tries(self):
        self.host.count("orchard.test")
        self.steps = {"RCPT": "450 4.2.1 full"}
        tries = [self.send(now=NOON + hour * 3600) for hour in range(0, 80)]
        self.assertEqual(1, sum("given up 1" in said for said in tries))
        self.assertLess(sum(command.startswith("RCPT") for command in self.smtp.commands), 20)

    def test_a_run_ends_early_where_our_own_server_is_away(self):
        for number in range(10):
            self.host.mail_domain(f"d{number}.test")
        self.host.count_all([f"{TODAY - 1} d{number}.test 1 1 mailto:agg@d{number}.test" for number in range(10)])
        self.host.reports["server"] = "127.0.0.1:1"
        self.assertIn("does not take reports", self.send(expected=AGAIN))
        self.host.reports["server"] = f"127.0.0.1:{self.smtp.port}"
        self.assertIn("sent 10", self.send(now=NOON + DAY))


@unittest.skipUnless(machine.can_be_made(), "namespaces and mounts are not allowed here")
class RootTest(_Sending):
    def test_root_may_do_what_is_the_daemons_users(self):
        """What root makes belongs to that user, and root reads it again."""
        folder = self.host.folder / "store"
        folder.mkdir()
        self.host.reports.update({"store": str(folder / "reports.db"), "token_key": str(folder / "token.key")})
        config = self.host.config()
        self.host.folder.chmod(0o755)
        # The machine has no name server: a run that gets as far as to ask one has read the key.
        send = f"{programs.paraph} report send -c {config} 2>&1 || echo \"status $?\""
        done = machine.run_in(self.host.folder, f"""
            useradd --system paraph
            chown paraph: {folder}
            {programs.paraph} report suppress add -c {config} --host orchard.test
            {send}
            {send}
            stat -c '%U %a %n' {folder}/*""")
        said = done.stdout.decode() + done.stderr.decode()
        self.assertEqual(2, said.count("status 75"), said)
        self.assertRegex(said, r"paraph 600 \S+/reports\.db\n")
        self.assertRegex(said, r"paraph 600 \S+/token\.key\n")


class KilledTest(_Sending):
    def test_killed_at_any_state_it_is_sent_once(self):
        """S6."""
        for number, step in enumerate(("CONNECT", "MAIL", "RCPT", "DATA", "END")):
            with self.subTest(step=step):
                name = "orchard.test"
                self.host.count(name, day=TODAY - 1 - number)
                self.smtp.holding.clear()
                self.smtp.go_on.clear()
                self.steps = {step: "hold"}
                child = self.host.begin(name=step)
                eventually(f"the server to hold at {step}", self.smtp.holding.is_set)
                child.stop(9)
                self.smtp.go_on.set()
                self.steps = {}
                self.send()
                self.send(now=NOON + DAY)
                self.assertEqual(number + 1, len(self.smtp.taken))

    def test_two_runs_of_one_file_do_not_meet(self):
        self.host.count("orchard.test")
        self.steps = {"END": "hold"}
        child = self.host.begin()
        eventually("the server to hold", self.smtp.holding.is_set)
        self.assertIn("another paraph report send", self.send(expected=AGAIN))
        child.stop(9)

    def test_a_run_that_is_told_to_stop_finishes_its_mail(self):
        names = [f"d{number}.test" for number in range(50)]
        for name in names:
            self.host.mail_domain(name)
        self.host.count_all([f"{TODAY - 1} {name} 1 1 mailto:agg@{name}" for name in names])
        self.host.reports["per_minute"] = 600
        child = self.host.begin()
        eventually("a mail", lambda: self.smtp.taken)
        self.assertEqual(0, child.stop())
        self.assertLess(len(self.smtp.taken), 50)
        self.host.reports["per_minute"] = 0
        self.send()
        self.assertEqual(sorted(f"agg@{name}" for name in names), self.recipients())


if __name__ == "__main__":
    unittest.main()
