"""packaging/wire-postfix.sh: which address it gives to Postfix, and the whole of it on a machine of its own."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import machine, programs

SCRIPT = Path(__file__).parents[2] / "packaging" / "wire-postfix.sh"
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

# A service manager that has nothing but the unit of paraphd, and a journal of it.
SYSTEMCTL = r"""#!/bin/bash
echo "systemctl $*" >>/var/log/systemctl.log
case "$*" in
    "restart paraphd")
        [ ! -e /run/no-restart ] || exit 1
        umask 0077
        setsid setpriv --reuid paraph --regid paraph --init-groups -- \
            $(sed -n s/^ExecStart=//p /etc/systemd/system/paraphd.service) --log stderr \
            </dev/null >/var/log/journal.log 2>&1 &
        echo $! >/run/service.pid ;;
    "is-active --quiet paraphd") [ ! -e /run/no-service ] && kill -0 "$(cat /run/service.pid)" ;;
esac
"""
JOURNALCTL = """#!/bin/bash
[[ "$*" == "--unit paraphd --since @"*" --output cat --no-pager" ]] && cat /var/log/journal.log
"""

MAIN_CF = """compatibility_level = 3.6
myhostname = mx.wired.example
mydomain = wired.example
mydestination = $myhostname
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps = inline:{postmaster=root}
alias_database =
mailbox_size_limit = 0
smtp_host_lookup = native
maillog_file = /var/log/postfix.log
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


