"""From amavis or rspamd that signs to paraphd, with the real programs and the commands of the guide: before and behind it the same mail
is signed once, with the same domain and selector."""

import os
import re
from pathlib import Path

from harness import foreign_signers as signers
from harness import guide, keys, programs
from harness.amavis import Amavis, need_amavis, new_ports
from harness.foreign_signers import AMAVIS, DOMAIN, PAGE, RSPAMD, SELECTOR
from harness.guided_postfix import GuidedPostfix, with_ports
from harness.messages import message
from harness.process import run
from harness.rspamd import GUIDE_PORT, Rspamd
from harness.site import SiteTest

ALICE = message(f"Alice <alice@{DOMAIN}>")
FORGED = message(f"Boss <boss@{DOMAIN}>")
OFF = guide.block(PAGE, AMAVIS, "/etc/amavis/conf.d/90-paraph")
OVERRIDE = {name: guide.block(PAGE, RSPAMD, f"/etc/rspamd/override.d/{name}") for name in ("dkim_signing.conf", "milter_headers.conf")}


class Host(SiteTest):
    """A host with the key of a panel."""

    @classmethod
    def prepare(cls, site):
        site.panel_key = keys.KeyFile(site.folder, site.zone, DOMAIN, SELECTOR)
        cls.start_signer(site)

    def assert_signed_once(self, delivered) -> None:
        """By our domain, whoever signed."""
        fields = [re.sub(r"\s", "", field) for field in delivered.all("dkim-signature")]
        self.assertEqual(1, len(fields), delivered.fields)
        self.assertIn(f";d={DOMAIN};", fields[0])
        self.assertIn(f";s={SELECTOR};", fields[0])
        self.assertEqual([True], keys.verdicts(delivered.raw, self.site.zone))

    def sent_by_command(self):
        recipient = self.new_recipient()
        self.site.postfix.submit_locally(f"alice@{DOMAIN}", recipient, ALICE.replace(b"\r\n", b"\n"))
        return self.read(recipient)


class Before:
    """The old program signs; paraphd is not asked."""

    def test_the_old_program_signs_mail_of_users(self):
        self.assert_signed_once(self.submit(ALICE))

    def test_import_says_who_signs(self):
        status, said = self.import_said()
        self.assertEqual(66, status, said)
        self.assertRegex(said, self.told)
        self.assertIn(f"migration-others.md, \"{self.heading}\"", said)
        self.assertIn("## " + self.heading, (guide.GUIDES / PAGE).read_text())
        self.assertIn("none of opendkim, opendmarc and policyd-spf is in use here", said)


class Moved:
    """paraphd with the keys that the list brought."""

    @staticmethod
    def change_settings(site, settings):
        del settings["domains"]
        settings["include"] = "domains.d/*.yaml"

    def received(self):
        """Mail from outside, which has one field of results."""
        delivered = self.receive(self.site.signer.sign(message()))
        fields = delivered.all("authentication-results")
        self.assertEqual(1, len(fields), delivered.fields)
        for result in ("mx.ours.test;", "spf=pass", "dkim=pass", "dmarc=pass"):
            self.assertIn(result, fields[0])
        self.assertEqual([True], keys.verdicts(delivered.raw, self.site.zone))


