"""packaging/wire-postfix.sh: which address it gives to Postfix, and that mail goes through the daemon then."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import programs
from harness.wiring import SCRIPT, WiringTest

QUEUE = "/var/spool/postfix"

# postconf of an imaginary Postfix.
POSTCONF = r"""#!/bin/bash
case "$*" in
    "-hx queue_directory") echo /var/spool/postfix ;;
    "-hx compatibility_level") echo "${LEVEL:-3.6}" ;;
    "-hx inet_protocols") echo "${PROTOCOLS:-all}" ;;
    -M) printf '%s\n' "smtp inet n - ${CHROOT:-y} - - smtpd" "cleanup unix n - ${CLEANUP:-n} - 0 cleanup" \
            "qmgr unix n - y 300 1 qmgr" "127.0.0.1:10025 inet n - n - - smtpd -o x=y" ;;
    *) exit 1 ;;
esac
"""


def milter_of(socket: str, **variables: str) -> tuple[str, str]:
    """What the script gives to Postfix for a value of listen.socket, and what it says."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "postconf").write_text(POSTCONF)
        Path(folder, "postconf").chmod(0o755)
        done = subprocess.run(["bash", "-c", 'set -e; source "$1"; milter_of "$2"', "test", str(SCRIPT),
                               socket],
                              capture_output=True, text=True, check=False, timeout=60,
                              env={**os.environ, **variables, "PATH": f"{folder}:{os.environ['PATH']}"})
    return done.stdout.strip() if done.returncode == 0 else "", done.stderr


class Address(unittest.TestCase):
    def test_every_spelling_becomes_that_of_postfix(self):
        for socket, milter in (
                ("inet:127.0.0.1:8891", "inet:127.0.0.1:8891"),
                ("inet:8891@127.0.0.1", "inet:127.0.0.1:8891"),
                ("inet:8891@localhost", "inet:127.0.0.1:8891"),
                ("inet:8891", "inet:127.0.0.1:8891"),
                ("inet:0.0.0.0:8891", "inet:127.0.0.1:8891"),
                ("inet::8891", "inet:127.0.0.1:8891"),
                ("inet:8891@", "inet:127.0.0.1:8891"),
                ("inet:08891@192.0.2.1", "inet:192.0.2.1:8891"),
                ("inet:filter.example.org:8891", "inet:filter.example.org:8891"),
                ("inet6:[::1]:8891", "inet:[::1]:8891"),
                ("inet6:8891@::1", "inet:[::1]:8891"),
                ("inet:[2001:db8::1]:8891", "inet:[2001:db8::1]:8891"),
                ("inet6:[::]:8891", "inet:[::1]:8891"),
                ("inet6:8891", "inet:[::1]:8891"),
                ("inet6:8891@localhost", "inet:[::1]:8891"),
                (f"unix:{QUEUE}/paraph/paraph.sock", "unix:paraph/paraph.sock"),
                (f"local:{QUEUE}//paraph/../paraph.sock", "unix:paraph.sock")):
            with self.subTest(socket):
                self.assertEqual(milter, milter_of(socket)[0])

    def test_socket_outside_of_the_chroot_is_refused(self):
        socket = "unix:/run/nowhere/paraph.sock"
        for chroots, refused in (({}, True), ({"CHROOT": "n"}, False), ({"CHROOT": "-"}, False),
                                 ({"CHROOT": "-", "LEVEL": "0"}, True), ({"CHROOT": "n", "CLEANUP": "y"}, True),
                                 ({"CHROOT": "-", "LEVEL": "2"}, False)):
            with self.subTest(chroots):
                milter, said = milter_of(socket, **chroots)
                self.assertEqual("" if refused else socket, milter)
                self.assertEqual(refused, f"unix:{QUEUE}/paraph/paraph.sock" in said)
        self.assertEqual("", milter_of(f"unix:{QUEUE}/../elsewhere.sock")[0])

    def test_what_postfix_cannot_be_told_is_refused(self):
        for socket, said in (("inet:127.0.0.1", "no port"), ("inet:127.0.0.1:0", "no port"),
                             ("inet:127.0.0.1:65536", "no port"), ("inet:milter@127.0.0.1", "no port"),
                             ("inet:a b:8891", "cannot be told"), ("inet6:[fe80::1%eth0]:8891", "cannot be told"),
                             ("inet:{x}:8891", "cannot be told"), (f"unix:{QUEUE}/a b", "cannot be told"),
                             (f"unix:{QUEUE}/a,b", "cannot be told"), ("unix:relative", "no address"),
                             ("fd:3", "no address"), ("", "no address")):
            with self.subTest(socket):
                milter, told = milter_of(socket)
                self.assertEqual("", milter)
                self.assertIn(said, told)
        self.assertEqual("", milter_of("inet6:[::1]:8891", PROTOCOLS="ipv4")[0])
        self.assertEqual("inet:[::1]:8891", milter_of("inet6:[::1]:8891", PROTOCOLS="ipv4, ipv6")[0])


