"""packaging/wire-postfix.sh where something fails, ends early or cannot be tried, and where a service manager runs."""

import re
import unittest
from pathlib import Path

from harness import programs
from harness.wiring import SCRIPT, WiringTest

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


class Faults(WiringTest):
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
                         after=f"cat /var/log/systemctl.log {unit}.old.*; stat -c '%a %n' /etc/paraph/paraph.yaml")
        self.assertRegex(said, r"Done: message \w+ to postmaster went through Postfix and paraphd")
        self.assertIn("paraphd runs as a service", said)
        self.assertIn("systemctl daemon-reload\nsystemctl enable --quiet paraphd\nsystemctl restart paraphd\n"
                      "systemctl is-active --quiet paraphd\n", said)
        self.assertRegex(said, rf"the old one is {re.escape(unit)}\.old\.\d{{14}}\. ")
        self.assertIn("# mine\n644 /etc/paraph/paraph.yaml\n", said)
        self.assertEqual(["inet:127.0.0.1:8891", "$smtpd_milters"], self.milters(said), said)
        # What the operator wrote is there after the next upgrade, too.
        said = self.wire(before=systemd + f"mkdir -p {Path(unit).parent}; echo '# mine' >{unit}",
                         after=f"""echo "# of another version" >{unit}; sleep 1
                             {SCRIPT} {programs.paraphd} {programs.paraph} >/dev/null 2>&1; head -n 1 {unit}.old.*""")
        self.assertIn("# mine\n", said)
        self.assertIn("# of another version\n", said)
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

    def test_impatient_operator_gets_main_cf_back(self):
        """A second ^C, which the terminal sends to the commands under way as well."""
        commands = self.with_commands(
            postfix="""#!/bin/bash
                if [ "$1" = reload ]; then
                    echo "reload with [$(postconf -h smtpd_milters)]" >>/run/reloads
                    kill -INT $PPID
                    if [ -e /run/once ]; then kill -INT $$; fi
                    touch /run/once
                fi
                exec /usr/sbin/postfix "$@" """,
            cp="""#!/bin/bash
                case "$*" in "-p /etc/postfix/main.cf.before-paraph."*) kill -INT $PPID $$ ;; esac
                exec /usr/bin/cp "$@" """)
        said = self.wire(before=commands, after="cat /run/reloads; ls /etc/postfix")
        self.assertIn("this ended before it was done; main.cf is as it was before", said)
        self.assertIn("status 130", said)
        self.assertIn("reload with []\n", said)
        self.assertEqual([], self.milters(said))
        self.assertNotIn("paraph-new", said)

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