class Behind(Moved):
    """The guide was followed."""

    warning = ""

    def test_mail_of_users_is_signed_once_as_before(self):
        delivered = self.submit(ALICE)
        self.assert_signed_once(delivered)
        lines = [line for line in self.site.paraphd.log().splitlines() if f"authenticated as alice@{DOMAIN}" in line]
        self.assertEqual(1, len(lines), "met paraphd once")
        self.assertIn(f" signed={DOMAIN}/{SELECTOR} ", lines[0])

    def test_mail_of_the_sendmail_command_is_signed_once(self):
        self.assert_signed_once(self.sent_by_command())

    def test_mail_from_outside_has_our_results_alone(self):
        self.received()

    def test_forgery_is_checked_and_not_signed(self):
        delivered = self.receive(FORGED, address="192.0.2.66", sender=f"boss@{DOMAIN}")
        self.assertRegex(delivered.all("authentication-results")[0], "dmarc=fail")
        self.assertEqual([], delivered.all("dkim-signature"))

    def test_check_config_has_nothing_against_it(self):
        told = self.checked()
        self.assertIn(self.warning, told)
        self.assertIn(f"0 errors, {1 if self.warning else 0} warning", told)

    def checked(self) -> str:
        file = self.site.folder / "plain.yaml"
        file.write_text(f"authserv_id: mx.ours.test\nlisten: {{socket: \"{self.site.paraphd.socket}\"}}\n")
        return run([programs.paraph, "check-config", "--postfix", "--reload", str(file)], check=False,
                   env={**os.environ, "MAIL_CONFIG": str(self.site.postfix.config)}).stdout.decode()

    def test_import_has_nothing_to_say(self):
        status, said = self.import_said()
        self.assertEqual((66, "paraph: there is no configuration of opendkim, opendmarc or policyd-spf here\n"), (status, said))


class OnAmavis(Host):
    """As iRedMail has it."""

    heading, told, more = AMAVIS, r"/etc/amavis/conf\.d/50-user:11: amavis signs mail here \(dkim_key\)", ""

    @classmethod
    def start_signer(cls, site):
        need_amavis()
        cls.ports = new_ports()
        cls.conf = signers.AMAVIS_CONF.replace("{folder}", str(signers.key_folder(site, "amavis")))
        amavis = Amavis(site.folder, cls.conf + cls.more, cls.ports)
        cls.addClassCleanup(amavis.stop)

    @classmethod
    def make_mta(cls, site):
        main_cf = {name: with_ports(value, cls.ports) for name, value in signers.AMAVIS_MAIN_CF.items()}
        postfix = GuidedPostfix(site.folder / "postfix", None, main_cf)
        postfix.wire(signers.AMAVIS_MASTER_CF, cls.ports)
        return postfix

    def import_said(self):
        files = {"/etc/amavis/conf.d/50-user": self.conf, **({"/etc/amavis/conf.d/90-paraph": self.more} if self.more else {})}
        return signers.import_said(files, self.site.postfix.config)


class BeforeAmavis(Before, OnAmavis):
    def test_import_beside_opendmarc_says_so_too(self):
        config = Path(self.site.postfix.config)
        status, said = signers.import_said({"/etc/amavis/conf.d/50-user": self.conf, "/usr/sbin/opendmarc": "",
                                            "/etc/opendmarc.conf": "Socket inet:8893@localhost\n"}, config, "--opendmarc", "/etc/opendmarc.conf")
        self.assertEqual((0, False), (status, "amavis" in said), "what is named alone counts")
        main_cf = (config / "main.cf").read_text()
        self.addCleanup((config / "main.cf").write_text, main_cf)
        (config / "main.cf").write_text(f"{main_cf}smtpd_milters = inet:localhost:8893\n")
        status, said = signers.import_said({"/etc/amavis/conf.d/50-user": self.conf, "/usr/sbin/opendmarc": "",
                                            "/etc/opendmarc.conf": "Socket inet:8893@localhost\n"}, config)
        self.assertEqual(1, status, said)
        self.assertRegex(re.sub(r"\s+", " ", said), r"DECIDE BEFORE YOU SWITCH.*amavis signs mail here.*paraphd signs nothing without them")


class MovedFromAmavis(OnAmavis):
    more = OFF

    @classmethod
    def start_signer(cls, site):
        super().start_signer(site)
        cls.said = signers.bring_over(site, signers.block(AMAVIS, "amavisd showkeys"),
                                      {"amavisd showkeys": f"amavisd -c {site.folder}/amavis.conf showkeys"})

    @classmethod
    def make_mta(cls, site):
        postfix = super().make_mta(site)
        ports = {**cls.ports, 8891: int(site.paraphd.socket.rpartition(":")[2])}
        signers.on_postfix(postfix, signers.block(AMAVIS, "postconf -P"), ports)
        return postfix


class BehindAmavis(Behind, MovedFromAmavis):
    def test_the_list_has_the_first_key_of_each_domain(self):
        self.assertEqual(f"{DOMAIN} {SELECTOR} {self.site.folder}/old-keys/{DOMAIN}.pem\n", (self.site.folder / "keys.list").read_text())
        self.assertEqual("", self.said)