class Wiring(WiringTest):
    def test_new_machine(self):
        said = self.wire(after=f"""
            stat -c '%U:%G %a %n' /etc/paraph/keys /etc/paraph/keys/*.pem
            echo "=== again"; {SCRIPT} {programs.paraphd} {programs.paraph} 2>&1""")
        self.assertEqual(["inet:127.0.0.1:8891", "$smtpd_milters"], self.milters(said), said)
        self.assertRegex(said, r"Done: message \w+ to postmaster went through Postfix and paraphd")
        self.assertIn("paraphd answers at inet:127.0.0.1:8891.", said)
        self.assertRegex(said, r"Name:  paraph\d+\._domainkey\.wired\.example\n +Value: v=DKIM1; k=rsa; p=")
        self.assertIn("root:paraph 750 /etc/paraph/keys\n", said)
        self.assertRegex(said, r"root:paraph 640 /etc/paraph/keys/paraph\d+\.wired\.example\.pem\n")
        again = said.partition("=== again")[2]
        self.assertIn("smtpd_milters = inet:127.0.0.1:8891     (as it was)", again)
        self.assertIn("Done: message", again)

    def test_other_spellings_and_other_filters(self):
        said = self.wire("listen: {socket: 'inet:8899@localhost', max_connections: 50}\n",
                         main_cf="smtpd_milters =\nnon_smtpd_milters = { inet:127.0.0.1:9, default_action=accept }\n")
        self.assertEqual(["inet:127.0.0.1:8899",
                          "inet:127.0.0.1:8899, { inet:127.0.0.1:9, default_action=accept }"], self.milters(said), said)
        self.assertIn("Done: message", said)

    def test_another_address_takes_the_place_of_the_former(self):
        said = self.wire(main_cf="smtpd_milters = inet:127.0.0.1:9\nmilter_default_action = accept\n", after=f"""
            echo "listen: {{socket: 'inet:127.0.0.1:8899'}}" >>/etc/paraph/paraph.yaml
            echo "=== again"; {SCRIPT} {programs.paraphd} {programs.paraph} 2>&1""")
        self.assertEqual(["inet:127.0.0.1:8899, inet:127.0.0.1:9", "$smtpd_milters"], self.milters(said), said)
        again = said.partition("=== again")[2]
        self.assertIn("(was: inet:127.0.0.1:8891, inet:127.0.0.1:9)", again)
        self.assertIn("Done: message", again)

    def test_unix_socket_below_the_queue_directory(self):
        socket = f"listen: {{socket: 'unix:{QUEUE}/paraph/p.sock', socket_group: postfix, socket_mode: 0660}}\n"
        make = ("id paraph >/dev/null 2>&1 || useradd --system --user-group --no-create-home paraph; "
                "usermod -a -G postfix paraph; "
                f"install -d -o paraph -g {{}} -m 0750 {QUEUE}/paraph")
        said = self.wire(socket, make.format("postfix"))
        self.assertEqual(["unix:paraph/p.sock", "$smtpd_milters"], self.milters(said), said)
        self.assertIn("Done: message", said)
        # Postfix's user may not enter the directory: root could speak to the daemon, and Postfix could not.
        said = self.wire(socket, make.format("paraph"))
        self.assertIn("paraphd does not answer at unix:paraph/p.sock (asked as postfix)", said)
        self.assertIn("Permission denied", said)
        self.assertIn("status 1", said)
        self.assertEqual([], self.milters(said))

    def test_unix_socket_outside_of_the_chroot(self):
        said = self.wire("listen: {socket: 'unix:/run/paraph/p.sock'}\n",
                         "postconf -F smtp/inet/chroot=y cleanup/unix/chroot=y")
        self.assertIn("/run/paraph/p.sock does not exist for smtp/inet, cleanup/unix", said)
        self.assertIn("status 1", said)
        self.assertEqual([], self.milters(said))

if __name__ == "__main__":
    unittest.main()
