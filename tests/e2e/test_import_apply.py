"""paraph import --apply in the place of the three real programs behind a real Postfix, and --undo."""

import re
import unittest
from pathlib import Path

from harness.keys import verdicts
from harness.old_programs import DOMAIN, SELECTOR, SYSTEMD, OldProgramsTest

OURS = ("by-smtp", "by-service", "by-command")
FILTERS = ("/usr/sbin/amavisd", "/etc/amavis/conf.d", "/etc/rspamd/local.d")
RUNNING = "opendkim runs, opendkim is enabled, opendmarc runs, opendmarc is enabled"


class Switch(OldProgramsTest):
    def check_signed(self, phase: str) -> None:
        for subject in OURS:
            with self.subTest(phase=phase, message=subject):
                message = self.mail(phase)[subject]
                signature = re.sub(r"\s", "", message["DKIM-Signature"] or "")
                self.assertIn(f";d={DOMAIN};", signature)
                self.assertIn(f";s={SELECTOR};", signature)
                self.assertEqual([True], verdicts(message.as_bytes(), self.zone))

    def check_old_results(self, phase: str) -> None:
        message = self.mail(phase)["from-outside"]
        self.assertRegex(" ".join(message.get_all("Authentication-Results", [])), r"dmarc=pass", phase)
        self.assertIn("Pass", message["Received-SPF"] or "", phase)

    def check_new_results(self, phase: str) -> None:
        message = self.mail(phase)["from-outside"]
        results = message.get_all("Authentication-Results", [])
        self.assertEqual(1, len(results), phase)
        for word in (f"mx.{DOMAIN};", "spf=pass", "dkim=none", "dmarc=pass"):
            self.assertIn(word, results[0], phase)

    def test_a_host_with_sendmail_is_left_alone(self):
        said = self.on_machine("""
            mkdir -p /etc/mail; mv /etc/postfix/main.cf /run/main.cf; mount --bind /dev/null /usr/sbin/postconf
            echo "INPUT_MAIL_FILTER(\\`opendkim', \\`S=inet:8891@localhost')dnl" >/etc/mail/sendmail.mc
            ls -lR /etc /var/lib >/run/before; units before
            paraph import --apply; echo "apply: status $?"
            ls -lR /etc /var/lib >/run/after; cmp /run/before /run/after && echo 'nothing was changed'; units after
            paraph import
            """)
        for line in ("this host has Sendmail, and --apply knows Postfix only. Nothing was changed.", "apply: status 78", "nothing was changed",
                     "before: opendkim runs", "after: opendkim runs", "# /etc/mail/sendmail.mc:1: write this in place of the line of the filter 'opendkim'",
                     "INPUT_MAIL_FILTER(`paraph', `S=inet:8891@localhost, F=T, T=C:30s;S:30s;R:60s;E:5m')dnl"):
            self.assertIn(line, said)

    def test_there_and_back(self):
        said = self.on_machine("""
            flow before; units before
            paraph import --apply; echo "apply: status $?"
            paraph sign --why ann@wired.example
            units after; flow after; postconf -h smtpd_milters smtpd_recipient_restrictions milter_default_action
            stat -c '%U:%G %a %n' /etc/paraph /etc/paraph/keys /etc/paraph/keys/* /etc/paraph/paraph.yaml /var/lib/paraph/import
            paraph import --apply; echo "again: status $?"
            echo 'header_size_limit = 4096' >>/etc/postfix/main.cf
            paraph import --undo; echo "edited: status $?"; units edited
            paraph import --undo --force; echo "undo: status $?"
            units back; same back; flow back; ls -A /etc/paraph 2>/dev/null && echo "something is left"
            cat /var/lib/paraph/import/*/*main.cf.edited | tail -n 1
            paraph import --undo; echo "undo again: status $?"
            """)
        for phase in ("before", "back"):
            self.check_signed(phase)
            self.check_old_results(phase)
            self.assertIn(f"{phase}: {RUNNING}\n", said)
        self.check_signed("after")
        self.check_new_results("after")
        for line in ("apply: status 0", f"key {SELECTOR}._domainkey.{DOMAIN} signs", "after: paraphd runs", "signed by wired.example/mail", "by sendmail(1): a message",
                     "inet:localhost:8891, { inet:127.0.0.1:9, default_action=accept }\n"
                     "permit_mynetworks reject_unauth_destination permit\naccept\nroot:paraph 750 /etc/paraph\n"
                     "root:paraph 750 /etc/paraph/keys\n"
                     f"root:paraph 640 /etc/paraph/keys/{SELECTOR}.{DOMAIN}.pem\nroot:paraph 640 /etc/paraph/paraph.yaml\n"
                     "root:root 700 /var/lib/paraph/import", "the switch is made already", "again: status 78",
                     "+header_size_limit = 4096", "edited: status 78", "edited: paraphd runs", "undo: status 0",
                     "back: same files", "header_size_limit = 4096\nparaph: there is no switch to take back",
                     "undo again: status 66"):
            with self.subTest(line):
                self.assertIn(f"{line}", said)
        self.assertNotIn("something is left", said)

    @unittest.skipUnless(all(Path(path).exists() for path in FILTERS), "apt-get install amavisd-new rspamd")
    def test_another_program_that_signs(self):
        said = self.on_machine("""
            printf '$enable_dkim_signing = 1;\ndkim_key("wired.example", "mail", "/k");\n' >/etc/amavis/conf.d/99-keys
            printf '127.0.0.1:2588 inet n - n - - smtpd\n -o content_filter=amavis:[127.0.0.1]:10024\n' >>/etc/postfix/master.cf
            paraph import --compare 2; echo "compare: status $?"
            paraph import --apply; echo "beside: status $?"; paraph import --undo
            postconf -e smtpd_milters=inet:localhost:11332 non_smtpd_milters=; postconf -P 127.0.0.1:2587/inet/smtpd_milters=
            rm /etc/amavis/conf.d/99-keys; echo 'path_map = "/maps";' >/etc/rspamd/local.d/dkim_signing.conf
            cp /etc/postfix/*.cf /tmp; paraph import --apply; echo "idle: status $?"; units idle
            cmp /tmp/main.cf /etc/postfix/main.cf && cmp /tmp/master.cf /etc/postfix/master.cf && [ ! -e /etc/paraph ] && echo 'idle: the same'
            rm /etc/opendkim.conf /etc/opendmarc.conf; postconf -X smtpd_recipient_restrictions
            for option in --apply "--compare 2"; do paraph import $option; echo "alone: status $?"; done
            """)
        lines = re.sub(r"\s+", " ", said)
        for words in ("amavis: signs mail here as well (/etc/amavis/conf.d/99-keys:2), and is not asked", "compare: status 1",
                      "/etc/amavis/conf.d/99-keys:2 amavis signs mail here (dkim_key), and its keys are not imported. It goes on beside paraphd",
                      "The switch is made.", "beside: status 1", "All is as it was before the switch",
                      "paraph: /etc/rspamd/local.d/dkim_signing.conf:1: rspamd signs mail here (path_map), and its keys are not imported. Postfix "
                      "does not ask opendkim today, so that mail would have two signatures from now on.",
                      "Nothing was changed idle: status 78 idle: opendkim runs, opendkim is enabled", "idle: the same",
                      "none of opendkim, opendmarc and policyd-spf is in use here. Nothing was changed alone: status 66",
                      "none of opendkim, opendmarc and policyd-spf is in use here alone: status 66"):
            with self.subTest(words):
                self.assertIn(words, lines)

    def test_whatever_fails_is_taken_back(self):
        said = self.on_machine("""
            cp /usr/local/sbin/paraphd /tmp/paraphd; printf '#!/bin/sh\\nexit 1\\n' >/usr/local/sbin/paraphd
            paraph import --apply; echo "no daemon: status $?"; units no-daemon; same no-daemon
            cp /tmp/paraphd /usr/local/sbin/paraphd
            (paraph import --apply; echo "ended: status $?") >/tmp/said 2>&1 & # killed between two steps
            until grep -q '^postfix reads' /tmp/said; do sleep 0.02; done
            kill -KILL $(pidof paraph); wait $!; tail -n 3 /tmp/said; units killed
            paraph import --undo; echo "undo: status $?"; units undone; same undone
            chown root: /etc/opendkim/KeyTable; mkdir /tmp/theirs; chown opendkim: /tmp/theirs
            ln -s /etc/opendkim/keys/wired.example/mail.private /tmp/theirs/link
            sed -i 's#/etc/opendkim/keys.*#/tmp/theirs/link#' /etc/opendkim/KeyTable
            paraph import --apply; echo "link: status $?"; units link; same link
            """)
        for phase in ("no-daemon", "undone", "link"):
            with self.subTest(phase):
                self.assertIn(f"{phase}: {RUNNING}\n", said)
                self.assertIn(f"{phase}: same files", said)
        self.assertRegex(said, r"paraphd? .*Connection refused.*All is as it was before\nno daemon: status 69")
        self.assertIn("killed: opendmarc runs, opendmarc is enabled, paraphd runs", said)
        self.assertIn("All is as it was before the switch", said)
        self.assertRegex(said, r"/tmp/theirs/link: .* symbolic link .*Nothing was changed\nlink: status 66")

    def test_a_milter_answers_wherever_it_is_broken_off(self):
        said = self.on_machine("""
            mkfifo /run/paraphd.pid; paraph import --apply >/tmp/said 2>&1 & # killed while paraphd's number is written
            until grep -q '^paraphd runs' /tmp/said && [ "$(pidof paraph paraphd | wc -w)" -ge 2 ]; do sleep 0.1; done; kill -KILL $!; wait $!
            timeout 5 cat /run/paraphd.pid >/run/number; mv /run/number /run/paraphd.pid
            printf KEY >/etc/paraph/keys/mail.wired.example.pem.paraph-new # as if it was killed there
            paraph import --undo; echo "number: status $?"; units number; same number; ls -A /etc/paraph
            mount --bind /etc /etc; mount -o remount,ro,bind /etc
            paraph import --apply; echo "read only: status $?"; units read-only; paraph import --undo; echo "then: status $?"
            umount /etc; paraph import --apply; echo "apply: status $?"
            mount --bind /etc/postfix /etc/postfix; mount -o remount,ro,bind /etc/postfix; cp /etc/postfix/main.cf /run/new
            paraph import --undo; echo "stuck: status $?"; units stuck; cmp /run/new /etc/postfix/main.cf && echo 'stuck: new files'
            umount /etc/postfix; paraph import --undo; echo "undo: status $?"; units undone; same undone
            """)
        for phase in ("number", "undone"):
            self.assertIn(f"{phase}: {RUNNING}\n{phase}: same files", said)
        for line in ("number: status 0", "ls: cannot access '/etc/paraph'", f"read-only: {RUNNING}\n", "All is as it was before\nread only: status 69",
                     "there is no switch to take back\nthen: status 66", "apply: status 0",
                     "Postfix still calls paraphd, which goes on\nstuck: status 78", "paraphd runs\nstuck: new files", "undo: status 0"):
            with self.subTest(line):
                self.assertIn(line, said)

    def test_classes_and_warnings_of_postfix(self):
        said = self.on_machine("""
            postconf -e 'smtpd_restriction_classes = spf' 'spf = check_policy_service unix:private/policyd-spf' \\
                'smtpd_recipient_restrictions = permit_mynetworks, warn_if_reject check_policy_service unix:private/policyd-spf, reject_unauth_destination, spf'
            paraph import --apply; echo "apply: status $?"; postconf -h smtpd_recipient_restrictions spf; flow classes
            """)
        self.assertIn("apply: status 0\npermit_mynetworks reject_unauth_destination spf\ncheck_client_access static:DUNNO\n", said)
        self.check_new_results("classes")

    def test_units_of_systemd(self):
        said = self.on_machine(SYSTEMD + """
            paraph import --apply; echo "apply: status $?"; flow systemd; cat /tmp/units.*
            paraph import --undo; echo "undo: status $?"; cat /tmp/units.*; same undone
            """)
        self.check_signed("systemd")
        self.check_new_results("systemd")
        for line in ("apply: status 0", "opendkim disabled inactive\nopendmarc disabled inactive\nparaphd enabled active\n",
                     "undo: status 0", "opendkim enabled active\nopendmarc disabled active\nparaphd disabled inactive\n",
                     "undone: same files"):
            with self.subTest(line):
                self.assertIn(line, said)


if __name__ == "__main__":
    unittest.main()
