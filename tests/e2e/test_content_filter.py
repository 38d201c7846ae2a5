"""A real content filter between two smtpd services: what a stranger types must not make his mail ours.

Postfix passes MAIL FROM on to its filters as it was typed, and takes much for an address."""

from harness import keys
from harness.client import Client
from harness.messages import message
from harness.pass_through import PassThrough
from harness.postfix import Postfix
from harness.site import SiteTest

BOSS = "Boss <boss@ours.test>"
ALICE = "Alice <alice@ours.test>"
SPELLINGS = (
    "<boss@ours.test>",
    "boss@ours.test",
    " boss@ours.test",
    " <boss@ours.test>",
    "boss@ours.test,",
    "(comment)boss@ours.test",
    "boss@ours.test(comment)",
    "(comment)<boss@ours.test>",
    "@relay.test:boss@ours.test",
    "<@relay.test:boss@ours.test>",
    "\"boss\"@ours.test",
    "Boss<boss@ours.test>",
    "<>",
)


class FilteredPostfix(Postfix):
    """What comes in on `port` goes through a content filter to the reinjection service."""

    def filter_by(self, port: int, options: tuple[str, ...]) -> None:
        """Before the start: tells where the filter listens."""
        front = "".join(f"  -o {option.format(port=port)}\n" for option in options)
        lines = (self.config / "master.cf").read_text().replace("100 smtpd\n", f"100 smtpd\n{front}")
        (self.config / "master.cf").write_text(lines + "filter unix - - n - - smtp\n"
                                                       "  -o smtp_send_xforward_command=yes\n")


class Filtered:
    """The tests; a class of its own so that each manner of filtering has them all."""

    options: tuple[str, ...] = ()

    @staticmethod
    def change_settings(site, settings):
        settings["roles"] = {"reinjection_daemons": ["REINJECTION"]}

    @classmethod
    def make_mta(cls, site):
        postfix = FilteredPostfix(site.folder / "postfix", site.paraphd.socket,
                                  {"smtpd_authorized_xforward_hosts": "127.0.0.0/8"})
        cls.filter = PassThrough(postfix.reinjection)
        cls.addClassCleanup(cls.filter.stop)
        postfix.filter_by(cls.filter.port, cls.options)
        return postfix

    def forge(self, spelling: str):
        recipient = self.new_recipient()
        with Client(self.site.postfix.port) as client:
            client.pretend("192.0.2.66", helo="localhost", name="localhost")
            client.command(f"MAIL FROM:{spelling}")
            client.command(f"RCPT TO:<{recipient}>")
            client.begin_data(message(BOSS))
            client.end_data(b"")
        return self.read(recipient)

    def assert_foreign(self, delivered):
        self.assertEqual([], delivered.all("dkim-signature"))
        self.assertIn("mode=verify", self.site.paraphd.line_of(delivered.queue_id()))
        for field in delivered.all("authentication-results"):
            self.assertIn("dmarc=fail", field)
        self.assertTrue(delivered.all("authentication-results"))

    def test_forged_author_is_not_signed_however_the_sender_is_spelt(self):
        for spelling in SPELLINGS:
            with self.subTest(spelling):
                self.assert_foreign(self.forge(spelling))

    def test_nor_however_the_filter_spells_it(self):
        for spelling in SPELLINGS:
            with self.subTest(spelling):
                self.filter.spelling = spelling
                self.addCleanup(setattr, self.filter, "spelling", None)
                self.assert_foreign(self.forge("<boss@ours.test>"))

    def test_sendmail_command_is_signed(self):
        recipient = self.new_recipient()
        self.site.postfix.submit_locally("alice@ours.test", recipient, message(ALICE).replace(b"\r\n", b"\n"))
        delivered = self.read(recipient)
        self.assertEqual([True, True], keys.verdicts(delivered.raw, self.site.zone))

    def test_login_is_signed(self):
        self.assertEqual([True, True], keys.verdicts(self.submit(message(ALICE)).raw, self.site.zone))


class BeforeQueue(Filtered, SiteTest):
    options = ("smtpd_milters=", "smtpd_proxy_filter=127.0.0.1:{port}")


class AfterQueue(Filtered, SiteTest):
    options = ("content_filter=filter:[127.0.0.1]:{port}",)


class Forwarded(SiteTest):
    """What is forwarded about another client is not what the MTA knows of this one."""

    postfix_settings = {"smtpd_authorized_xforward_hosts": "127.0.0.0/8"}

    @staticmethod
    def change_settings(site, settings):
        settings["roles"] = {"internal_hosts": ["10.0.0.0/8"]}

    def test_forwarded_attributes_do_not_make_a_connection_local(self):
        recipient = self.new_recipient()
        with Client(self.site.postfix.port) as client:
            client.hello("filter.test")
            client.command("XFORWARD NAME=localhost ADDR=127.0.0.1 PORT=[UNAVAILABLE]")
            client.send("boss@ours.test", [recipient], message(BOSS))
        delivered = self.read(recipient)
        self.assertEqual([], delivered.all("dkim-signature"))
        self.assertIn("external host 127.0.0.1", self.site.paraphd.line_of(delivered.queue_id()))

    def test_sendmail_command_is_signed_all_the_same(self):
        recipient = self.new_recipient()
        self.site.postfix.submit_locally("alice@ours.test", recipient, message(ALICE).replace(b"\r\n", b"\n"))
        self.assertEqual([True, True], keys.verdicts(self.read(recipient).raw, self.site.zone))
