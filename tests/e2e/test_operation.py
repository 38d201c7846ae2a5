"""The daemon as its operator meets it: stopped, started, reloaded, logging."""

import contextlib
import signal
import sys
from pathlib import Path

from harness import keys
from harness.client import Client, Refused
from harness.messages import message
from harness.process import eventually
from harness.site import SiteTest

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from milter_client import Milter, parse_address  # noqa: E402


class Operation(SiteTest):
    def send_and_expect_refusal(self) -> Refused:
        with self.assertRaises(Refused) as caught:
            self.receive(message())
        return caught.exception

    def test_stopped_daemon_defers_mail(self):
        self.assertEqual(0, self.site.paraphd.stop())
        try:
            self.assertEqual(4, self.send_and_expect_refusal().code // 100)
        finally:
            self.site.paraphd.start()
        self.check(self.receive(message()), spf="pass", dmarc="pass")

    def test_daemon_that_stops_within_a_session_defers_the_message(self):
        recipient = self.new_recipient()
        with Client(self.site.postfix.port) as client:
            client.pretend("192.0.2.10", helo="mx.pass.test")
            client.envelope("ann@pass.test", [recipient])
            self.site.paraphd.stop()
            try:
                with self.assertRaises(Refused) as caught:
                    client.begin_data(b"")
                    client.end_data(message())
                self.assertEqual(4, caught.exception.code // 100)
            finally:
                self.site.paraphd.start()
        self.assertEqual([], self.site.postfix.mailboxes.files(recipient))

    def test_sendmail_command_waits_in_the_queue_while_the_daemon_is_stopped(self):
        recipient = self.new_recipient()
        self.site.paraphd.stop()
        try:
            self.site.postfix.submit_locally("alice@ours.test", recipient, b"From: alice@ours.test\n\nx\n")
            eventually("pickup to give up", lambda: "milter-reject" in self.site.postfix.log() or
                       "Service unavailable" in self.site.postfix.log() or "Connection refused" in
                       self.site.postfix.log())
            self.assertEqual([], self.site.postfix.mailboxes.files(recipient))
        finally:
            self.site.paraphd.start()

    def test_one_log_line_for_each_message(self):
        delivered = self.receive(message())
        line = self.site.paraphd.line_of(delivered.queue_id())
        self.assertIn("mode=verify", line)
        self.assertIn("spf=pass", line)
        self.assertEqual(1, len(self.site.paraphd.lines_of(delivered.queue_id())))

    def test_log_line_of_a_signed_message(self):
        delivered = self.submit(message("alice@ours.test"))
        line = self.site.paraphd.line_of(delivered.queue_id())
        self.assertIn("mode=sign", line)
        self.assertIn("authenticated as alice", line)
        self.assertIn(" sender=<alice@ours.test> from=alice@ours.test ", line)

    def test_hostile_text_cannot_forge_a_log_line(self):
        hostile = message("\"x\u001b[2J\" <ann@pass.test>", subject="x")
        delivered = self.receive(hostile)
        self.assertEqual(1, len(self.site.paraphd.lines_of(delivered.queue_id())))
        self.assertNotIn("\x1b", self.site.paraphd.log())

    def test_stop_while_idle_clients_are_connected(self):
        with Client(self.site.postfix.port) as client:
            client.pretend("192.0.2.10")
            self.assertEqual(0, self.site.paraphd.stop())
        self.site.paraphd.start()

    def test_reload_that_fails_keeps_the_old_configuration(self):
        paraphd = self.site.paraphd
        for name, text in (("no YAML", "roles: [unclosed"), ("unknown setting", "authserv_idd: x.test\n"),
                           ("missing table", "signing: {key_table: /nonexistent, signing_table: /nonexistent}\n")):
            with self.subTest(name):
                before = len(paraphd.log())
                paraphd.write_raw_config(text)
                paraphd.reload()
                eventually("the refusal in the log", lambda: "reload" in paraphd.log()[before:].lower())
                self.check(self.receive(message()), spf="pass", dmarc="pass")
                signed = self.submit(message("alice@ours.test"))
                self.assertEqual([True, True], keys.verdicts(signed.raw, self.site.zone))
        paraphd.write_config()

    def reload(self, **changed):
        """With settings other than the usual ones, if any."""
        paraphd = self.site.paraphd
        before = len(paraphd.log())
        paraphd.write_config({**paraphd.settings, **changed})
        paraphd.reload()
        eventually("the reload in the log", lambda: "reload" in paraphd.log()[before:].lower())

    @contextlib.contextmanager
    def changed(self, **settings):
        self.reload(**settings)
        try:
            yield
        finally:
            self.reload()

    def test_reload_takes_up_a_new_configuration(self):
        with self.changed(authserv_id="renamed.ours.test"):
            self.results(self.receive(message()), "renamed.ours.test")
        self.check(self.receive(message()), spf="pass")

    def test_bodies_are_not_asked_for_where_nobody_needs_them(self):
        address = parse_address(self.site.paraphd.socket)
        with self.changed(dkim={"enabled": False}, domains={}):
            with Milter(address) as milter:
                self.assertTrue(milter.declines(b"B"))
            delivered = self.receive(self.site.signer.sign(message()))
            self.check(delivered, spf="pass", dmarc="pass")
            self.assertNotIn("dkim=", delivered.all("Authentication-Results")[0])
        with Milter(address) as milter:
            self.assertFalse(milter.declines(b"B"))

    def replies_to_body(self, mail: bytes) -> list[bytes]:
        """To each piece of it, as many as there are."""
        with Milter(parse_address(self.site.paraphd.socket)) as milter:
            events = milter.conversation(mail, client="192.0.2.1", sender="<ann@pass.test>")
            return [code for command, code in [(event[0], milter.event(*event)[0]) for event in events] if command == b"B"]

    def test_rest_of_a_body_is_left_out_where_nobody_needs_it(self):
        line = "All work and no play makes a dull mail.\r\n"
        large = message(body=line * 5000)  # four pieces
        signed = self.site.signer.sign(large)
        partly_signed = self.site.signer.sign(message(body=line * 2000), length=True) + line.encode() * 3000
        before = self.site.postfix.complaints()
        with self.changed(listen={"skip_bodies": True}):
            self.assertEqual([b"s"] * 4, self.replies_to_body(large))
            self.assertEqual([b"c"] * 4, self.replies_to_body(signed))
            self.assertEqual([b"c", b"s", b"s", b"s"], self.replies_to_body(partly_signed))
            self.check(self.receive(large), dkim="none", dmarc="pass")
            self.check(self.receive(signed), dkim="pass", dmarc="pass")
            self.assertEqual([True, True], keys.verdicts(self.submit(message("alice@ours.test", body=line * 5000)).raw,
                                                         self.site.zone))
            self.assertEqual(before, self.site.postfix.complaints())
        self.assertEqual([b"c"] * 4, self.replies_to_body(large))

    def test_reload_under_mail_loses_none(self):
        for number in range(40):
            if number % 4 == 0:
                self.site.paraphd.reload()
            self.check(self.receive(message()), spf="pass", dmarc="pass")

    def test_hangup_and_pipe_do_not_kill(self):
        self.site.paraphd.tell(signal.SIGPIPE)
        self.check(self.receive(message()), spf="pass")


class UnixSocketOperation(SiteTest):
    unix_socket = True

    def test_socket_left_by_a_crash_is_taken_over(self):
        self.site.paraphd.crash()
        self.assertTrue(self.site.paraphd.socket_path.exists())
        self.site.paraphd.start()
        self.check(self.receive(message()), spf="pass", dmarc="pass")
