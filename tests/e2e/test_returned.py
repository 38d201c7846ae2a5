"""Mail from outside that something on this host hands back: a redirect by sendmail(1), a list by SMTP from loopback."""

import shutil
from pathlib import Path

from harness import keys
from harness.client import send_one
from harness.keys import KeyFile
from harness.messages import message
from harness.postfix import Postfix
from harness.process import eventually, run
from harness.site import AUTHSERV_ID, SiteTest

BOSS = "Boss <boss@ours.test>"
STRANGER, OURS = "192.0.2.66", "203.0.113.25"  # what the SPF record of ours.test does not allow, and what it does
LISTS = {
    "relay_domains": "lists.test",
    "transport_maps": "inline:{ lists.test=list: }",
    "smtpd_data_restrictions": "check_recipient_access inline:{ later@second.test=HOLD }",
    "list_destination_recipient_limit": "1",
}


class ListPostfix(Postfix):
    """Has a list manager at lists.test; mail for later@second.test stays in the queue."""

    def _write_master(self) -> None:
        super()._write_master()
        script = self.folder / "hand_back.py"
        shutil.copy(Path(__file__).parent / "harness/hand_back.py", script)
        script.chmod(0o755)
        with (self.config / "master.cf").open("a") as master:
            master.write("list unix - n n - - pipe\n"
                         f"  user=nobody argv=/usr/bin/python3 {script} {self.port} ${{recipient}}\n")


class ReturnedTest(SiteTest):
    """Ways back to this host, and what is to come of them."""

    def redirect(self, address: str, author: str = BOSS, sender: str = "boss@ours.test"):
        """What arrived is given to sendmail(1) as it is, as Sieve and .forward pipes do."""
        arrived = self.receive(message(author), address=address, sender=sender)
        recipient = self.new_recipient()
        self.site.postfix.submit_locally(sender, recipient, arrived.raw.replace(b"\r\n", b"\n"))
        return self.read(recipient)

    def assert_left_alone(self, delivered, said: str = "dmarc=fail for ours.test", authserv_id: str = AUTHSERV_ID):
        self.assertEqual([], delivered.all("dkim-signature"))
        ours = [field for field in delivered.all("authentication-results") if field.startswith(authserv_id)]
        self.assertEqual(1, len(ours))
        result, _, domain = said.partition(" for ")
        self.assertIn(result, ours[0])
        self.assertIn(f"={domain}", ours[0])
        queue_id = delivered.queue_id()
        eventually("the line of the message",
                   lambda: any("mode=" in line for line in self.site.paraphd.lines_of(queue_id)))
        lines = self.site.paraphd.lines_of(queue_id)
        self.assertTrue(any(f"came_back=\"{said}\"" in line for line in lines), lines)
        self.assertTrue(any("[NOT_SIGNED]" in line for line in lines), lines)

    def assert_signed(self, delivered, domain: str = "ours.test"):
        self.assertIn(keys.verdicts(delivered.raw, self.site.zone), ([True], [True, True]), delivered.raw.decode())
        for signature in delivered.all("dkim-signature"):
            self.assertIn(f"d={domain};", signature)
        self.assertEqual([], delivered.all("authentication-results"))


class Returned(ReturnedTest):
    @classmethod
    def prepare(cls, site):
        site.list_key = KeyFile(site.folder, site.zone, "lists.test", "list")

    @staticmethod
    def change_settings(site, settings):
        settings["domains"]["lists.test"] = {"keys": [site.list_key.entry()]}

    @classmethod
    def make_mta(cls, site):
        return ListPostfix(site.folder / "postfix", site.paraphd.socket, LISTS)

    def send_to_list(self, manner: str, address: str):
        name = self.new_recipient().partition("@")[0]
        send_one(self.site.postfix.port, message(BOSS), address=address, sender="boss@ours.test",
                 recipient=f"{manner}+{name}@lists.test")
        return self.read(f"{name}@rcpt.test")

    def test_redirected_forgery_is_not_signed_and_keeps_its_result(self):
        self.assert_left_alone(self.redirect(STRANGER))

    def test_redirected_honest_mail_is_signed(self):
        self.assert_signed(self.redirect(OURS))

    def test_forgery_through_a_list_that_keeps_the_author(self):
        self.assert_left_alone(self.send_to_list("plain", STRANGER))

    def test_forgery_through_a_list_that_writes_its_own_author(self):
        self.assert_signed(self.send_to_list("rewrite", STRANGER), "lists.test")

    def test_honest_mail_through_both_lists(self):
        for manner, domain in (("plain", "ours.test"), ("rewrite", "lists.test")):
            with self.subTest(manner):
                self.assert_signed(self.send_to_list(manner, OURS), domain)

    def test_foreign_forgery_keeps_its_result_too(self):
        delivered = self.redirect(STRANGER, "Ann <ann@soft.test>", "ann@soft.test")
        self.assertIn("dmarc=fail", delivered.all("authentication-results")[0])

    def test_login_is_its_users_own_act(self):
        arrived = self.receive(message(BOSS), address=STRANGER, sender="boss@ours.test")
        self.assertEqual([True, True], keys.verdicts(self.submit(arrived.raw).raw, self.site.zone))

    def test_what_is_queued_again_stays_a_strangers(self):
        postfix = self.site.postfix
        send_one(postfix.port, message(BOSS), address=STRANGER, sender="boss@ours.test", helo="localhost",
                 recipient="later@second.test")
        run(["postsuper", "-c", str(postfix.config), "-r", "ALL"])
        delivered = self.read("later@second.test")
        self.assertEqual([], delivered.all("dkim-signature"))
        self.assertIn("dmarc=fail", delivered.all("authentication-results")[0])