class AmavisStillVerifies(Moved, MovedFromAmavis):
    """Its results are for itself."""

    more = OFF.replace("$enable_dkim_verification = 0;", re.search(r"`(\$allowed_added_header_fields.*?)`", guide.section(PAGE, AMAVIS))[1])

    def test_mail_from_outside_has_our_results_alone(self):
        self.received()


class BackToAmavis(OnAmavis):
    """The way back, behind the way there."""

    @classmethod
    def make_mta(cls, site):
        postfix = super().make_mta(site)
        ports = {**cls.ports, 8891: int(site.paraphd.socket.rpartition(":")[2])}
        for word in ("postconf -P", "90-paraph\nsudo systemctl"):
            signers.on_postfix(postfix, signers.block(AMAVIS, word), ports)
        return postfix

    def test_amavis_signs_again(self):
        self.assert_signed_once(self.submit(ALICE))
        self.assertNotIn("mode=", self.site.paraphd.log())


class OnRspamd(Host):
    """As ISPConfig has it."""

    heading, told, override = RSPAMD, r"/etc/rspamd/local\.d/dkim_signing\.conf:4: rspamd signs mail here \(path_map\)", {}

    @classmethod
    def start_signer(cls, site):
        folder = signers.key_folder(site, "root")
        cls.local = {name: text.replace("{folder}", str(folder)) for name, text in signers.RSPAMD_LOCAL.items()}
        for name, text in signers.MAPS.items():
            (folder / name).write_text(text.replace("{folder}", str(folder)))

    @classmethod
    def start_rspamd(cls, site) -> int:
        rspamd = Rspamd(site.folder, site.name_server_address, cls.local, cls.override, rules="")
        cls.addClassCleanup(rspamd.stop)
        return rspamd.port

    def import_said(self):
        files = {f"/etc/rspamd/{folder}/{name}": text for folder, texts in (("local.d", self.local), ("override.d", self.override))
                 for name, text in texts.items()}
        # The port of the test's rspamd is another one.
        files["/etc/rspamd/local.d/worker-proxy.inc"] = with_ports(files["/etc/rspamd/local.d/worker-proxy.inc"], self.ports)
        return signers.import_said(files, self.site.postfix.config)


class BeforeRspamd(Before, OnRspamd):
    @classmethod
    def make_mta(cls, site):
        cls.ports = {GUIDE_PORT: cls.start_rspamd(site)}
        return GuidedPostfix(site.folder / "postfix", None, {name: with_ports(value, cls.ports) for name, value in signers.RSPAMD_MAIN_CF.items()})


class BehindRspamd(Behind, OnRspamd):
    override = OVERRIDE
    # rspamd may change what users send.
    warning = "smtpd_milters: paraphd is not the first"

    @classmethod
    def start_signer(cls, site):
        super().start_signer(site)
        cls.said = signers.bring_over(site, signers.block(RSPAMD, "dkim_selectors.map"),
                                      {"/etc/rspamd/local.d": f"{site.folder}/old-keys"})

    @classmethod
    def make_mta(cls, site):
        cls.ports = {8891: int(site.paraphd.socket.rpartition(":")[2]), GUIDE_PORT: cls.start_rspamd(site)}
        page, heading = "content-filters.md", "rspamd beside us"
        main_cf = with_ports(guide.block(page, heading, "main.cf"), cls.ports)
        postfix = GuidedPostfix(site.folder / "postfix", None, dict(re.findall(r"^(\w+) = (.*)$", main_cf, re.MULTILINE)))
        postfix.wire(guide.block(page, heading, "master.cf"), cls.ports)
        return postfix

    def test_what_the_list_cannot_bring_is_told(self):
        self.assertEqual(f"by hand: *.wild.test dkim {self.site.folder}/old-keys/{DOMAIN}.pem\n", self.said)
        self.assertEqual(["alone.test.yaml", f"{DOMAIN}.yaml"], sorted(path.name for path in (self.site.folder / "domains.d").iterdir()))