@unittest.skipUnless(machine.can_be_made(), "namespaces and mounts are not allowed here")
class Wiring(unittest.TestCase):
    def wire(self, config: str = "", before: str = "", after: str = "", main_cf: str = "") -> str:
        """The output of the script behind a Postfix that runs, and at its end main.cf."""
        with tempfile.TemporaryDirectory(prefix="paraph-e2e-") as name:
            folder = Path(name)
            folder.chmod(0o755)
            (folder / "main.cf").write_text(MAIN_CF + main_cf)
            (folder / "paraph.yaml").write_text(config)
            done = machine.run_in(folder, f"""
                cp /usr/share/postfix/master.cf.dist /etc/postfix/master.cf
                cp {folder}/main.cf /etc/postfix/main.cf
                if [ -s {folder}/paraph.yaml ]; then install -D -m 644 {folder}/paraph.yaml /etc/paraph/paraph.yaml; fi
                {before}
                postfix start >/dev/null 2>&1
                {SCRIPT} {programs.paraphd} {programs.paraph} 2>&1 || echo "status $?"
                {after}
                echo "=== main.cf"; cat /etc/postfix/main.cf
                echo "=== log"; tail -n 20 /var/log/postfix.log""", MAIL_CONFIG="/etc/postfix")
            return done.stdout.decode() + done.stderr.decode()

    def with_commands(self, **commands: str) -> str:
        """Commands that take the place of the machine's, for `before`."""
        lines = ["export PATH=/usr/local/bin:$PATH"]
        for name, text in commands.items():
            lines += [f"cat >/usr/local/bin/{name} <<'END_OF_COMMAND'", text.strip("\n"), "END_OF_COMMAND",
                      f"chmod 755 /usr/local/bin/{name}"]
        return "\n".join([*lines, ""])

    def milters(self, said: str) -> list[str]:
        return re.findall(r"^(?:non_)?smtpd_milters = (.*)", said.partition("=== main.cf")[2], re.MULTILINE)

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

    def test_daemon_that_does_not_start_says_why(self):
        other = f"{programs.paraphd} --socket inet:127.0.0.1:8898 --log stderr >/dev/null 2>&1 & sleep 1"
        # What check-config knows to fail is not tried; a port in use may be the running daemon's, which is.
        for address, reason, conclusion in (
                ("192.0.2.1:8891", "Cannot assign requested address", "The daemon would not start"),
                ("127.0.0.1:8898", "another process listens there", "paraphd does not start")):
            said = self.wire(f"listen: {{socket: 'inet:{address}'}}\n", other)
            self.assertIn(reason, said)
            self.assertIn(conclusion, said)
            self.assertIn("status 1", said)
            self.assertEqual([], self.milters(said))

    def test_wiring_that_does_not_work_is_taken_back(self):
        # A service with a value of its own never asks the daemon; another filter that is not there refuses all mail.
        said = self.wire(before="postconf -P smtp/inet/smtpd_milters=")
        self.assertRegex(said, r"Postfix took message \w+, and paraphd did not see it")
        self.assertIn("main.cf is as it was before", said)
        self.assertIn("status 1", said)
        self.assertEqual([], self.milters(said))
        said = self.wire(main_cf="smtpd_milters = inet:127.0.0.1:9\nmilter_default_action = tempfail\n")
        self.assertIn("Postfix refuses mail now: 451", said)
        self.assertEqual(["inet:127.0.0.1:9"], self.milters(said))

    def test_service(self):
        systemd = "mkdir -p /run/systemd/system\n" + self.with_commands(systemctl=SYSTEMCTL, journalctl=JOURNALCTL)
        unit = "/etc/systemd/system/paraphd.service"
        said = self.wire(before=systemd + f"umask 077; mkdir -p {Path(unit).parent}; echo '# mine' >{unit}",
                         after=f"cat /var/log/systemctl.log {unit}.old; stat -c '%a %n' /etc/paraph/paraph.yaml")
        self.assertRegex(said, r"Done: message \w+ to postmaster went through Postfix and paraphd")
        self.assertIn("paraphd runs as a service", said)
        self.assertIn("systemctl daemon-reload\nsystemctl enable --quiet paraphd\nsystemctl restart paraphd\n"
                      "systemctl is-active --quiet paraphd\n", said)
        self.assertIn(f"the old one is {unit}.old", said)
        self.assertIn("# mine\n644 /etc/paraph/paraph.yaml\n", said)
        self.assertEqual(["inet:127.0.0.1:8891", "$smtpd_milters"], self.milters(said), said)
        for marker, problem in (("no-restart", "it does not start; journalctl -u paraphd says why"),
                                ("no-service", "paraphd has ended; journalctl -u paraphd says why")):
            said = self.wire(before=f"{systemd} touch /run/{marker}")
            self.assertIn(problem, said)
            self.assertIn("status 1", said)
            self.assertEqual([], self.milters(said))

    def test_what_ends_early_leaves_main_cf_as_it_was(self):
        interrupted = self.with_commands(postfix="""#!/bin/bash
            if [ "$1" = reload ] && [ ! -e /run/once ]; then touch /run/once; kill -INT $PPID; fi
            exec /usr/sbin/postfix "$@" """)
        said = self.wire(before=interrupted)
        self.assertIn("this ended before it was done; main.cf is as it was before", said)
        self.assertIn("status 130", said)
        self.assertEqual([], self.milters(said))
        failing = self.with_commands(postconf="""#!/bin/bash
            case "$*" in "-e non_smtpd_milters"*) exit 1 ;; esac
            exec /usr/sbin/postconf "$@" """)
        said = self.wire(before=failing)
        self.assertIn("this ended before it was done; main.cf is as it was before", said)
        self.assertIn("status 1", said)
        self.assertEqual([], self.milters(said))

    def test_postfix_that_cannot_list_its_services(self):
        said = self.wire(before=self.with_commands(postconf="""#!/bin/bash
            if [ "$1" = -P ]; then exit 1; fi
            exec /usr/sbin/postconf "$@" """))
        self.assertIn("Done: message", said)
        self.assertEqual(["inet:127.0.0.1:8891", "$smtpd_milters"], self.milters(said), said)

    def test_configuration_is_written_when_there_is_a_key(self):
        said = self.wire(before="mkdir -p /etc/paraph; touch /etc/paraph/keys", after=f"""
            ls /etc/paraph; rm /etc/paraph/keys
            echo "=== again"; {SCRIPT} {programs.paraphd} {programs.paraph} 2>&1; cat /etc/paraph/paraph.yaml""")
        first, _, again = said.partition("=== again")
        self.assertIn("no signing key could be made", first)
        self.assertTrue(first.endswith("status 1\nkeys\n"), first)
        self.assertIn("Done: message", again)
        self.assertRegex(again, r"- {selector: (paraph\d+), file: keys/\1\.wired\.example\.pem, active: false}")

    def test_what_could_not_be_tried_is_said(self):
        said = self.wire(main_cf="smtpd_data_restrictions = reject\n")
        self.assertIn("NOT VERIFIED: Postfix took no message to try it with: 554", said)
        self.assertNotIn("Done", said)
        self.assertEqual(["inet:127.0.0.1:8891", "$smtpd_milters"], self.milters(said))
        said = self.wire("log: {level: warning}\n")
        self.assertIn("NOT VERIFIED: with log.level: warning", said)


if __name__ == "__main__":
    unittest.main()
