"""What the daemon says when it does not start, and which changes it does not take up before it is restarted."""

import os
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import programs
from harness.paraphd import environment
from harness.process import eventually
from harness.site import SiteTest

USAGE, UNAVAILABLE, CONFIG = 64, 69, 78


class Startup(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="paraph-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_paraphd(self, *arguments: str, **variables: str) -> tuple[int, str]:
        """Exit status and what stands on stderr of a daemon that ends by itself."""
        ended = subprocess.run([programs.paraphd, *arguments], capture_output=True, text=True, timeout=60,
                               env={**environment(), **variables})
        return ended.returncode, ended.stderr

    def test_wrong_command_line(self):
        for arguments in (["--unknown"], ["--log", "paper"], ["--socket", "paper"], ["--socket", "unix:relative"],
                          ["--socket", "unix:/" + "x" * 120], ["--socket", "inet:8891"], ["--config"], ["stray"]):
            with self.subTest(arguments):
                self.assertEqual(USAGE, self.run_paraphd(*arguments)[0])
        for arguments in (["--help"], ["--version"]):
            with self.subTest(arguments):
                self.assertEqual(0, self.run_paraphd(*arguments)[0])

    def test_version_names_libraries(self):
        told = subprocess.run([programs.paraphd, "--version"], capture_output=True, text=True, check=True).stdout
        self.assertRegex(told, r"^paraphd \d+\.\d+\.\d+\nbuilt with OpenSSL 3\.[\d.]+, libmilter \d[\d.]+, ldns \d")

    def test_socket_that_cannot_be_opened_has_a_reason(self):
        plain = self.folder / "plain"
        plain.write_text("")
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            taken = other.getsockname()[1]
            for address, reason in (
                    (f"inet:{taken}@127.0.0.1", "another process listens there"),
                    ("unix:/nowhere/paraph.sock", "directory /nowhere: No such file or directory"),
                    (f"unix:{plain}/paraph.sock", "is no directory"),
                    (f"unix:{plain}", "is no socket"),
                    (f"inet:127.0.0.1:{taken}", "another process listens there"),
                    ("inet:192.0.2.1:8891", "Cannot assign requested address"),
                    ("inet:nowhere.invalid:8891", "host nowhere.invalid:")):
                with self.subTest(address):
                    status, said = self.run_paraphd("--log", "stderr", "--socket", address)
                    self.assertEqual(UNAVAILABLE, status)
                    self.assertIn(reason, said)
                    self.assertIn(f"cannot open socket {address}: ", said)  # as it was written
                    self.assertIn("error: [FAILED]", said)
                    self.assertNotIn("Success", said)

    def test_sockets_that_another_user_left_behind(self):
        """In a directory such as /tmp nobody takes away what is another's; in one of the daemon's own it does."""
        nobody = 65534
        shared = self.folder / "shared"
        shared.mkdir()
        self.folder.chmod(0o755)
        shared.chmod(0o1777)
        for name in ("milter", "control"):
            with socket.socket(socket.AF_UNIX) as left:
                left.bind(str(shared / name))
        config = self.folder / "paraph.yaml"
        config.write_text(f"listen: {{socket: 'unix:{shared}/milter', control: {shared}/control}}\n")
        config.chmod(0o644)
        as_nobody = ["setpriv", f"--reuid={nobody}", f"--regid={nobody}", "--clear-groups"]
        ended = subprocess.run([*as_nobody, programs.paraphd, "--log", "stderr", "--config", str(config)],
                               capture_output=True, text=True, timeout=60, env=environment())
        self.assertEqual(UNAVAILABLE, ended.returncode, ended.stderr)
        self.assertIn(f"{shared}/milter was left behind by another user (root)", ended.stderr)
        self.assertIn(f"{shared}/control: a socket that was left behind there cannot be removed: ", ended.stderr)
        checked = subprocess.run([*as_nobody, programs.paraph, "check-config", "-c", str(config)], capture_output=True,
                                 text=True, timeout=60)
        self.assertIn("was left behind by another user (root)", checked.stdout)
        self.assertTrue((shared / "milter").exists())

    def test_settings_from_the_environment(self):
        config = self.folder / "paraph.yaml"
        config.write_text("listen: {socket: 'unix:/nowhere/of-the-file'}\n")
        asked = ["--config", str(config), "--log", "stderr"]
        given = {"PARAPH_LISTEN__SOCKET": "unix:/nowhere/of-the-environment"}
        for arguments, variables, status, told in (
                ([], given, UNAVAILABLE, "/nowhere/of-the-file"),
                (["--settings-from-environment"], given, UNAVAILABLE, "/nowhere/of-the-environment"),
                (["--settings-from-environment"], {}, UNAVAILABLE, "/nowhere/of-the-file"),
                (["--settings-from-environment", "--socket", "unix:/nowhere/of-the-line"], given, UNAVAILABLE, "of-the-line"),
                (["--settings-from-environment"], {"PARAPH_LISTEN__SOKET": "x"}, CONFIG, "PARAPH_LISTEN__SOKET: error"),
                (["--settings-from-environment"], {"PARAPH_DNS__TIMEOUT": "x"}, CONFIG, "PARAPH_DNS__TIMEOUT: error")):
            with self.subTest(arguments=arguments, variables=variables):
                ended, said = self.run_paraphd(*asked, *arguments, **variables)
                self.assertEqual(status, ended)
                self.assertIn(told, said)

    def test_failure_stands_on_stderr_whatever_the_log(self):
        config = self.folder / "paraph.yaml"
        config.write_text("log: {target: syslog, level: error}\nlisten: {socket: 'unix:/nowhere/paraph.sock'}\n")
        status, said = self.run_paraphd("--config", str(config))
        self.assertEqual(UNAVAILABLE, status)
        self.assertIn("error: [FAILED] cannot open socket", said)

    def test_failure_stands_in_syslog_as_well(self):
        if os.path.exists("/dev/log"):
            self.skipTest("a syslog daemon of this host listens")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as syslog:
            syslog.bind("/dev/log")
            self.addCleanup(os.unlink, "/dev/log")
            syslog.settimeout(30)
            config = self.folder / "paraph.yaml"
            for text, status in (("unknown: 1\n", CONFIG), ("listen: {socket: 'unix:/nowhere/x'}\n", UNAVAILABLE)):
                with self.subTest(text):
                    config.write_text(text)
                    self.assertEqual(status, self.run_paraphd("--config", str(config))[0])
                    while b"error: [FAILED]" not in syslog.recv(8192):
                        pass


class Reload(SiteTest):
    def test_changes_that_need_a_restart_are_named(self):
        paraphd = self.site.paraphd
        dns = {**paraphd.settings["dns"], "timeout": "2s"}
        paraphd.write_config({**paraphd.settings, "dns": dns, "log": {"level": "debug"}, "authserv_id": "new.test"})
        paraphd.reload()
        eventually("the reload in the log", lambda: "[RELOADED]" in paraphd.log())
        self.assertIn('dns.timeout is still 3s, not 2s, until paraphd is restarted', paraphd.log())
        self.assertIn('log.level is still info, not debug, until paraphd is restarted', paraphd.log())
        self.assertNotIn("authserv_id is still", paraphd.log())
