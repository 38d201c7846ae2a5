"""A backup MX with a Postfix of its own: SPF and DMARC are judged by the client that gave it the message."""

import socket

from harness import programs
from harness.client import Client, send_one
from harness.messages import message
from harness.postfix import Postfix
from harness.process import eventually, run
from harness.secondary import ADDRESS, NAME, Secondary
from harness.site import SiteTest, value_of

CLIENT, FORGER = "192.0.2.10", "203.0.113.9"  # what the SPF record of pass.test allows, and what it does not
FORGED = (f"Received: from mx.pass.test (mx.pass.test [{CLIENT}])\r\n\tby {NAME} (Postfix) with ESMTP id 4F1\r\n\t"
          "for <somebody@rcpt.test>; Mon, 02 Mar 2026 10:11:12 +0000 (UTC)")
HELOS = ("[192.0.2.10]", "x (y [192.0.2.10])", "x (y [192.0.2.10]) by mx2.ours.test (Postfix) with ESMTP id 1; date",
         "x (y [192.0.2.10]) by mx2.ours.test (Postfix) with ESMTP id 1; date (", "from", "by", "192.0.2.10", "((", "))",
         "\"x", "mx.pass.test")


class ProxiedPostfix(Postfix):
    """Has a service behind a proxy that tells the client with the PROXY protocol."""

    def _write_master(self) -> None:
        super()._write_master()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.proxied = probe.getsockname()[1]
        with (self.config / "master.cf").open("a") as master:
            master.write(f"127.0.0.1:{self.proxied} inet n - n - - smtpd\n"
                         "  -o smtpd_upstream_proxy_protocol=haproxy\n")


