"""The operator's tool beside the running daemon: both must say the same."""

import errno
import json
import re
import socket
import time
from pathlib import Path

from harness import keys, programs
from harness.messages import message
from harness.paraphd import environment
from harness.process import run
from harness.site import AUTHSERV_ID, SiteTest

ENVELOPE = ["--ip", "192.0.2.10", "--helo", "mx.pass.test", "--mail-from", "ann@pass.test"]
UNAVAILABLE, BAD_CONFIGURATION = 69, 78


def unfolded(text: str) -> str:
    return re.sub(r"\s+", " ", text)


class Tools(SiteTest):
    def write(self, text: bytes, name: str = "message.eml") -> str:
        file = self.site.folder / name
        file.write_bytes(text)
        return str(file)

    def paraph(self, *arguments: str, check: bool = True):
        return run([programs.paraph, *arguments], check=check)

    def test_verify_says_what_the_daemon_wrote(self):
        messages = {"plain": message(), "signed": self.site.signer.sign(message()), "stranger": message("x@soft.test"),
                    "broken": self.site.signer.sign(message()).replace(b"Hello.", b"Hullo."),
                    "two authors": message(fields=("From: <victim@ours.test>",))}
        for name, text in messages.items():
            with self.subTest(name):
                told = self.paraph("verify", "--json", "--nameserver", self.site.name_server_address, "--authserv-id",
                                   AUTHSERV_ID, *ENVELOPE, self.write(text))
                field = json.loads(told.stdout)["authentication_results"]
                written = self.receive(text).all("authentication-results")[0]
                self.assertEqual(unfolded(field), unfolded(f"Authentication-Results: {written}"))

    def test_probe_shows_what_postfix_would_get(self):
        forged = message(fields=("Authentication-Results: mx.ours.test; dkim=pass header.d=bank.test",))
        output = self.site.folder / "edited.eml"
        self.paraph("probe", "--socket", self.site.paraphd.socket, *ENVELOPE, "--rcpt", "r@rcpt.test", "--output",
                    str(output), self.write(forged))
        edited = output.read_text()
        self.assertNotIn("bank.test", edited)
        self.assertTrue(edited.startswith("Authentication-Results: mx.ours.test;"), edited)

    def test_the_tool_keeps_the_daemons_budget_of_time(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            config = self.site.folder / "budget.yaml"
            config.write_text(json.dumps({"authserv_id": AUTHSERV_ID, "dns": {
                "nameservers": [f"127.0.0.1:{silent.getsockname()[1]}"], "timeout": "20s", "attempts": 1,
                "message_budget": "500ms"}}))
            for command in (["verify", self.write(message())], ["spf"]):
                with self.subTest(command[0]):
                    began = time.monotonic()
                    told = self.paraph(*command, "--config", str(config), *ENVELOPE, check=False)
                    self.assertLess(time.monotonic() - began, 10)
                    self.assertEqual(75, told.returncode)
                    self.assertIn("temperror", told.stdout.decode())

    def test_a_name_server_that_refuses_is_named(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
            closed.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{closed.getsockname()[1]}"
        for command in (["verify", *ENVELOPE, self.write(message())], ["spf", *ENVELOPE], ["dmarc", "pass.test"]):
            with self.subTest(command[0]):
                told = self.paraph(*command, "--nameserver", address, check=False)
                self.assertEqual(75, told.returncode)
                self.assertIn("could not be looked up: refused" if command[0] == "spf" else "", told.stdout.decode())
                self.assertRegex(told.stderr.decode(), rf"{address} \(Connection refused\), asked for [A-Z]+ \S*pass\.test")

    def test_senders_of_the_public_suite_through_the_milter(self):
        """nolocalpart and dorky-sentinel of the SPF suite: Postfix refuses the second, other mail servers need not."""
        for sender in ("@pass.test", "<@pass.test>", "Macro Error@pass.test", "<Macro Error@pass.test>"):
            for address, result in (("192.0.2.10", "spf=pass"), ("203.0.113.9", "spf=fail")):
                with self.subTest(sender, address=address):
                    output = self.site.folder / "probed.eml"
                    self.paraph("probe", "--socket", self.site.paraphd.socket, "--ip", address, "--helo", "mx.pass.test",
                                "--mail-from", sender, "--rcpt", "r@rcpt.test", "--output", str(output),
                                self.write(message()))
                    self.assertIn(f"{result} smtp.mailfrom=pass.test;", unfolded(output.read_text()))

    def test_probe_of_a_user_is_signed(self):
        output = self.site.folder / "signed.eml"
        self.paraph("probe", "--socket", self.site.paraphd.socket, "--ip", "198.51.100.7", "--auth", "alice",
                    "--mail-from", "alice@ours.test", "--rcpt", "r@rcpt.test", "--output", str(output),
                    self.write(message("alice@ours.test")))
        self.assertEqual([True, True], keys.verdicts(output.read_bytes(), self.site.zone))

    def test_sign_with_the_daemons_configuration(self):
        signed = self.paraph("sign", "--config", str(self.site.paraphd.config), self.write(message("alice@ours.test")))
        self.assertEqual([True, True], keys.verdicts(signed.stdout, self.site.zone))

    def test_generated_keys_sign_and_their_records_verify(self):
        for kind in ("rsa", "ed25519"):
            with self.subTest(kind):
                made = self.paraph("key", "generate", "--domain", "made.test", "--selector", kind, "--type", kind,
                                   "--out-dir", str(self.site.folder)).stdout.decode()
                strings = re.findall(r'"([^"]*)"', next(line for line in made.splitlines() if "IN TXT" in line))
                self.site.zone.add_txt(f"{kind}._domainkey.made.test", "".join(strings))
                signed = self.paraph("sign", "--key", str(self.site.folder / f"{kind}.made.test.pem"), "--domain",
                                     "made.test", "--selector", kind, self.write(message("a@made.test")))
                self.assertEqual([True], keys.verdicts(signed.stdout, self.site.zone))

    def test_check_config(self):
        self.paraph("check-config", "-c", str(self.site.paraphd.config))
        wrong = self.write(b"authserv_idd: x.test\nroles: {internal_hosts: [192.0.2.0/33]}\n", "wrong.yaml")
        refused = self.paraph("check-config", "-c", wrong, check=False)
        self.assertEqual(BAD_CONFIGURATION, refused.returncode)
        told = (refused.stdout + refused.stderr).decode()
        self.assertIn("wrong.yaml:1", told)
        self.assertIn("wrong.yaml:2", told)

    def test_check_config_finds_the_running_daemon_on_its_socket(self):
        told = self.paraph("check-config", str(self.site.paraphd.config)).stdout.decode()
        self.assertIn("warning: 'listen.socket'", told)
        self.assertIn("another process listens there", told)
        self.assertNotIn("another process", self.paraph("check-config", "--reload",
                                                        str(self.site.paraphd.config)).stdout.decode())

    def test_check_config_tries_no_socket_that_nobody_configured(self):
        with socket.socket() as default:
            try:
                default.bind(("127.0.0.1", 8891))
                default.listen()
            except OSError as error:  # somebody listens there: as good
                self.assertEqual(errno.EADDRINUSE, error.errno)
            for yaml, tried in (("listen: {socket: 'unix:foo.sock'}", False), ("listen: 5", False),
                                ("listen: {sokcet: 'unix:/run/x/foo.sock'}", False), ("spf: {enabled: maybe}", True)):
                with self.subTest(yaml):
                    config = self.write(yaml.encode(), "listen.yaml")
                    told = self.paraph("check-config", "--postfix", config, check=False).stdout.decode()
                    self.assertIs(tried, "127.0.0.1:8891: another process listens there" in told, told)
                    self.assertIs(tried, "main.cf: warning: not checked: the socket is not known" not in told, told)

    def test_the_unit_reloads_what_the_daemon_would_take(self):
        unit = (Path(__file__).resolve().parents[2] / "packaging/systemd/paraphd.service").read_text()
        check = re.search(r"^ExecReload=\S+/paraph (.*)$", unit, re.MULTILINE).group(1).split()
        for yaml, status in ((b"spf: {enabled: yes}\n", 0), (b"spf: {enabled: maybe}\n", BAD_CONFIGURATION),
                             (b"domains: {a.test: {keys: [{selector: s, file: none.pem}]}}\n", 0)):
            with self.subTest(yaml):
                checked = self.paraph(*check, self.write(yaml, "reload.yaml"), check=False)
                self.assertEqual(status, checked.returncode)
                self.assertNotIn(b"warning", checked.stdout)

    def test_check_config_tells_what_the_socket_lacks_to_another_user(self):
        private = self.site.folder / "private"
        private.mkdir(mode=0o700)
        listen = self.write(f"listen: {{socket: 'unix:{private}/s'}}\n".encode(), "listen.yaml")
        self.paraph("check-config", "--user", "root", listen)
        refused = self.paraph("check-config", "--user", "nobody", listen, check=False)
        self.assertEqual(BAD_CONFIGURATION, refused.returncode)
        self.assertIn(f"error: 'listen.socket': unix:{private}/s: directory {private}: Permission denied",
                      refused.stdout.decode())

    def test_check_config_finds_what_the_daemons_user_cannot_read(self):
        """Before a reload, too, and by whatever name the file is called."""
        private = self.site.folder / "etc"
        private.mkdir(mode=0o700)
        for mode, folder_mode, said in ((0o600, 0o755, "paraph.yaml: error: cannot be read by user nobody (mode 0600,"),
                                        (0o644, 0o700, f"{private}, above it, cannot be entered by user nobody"),
                                        (0o644, 0o755, None)):
            config = private / "paraph.yaml"
            config.write_text("spf: {enabled: yes}\n")
            config.chmod(mode)
            private.chmod(folder_mode)
            for arguments in ([str(config)], ["--reload", str(config)], ["--reload", "--quiet", "-c", str(config)]):
                with self.subTest(arguments, mode=mode, folder_mode=folder_mode):
                    checked = self.paraph("check-config", "--user", "nobody", *arguments, check=False)
                    told = checked.stdout.decode()
                    self.assertEqual(BAD_CONFIGURATION if said else 0, checked.returncode, told)
                    self.assertIn(said or "", told)
                    self.assertIs(re.search("; (ch|move)", told) is not None, said is not None, told)

    def test_check_config_says_that_it_could_not_try_as_the_daemon(self):
        config = self.write(b"spf: {enabled: yes}\n", "plain.yaml")
        (self.site.folder / "plain.yaml").chmod(0o644)
        told = run(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", programs.paraph, "check-config",
                    "--user", "root", config], check=False).stdout.decode()
        self.assertIn("warning: not checked: whether user root can read it (only root can try as another user)", told)

    def postfix_says(self, **settings) -> str:
        folder = self.site.folder / "postfix-settings"
        folder.mkdir(exist_ok=True)
        (folder / "main.cf").write_text("compatibility_level = 3.6\n" +
                                        "".join(f"{name} = {value}\n" for name, value in settings.items()))
        (folder / "master.cf").write_text("smtp inet n - n - - smtpd\ncleanup unix n - n - 0 cleanup\n")
        empty = self.write(b"", "empty.yaml")
        checked = run([programs.paraph, "check-config", "--postfix", empty],
                      env={**environment(), "MAIL_CONFIG": str(folder)})
        return checked.stdout.decode()

    def test_check_config_reads_the_settings_of_postfix(self):
        wired = {"our_milter": "inet:127.0.0.1:8891", "smtpd_milters": "$our_milter",
                 "non_smtpd_milters": "$smtpd_milters", "milter_default_action": "tempfail",
                 "cleanup_replace_stray_cr_lf": "yes", "smtpd_discard_ehlo_keywords": "chunking, silent-discard"}
        self.assertNotIn(".cf: ", self.postfix_says(**wired))
        for name, value, said in (("cleanup_replace_stray_cr_lf", "no", "cleanup_replace_stray_cr_lf = no"),
                                  ("smtpd_milters", "$our_milter # paraphd", "'# paraphd' is not a comment"),
                                  ("milter_default_action", "accept", "milter_default_action = accept"),
                                  ("our_milter", "inet:127.0.0.1:1", "smtpd_milters lacks"),
                                  ("smtpd_milters", "unix:other, $our_milter", "paraphd is not the first")):
            with self.subTest(name):
                self.assertIn(said, self.postfix_says(**{**wired, name: value}))
        offers = {**wired, "smtpd_discard_ehlo_keywords": ""}
        self.assertNotIn(".cf: ", self.postfix_says(**offers))
        self.assertIn("lacks chunking", self.postfix_says(**{**offers, "cleanup_replace_stray_cr_lf": "no"}))

    def test_check_config_needs_postconf(self):
        nowhere = {**environment(), "MAIL_CONFIG": "/nonexistent"}
        refused = run([programs.paraph, "check-config", "--postfix", self.write(b"", "empty.yaml")], check=False,
                      env=nowhere)
        self.assertEqual(UNAVAILABLE, refused.returncode)
        self.assertIn(b"postconf", refused.stderr)

    def test_daemon_names_an_unknown_option(self):
        refused = run([programs.paraphd, "--confg", "x"], check=False, env=environment())
        self.assertEqual(64, refused.returncode)
        self.assertIn(b"there is no option '--confg'; did you mean '--config'?", refused.stderr)

    def test_daemon_refuses_to_start_on_a_bad_configuration(self):
        wrong = self.write(b"authserv_idd: x.test\n", "wrong.yaml")
        refused = run([programs.paraphd, "--config", wrong, "--log", "stderr"], check=False, env=environment())
        self.assertEqual(BAD_CONFIGURATION, refused.returncode)
        self.assertIn(b"authserv_id", refused.stderr)