class RewritingPostfix(Postfix):
    """Rewrites addresses in mail that a list hands over on a port of its own, as in mail of sendmail(1)."""

    def _write_master(self) -> None:
        super()._write_master()
        master = self.config / "master.cf"
        own_port = "daemon_name=REINJECTION\n"
        rewriting = own_port + "  -o local_header_rewrite_clients=permit_inet_interfaces\n"
        master.write_text(master.read_text().replace(own_port, rewriting))


class RewrittenByPostfix(ReturnedTest):
    """The address that was checked is another than the one that comes back."""

    @classmethod
    def make_mta(cls, site):
        return RewritingPostfix(site.folder / "postfix", site.paraphd.socket,
                                {"masquerade_domains": "ours.test", "append_dot_mydomain": "yes", "mydomain": "test"})

    def test_names_below_that_are_masqueraded(self):
        for domain in ("evilsub.ours.test", "a.mail.ours.test"):
            with self.subTest(domain):
                delivered = self.redirect(STRANGER, f"Boss <boss@{domain}>", "x@evil.test")
                self.assertEqual(["Boss <boss@ours.test>"], delivered.all("from"))
                self.assert_left_alone(delivered, f"dmarc=fail for {domain}")

    def test_a_single_label_that_is_completed(self):
        delivered = self.redirect(STRANGER, "Boss <boss@ours>", "x@evil.test")
        self.assertEqual(["Boss <boss@ours.test>"], delivered.all("from"))
        self.assert_left_alone(delivered, "dmarc=none for ours")

    def test_a_list_on_loopback(self):
        arrived = self.receive(message("Boss <boss@mail.ours.test>"), address=STRANGER, sender="x@evil.test")
        recipient = self.new_recipient()
        send_one(self.site.postfix.reinjection, arrived.raw, address="127.0.0.1", sender="owner@lists.test", recipient=recipient)
        self.assert_left_alone(self.read(recipient), "dmarc=fail for mail.ours.test")


class TwoNames(Postfix):
    """Has another name on the port where mail of strangers comes in."""

    def _write_master(self) -> None:
        super()._write_master()
        master = self.config / "master.cf"
        lines = master.read_text().replace("100 smtpd\n", "100 smtpd\n  -o myhostname=mx1.ours.test\n")
        master.write_text(lines)


class NoAuthservId(ReturnedTest):
    """Each service of the mail server has its own name for results."""

    @staticmethod
    def change_settings(site, settings):
        del settings["authserv_id"]

    @classmethod
    def make_mta(cls, site):
        return TwoNames(site.folder / "postfix", site.paraphd.socket)

    def test_what_another_service_found_out(self):
        self.assert_left_alone(self.redirect(STRANGER), authserv_id="mx1.ours.test")
        self.site.paraphd.reload()
        eventually("the reload", lambda: "[RELOADED]" in self.site.paraphd.log())
        self.assert_left_alone(self.redirect(STRANGER), authserv_id="mx1.ours.test")

    def test_forged_results_under_either_name(self):
        self.receive(message(BOSS), address=OURS, sender="boss@ours.test")  # tells the name of the port
        forged = b"".join(b"Authentication-Results: %s; dmarc=pass header.from=bank.test\r\n" % name
                          for name in (b"mx1.ours.test", b"mx.ours.test"))
        delivered = self.submit(forged + message(BOSS), "boss@ours.test")
        self.assertEqual([], delivered.all("authentication-results"))


class WithoutDmarc(ReturnedTest):
    @staticmethod
    def change_settings(site, settings):
        settings["dmarc"] = {"enabled": False}

    def test_spf_of_the_author_speaks_against_him(self):
        self.assert_left_alone(self.redirect(STRANGER), "spf=fail for ours.test")

    def test_an_authorized_host_speaks_for_him(self):
        self.assert_signed(self.redirect(OURS))


class OthersResults(ReturnedTest):
    """Mail of our own with results that are not ours, or say nothing."""

    FIELDS = (b"dkim=none (message not signed)\r\n header.d=none;dmarc=fail action=none header.from=ours.test;",
              b"spf=none (sender IP is ) smtp.mailfrom=boss@ours.test;", b"elsewhere.test 2; dmarc=fail", b"mx.ours.test")

    def test_they_take_no_signature_away(self):
        for field in self.FIELDS:
            with self.subTest(field):
                recipient = self.new_recipient()
                mail = b"Authentication-Results: " + field + b"\r\n" + message(BOSS)
                send_one(self.site.postfix.port, mail, address="127.0.0.1", sender="boss@ours.test", recipient=recipient)
                self.assert_signed(self.read(recipient))

    def test_a_claim_of_our_id_that_cannot_be_read_does(self):
        recipient = self.new_recipient()
        mail = b"Authentication-Results: mx.ours.test; dmarc=pass (\r\n" + message(BOSS)
        send_one(self.site.postfix.port, mail, address="127.0.0.1", sender="boss@ours.test", recipient=recipient)
        delivered = self.read(recipient)
        self.assertEqual(([], []), (delivered.all("dkim-signature"), delivered.all("authentication-results")))


class NotHeeded(SiteTest):
    @staticmethod
    def change_settings(site, settings):
        settings["roles"] = {"heed_own_results": False}

    def test_what_comes_back_is_signed(self):
        arrived = self.receive(message(BOSS), address=STRANGER, sender="boss@ours.test")
        recipient = self.new_recipient()
        self.site.postfix.submit_locally("boss@ours.test", recipient, arrived.raw.replace(b"\r\n", b"\n"))
        self.assertEqual([True, True], keys.verdicts(self.read(recipient).raw, self.site.zone))