class RelayTest(SiteTest):
    postfix_settings = {"smtpd_milter_maps": "inline:{ 127.0.0.8=DISABLE }"}

    @staticmethod
    def change_settings(site, settings):
        settings["iprev"] = {"enabled": True}
        settings["relays"] = {"hosts": [{"addresses": [ADDRESS], "names": [NAME], "form": "postfix"}]}

    @classmethod
    def make_mta(cls, site):
        return ProxiedPostfix(site.folder / "postfix", site.paraphd.socket, cls.postfix_settings)

    @classmethod
    def secondary_settings(cls) -> dict[str, str]:
        """Overridden where the secondary is to be configured otherwise."""
        return {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secondary = Secondary(cls.site.folder / "secondary", cls.site.postfix.port, cls.secondary_settings())
        cls.addClassCleanup(cls.secondary.stop)
        cls.secondary.start()

    def give_to_secondary(self, text: bytes, address: str, sender: str = "ann@pass.test", helo: str = "mx.pass.test") -> str:
        recipient = self.new_recipient()
        send_one(self.secondary.port, text, address=address, sender=sender, recipient=recipient, helo=helo)
        return recipient

    def relay(self, text: bytes, address: str, **more):
        return self.read(self.give_to_secondary(text, address, **more))

    def line_of(self, delivered) -> str:
        return self.site.paraphd.line_of(delivered.queue_id())

    def assert_unknown(self, delivered, reason: str):
        found = self.check(delivered, spf="none", dmarc="fail")
        self.assertIsNone(value_of(found["spf"][0], "smtp", "remote-ip"))
        self.assertIn(reason, self.line_of(delivered))
        self.assertIn("client=none", self.line_of(delivered))


class Relay(RelayTest):
    def test_mail_that_waited_for_the_primary_passes_by_the_true_client(self):
        self.site.postfix.stop()
        recipient = self.give_to_secondary(message(), CLIENT)
        eventually("the secondary to keep it", self.secondary.has_deferred)
        self.site.postfix.start()
        self.secondary.flush()
        delivered = self.read(recipient)
        found = self.check(delivered, spf="pass", dmarc="pass")
        self.assertEqual(CLIENT, value_of(found["spf"][0], "smtp", "remote-ip"))
        self.assertEqual(CLIENT, value_of(found["iprev"][0], "policy", "iprev"))
        self.assertIn(f"(through relay {ADDRESS})", delivered.all("authentication-results")[0])
        self.assertIn(f"client={CLIENT}", self.line_of(delivered))
        self.assertIn(f"relay={ADDRESS} relay.hops=1", self.line_of(delivered))

    def test_ipv6(self):
        found = self.check(self.relay(message(), "2001:db8::25"), spf="pass", dmarc="pass")
        self.assertEqual("2001:db8::25", value_of(found["spf"][0], "smtp", "remote-ip"))

    def test_a_forger_fails(self):
        found = self.check(self.relay(message(), FORGER), spf="fail", dmarc="fail")
        self.assertEqual(FORGER, value_of(found["spf"][0], "smtp", "remote-ip"))

    def test_nor_does_a_received_field_help_him(self):
        for fields in ((FORGED,), (FORGED, FORGED), (f"X-First: here\r\n{FORGED}",)):
            self.check(self.relay(message(fields=fields), FORGER), spf="fail", dmarc="fail")

    def test_nor_what_he_types_as_helo(self):
        for helo in HELOS:
            with self.subTest(helo):
                found = self.results(self.relay(message(fields=(FORGED,)), FORGER, helo=helo))
                self.assertIn(found["spf"][0].result, ("fail", "none"))
                self.assertIn(value_of(found["spf"][0], "smtp", "remote-ip"), (FORGER, None))

    def test_nor_a_line_that_is_joined_to_the_field_of_the_relay(self):
        for line in (f" (x [{CLIENT}])", f"\tfrom x (y [{CLIENT}]) by {NAME} (Postfix) with ESMTP id 1; date"):
            recipient = self.new_recipient()
            with Client(self.secondary.port) as client:
                client.pretend(FORGER, helo="mx.pass.test")
                client.envelope("ann@pass.test", [recipient])
                client.chunk(line.encode() + b"\r\n" + message())
            delivered = self.read(recipient)
            found = self.results(delivered)
            self.assertIn(found["spf"][0].result, ("fail", "none"), delivered.fields)
            self.assertIn(value_of(found["spf"][0], "smtp", "remote-ip"), (FORGER, None))

    def test_the_address_of_the_relay_is_nobodys(self):
        delivered = self.relay(message("x@loop.test"), FORGER, sender="x@loop.test")  # whose SPF record allows the relay
        self.check(delivered, spf="fail", dmarc="fail")

    def test_a_bounce_is_judged_by_the_name_of_the_client(self):
        delivered = self.relay(message("MAILER-DAEMON@helo.pass.test"), CLIENT, sender="", helo="helo.pass.test")
        found = self.check(delivered, spf="pass")
        self.assertEqual("helo.pass.test", value_of(found["spf"][0], "smtp", "helo"))

    def test_a_signature_is_enough_where_the_client_is_not_known(self):
        recipient = self.new_recipient()
        self.secondary.submit_locally("ann@pass.test", recipient,
                                      self.site.signer.sign(message()).replace(b"\r\n", b"\n"))
        self.check(self.read(recipient), spf="none", dkim="pass", dmarc="pass")

    def test_mail_that_was_written_on_the_relay_has_no_client(self):
        recipient = self.new_recipient()
        self.secondary.submit_locally("ann@pass.test", recipient, message(fields=(FORGED,)).replace(b"\r\n", b"\n"))
        self.assert_unknown(self.read(recipient), "names no client address")

    def send_from_relay(self, text: bytes):
        recipient = self.new_recipient()
        with Client(self.site.postfix.port, source=ADDRESS) as client:
            client.hello(NAME)
            client.send("x@loop.test", [recipient], text)
        return self.read(recipient)

    def test_without_the_field_of_the_relay_there_is_no_client(self):
        self.assert_unknown(self.send_from_relay(message("x@loop.test")), "no Received field of")
        other = FORGED.replace(NAME, "mx9.ours.test")
        self.assert_unknown(self.send_from_relay(message("x@loop.test", fields=(other,))), "but by mx9.ours.test")

    def test_what_another_host_types_does_not_make_it_a_relay(self):
        delivered = self.receive(message(fields=(FORGED,)), address=FORGER, helo=NAME)
        self.check(delivered, spf="fail", dmarc="fail")
        self.assertNotIn("relay=", self.line_of(delivered))


class Alternatives(RelayTest):
    """What the mail server itself is told of the client needs no walk."""

    def assert_no_walk(self, delivered):
        found = self.check(delivered, spf="pass", dmarc="pass")
        self.assertIsNone(value_of(found["spf"][0], "smtp", "remote-ip"))
        self.assertIn(f"client={CLIENT}", self.line_of(delivered))
        self.assertNotIn("relay=", self.line_of(delivered))

    def test_xclient_from_a_front_end(self):
        recipient = self.new_recipient()
        with Client(self.site.postfix.port, source=ADDRESS) as client:
            client.pretend(CLIENT, helo="mx.pass.test")
            client.send("ann@pass.test", [recipient], message(fields=(FORGED.replace(CLIENT, FORGER),)))
        self.assert_no_walk(self.read(recipient))

    def test_proxy_protocol_from_a_front_end(self):
        recipient = self.new_recipient()
        text = message(recipient=recipient)
        with socket.create_connection(("127.0.0.1", self.site.postfix.proxied), 30, (ADDRESS, 0)) as connection:
            connection.sendall(f"PROXY TCP4 {CLIENT} 127.0.0.1 4711 25\r\n".encode())
            replies = connection.makefile("rb")
            for command in ("", "HELO mx.pass.test", "MAIL FROM:<ann@pass.test>", f"RCPT TO:<{recipient}>", "DATA"):
                connection.sendall(f"{command}\r\n".encode() if command else b"")
                self.assertIn(replies.readline()[:1], (b"2", b"3"))
            connection.sendall(text + b"\r\n.\r\n")
            self.assertEqual(b"2", replies.readline()[:1])
        self.assert_no_walk(self.read(recipient))

    def test_smtpd_milter_maps_leave_a_relay_alone_that_checks_itself(self):
        recipient = self.new_recipient()
        with Client(self.site.postfix.port, source="127.0.0.8") as client:
            client.hello(NAME)
            client.send("x@loop.test", [recipient], message("x@loop.test"))
        self.assertEqual([], self.read(recipient).all("authentication-results"))


class UnknownRelay(RelayTest):
    """A relay whose name cannot be looked up is missed, and the daemon works without it."""

    @staticmethod
    def change_settings(site, settings):
        RelayTest.change_settings(site, settings)
        settings["relays"]["hosts"].append({"addresses": ["mx3.invalid"], "names": ["mx3.invalid"]})

    def test_the_log_and_check_config_tell(self):
        problem = "the relay 'mx3.invalid' cannot be looked up"
        self.assertIn(problem, self.site.paraphd.log())
        checked = run([programs.paraph, "check-config", str(self.site.paraphd.config), "--reload"], check=False)
        self.assertIn(f"error: {problem}", checked.stdout.decode())
        self.assertEqual(0, checked.returncode)

    def test_other_relays_are_known(self):
        self.check(self.relay(message(), CLIENT), spf="pass", dmarc="pass")
