"""paraph import --compare beside the three real programs, which go on as if nothing were."""

import json
import mailbox
import os
import re
import unittest

from harness.old_programs import DOMAIN, SENDER, OldProgramsTest

COUNT = 210
RECEIVED = f"from mx.sender.example (unknown [{SENDER}])\n\tby mx.{DOMAIN} (Postfix) with ESMTP id Q1;\n\tThu, 01 Jan 2026 00:00:00 +0000"

# What runs before and afterwards, and what is there.
LEFT = """
left() {
    mkdir -p /run/left; ps ax -o pid=,comm= | grep -E 'opendkim|opendmarc|policyd-spf|paraphd' | sort >/run/left/processes.$1
    (find /run /tmp -maxdepth 1 -name 'paraph-compare*'; find /etc/opendkim* /etc/opendmarc* /run/opendkim /run/opendmarc /var/lib) 2>/dev/null | sort >/run/left/files.$1
}
same_left() { cmp /run/left/processes.before /run/left/processes.$1 && cmp /run/left/files.before /run/left/files.$1 && echo "$1: nothing is left"; }
left before
"""


def message(number: int) -> str:
    author = f"ann@{DOMAIN}" if number % 2 else "bob@sender.example"
    lines = [f"From: <{author}>", f"To: <carol@{DOMAIN}>", f"Subject: number {number}", "Date: Thu, 01 Jan 2026 00:00:00 +0000"]
    if number % 3 == 0:
        lines += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8"]
    return "\n".join(lines) + f"\n\nHello.\nFrom {number} on.\n"


class Compare(OldProgramsTest):
    def write_mail(self) -> None:
        """The same messages as a maildir and as an mbox, and a maildir with what is none."""
        box = mailbox.mbox(self.folder / "mail.mbox", create=True)
        for name in ("mail", "odd"):
            for part in ("cur", "new", "tmp"):
                (self.folder / name / part).mkdir(parents=True)
        for number in range(COUNT):
            text = f"Return-Path: <bob@sender.example>\nReceived: {RECEIVED}\n" + message(number)
            (self.folder / "mail" / "cur" / f"{number:04}").write_text(text)
            box.add(mailbox.mboxMessage(text))
        box.close()
        odd = self.folder / "odd" / "new"
        os.mkfifo(odd / "fifo")
        (odd / "link").symlink_to("/etc/shadow")
        with (odd / "large").open("wb") as large:
            large.truncate(100 << 20)
        (odd / "nul").write_bytes(b"From: <bob@sender.example>\nSubject: \0\x1b[31m\rx\n\n\0\r.\r\n.\n" + b"x" * 70_000 + b"\n")
        (odd / "empty").write_bytes(b"")
        (odd / "fields").write_bytes(b"X: y\n" * 5000 + b"\n")

    def answers(self, said: str, name: str) -> dict:
        part = re.search(rf"^begin {name}\n(.*?)^{name}: status (\d+)$", said, re.MULTILINE | re.DOTALL)
        self.assertIsNotNone(part, said)
        return {"status": int(part[2]), **json.loads(part[1][part[1].index("{"):])}

    def run_compared(self, *runs: tuple[str, str], before: str = "") -> str:
        script = "".join(f"echo 'begin {name}'; paraph import --json --compare {what} 2>&1; echo \"{name}: status $?\"\nleft {name}; same_left {name}\n"
                         for name, what in runs)
        return self.on_machine(before + LEFT + script)

    def test_every_form_of_mail(self):
        self.write_mail()
        said = self.run_compared(("number", "230"), ("maildir", f"{self.folder}/mail"), ("mbox", f"{self.folder}/mail.mbox"),
                                 ("odd", f"{self.folder}/odd"), before="echo 'Nameservers 127.0.0.1' >>/etc/opendkim.conf\n")
        told = {name: self.answers(said, name) for name in ("number", "maildir", "mbox", "odd")}
        for name, answer in told.items():
            with self.subTest(name):
                self.assertEqual(["opendkim", "opendmarc", "policyd-spf"], answer["compared"])
                self.assertEqual([], answer["not_compared"])
                self.assertEqual([], [one for one in answer["differences"] if one["reason"] is None])
                self.assertEqual(0, answer["status"])
                self.assertIn(f"{name}: nothing is left", said)
        self.assertEqual(300, told["number"]["inbound"] + told["number"]["outbound"])
        for name in ("maildir", "mbox"):
            self.assertEqual((COUNT, COUNT // 2, 0), tuple(told[name][key] for key in ("inbound", "outbound", "unreadable")))
        without = [[{**one, "example": ""} for one in told[name]["differences"]] for name in ("maildir", "mbox")]
        self.assertEqual(*without)
        self.assertEqual(5, told["odd"]["unreadable"])
        self.assertEqual(1, told["odd"]["inbound"])

    def test_the_common_canonicalization(self):
        """Made-up mail as Postfix hands it over, whatever is signed."""
        said = self.run_compared(("relaxed", "46"), before="sed -i 's/^Canonicalization .*/Canonicalization relaxed\\/relaxed/' /etc/opendkim.conf\n"
                                 "echo 'Nameservers 127.0.0.1' >>/etc/opendkim.conf\n")
        answer = self.answers(said, "relaxed")
        self.assertEqual([], [one for one in answer["differences"] if one["reason"] is None])
        self.assertEqual(0, answer["status"])

    def test_a_planted_difference_is_found(self):
        """In the canonicalization, in the key, and in what is refused."""
        self.write_mail()
        new = self.folder / "new"
        edit = f"sed 's/^  header_canonicalization: relaxed/  header_canonicalization: simple/' {new}/paraph.yaml >{new}/c.yaml\n"
        said = self.run_compared(
            ("simple", f"{self.folder}/mail -c {new}/c.yaml"), ("refused", f"{self.folder}/mail -c {new}/r.yaml"),
            before=f"paraph import --out {new} --copy-keys >/dev/null; chmod -R a+rX {new}\n"
                   f"chmod 640 {new}/keys/*\n" + edit +
                   f"(cat {new}/paraph.yaml; printf '\\npolicy:\\n  dkim_none: reject\\n') >{new}/r.yaml\n")
        simple, refused = self.answers(said, "simple"), self.answers(said, "refused")
        unknown = [[one for one in told["differences"] if one["reason"] is None] for told in (simple, refused)]
        self.assertEqual([("outbound", "c=", "relaxed/simple", "simple/simple", [f"{DOMAIN}/mail"], COUNT // 2)],
                         [tuple(one[key] for key in ("way", "what", "was", "is", "about", "messages")) for one in unknown[0]])
        self.assertEqual([("inbound", "the message", "accepted", "rejected", COUNT)],
                         [tuple(one[key] for key in ("way", "what", "was", "is", "messages")) for one in unknown[1]])
        self.assertEqual((1, 1), (simple["status"], refused["status"]))

    def test_whatever_ends_it_nothing_is_left(self):
        said = self.on_machine(LEFT + """
            for signal in INT TERM; do
                paraph import --compare 100000 >/run/left/said.$signal 2>&1 & child=$!
                until ps ax -o args= | grep -q '^[^ ]*paraphd .*paraph-compare'; do sleep 0.05; done; sleep 1
                ls -ld /run/paraph-compare-*/*; kill -$signal $child; wait $child; echo "$signal: status $?"
                cat /run/left/said.$signal; left $signal; same_left $signal
            done
            mv /usr/local/sbin/paraphd /run/left/paraphd
            paraph import --compare 5; echo "no daemon: status $?"; mv /run/left/paraphd /usr/local/sbin/paraphd
            left daemon; same_left daemon
            sed -i 's/^Mode sv/Mode sv\\nNoSuchOption 1/' /etc/opendkim.conf
            paraph import --compare 5; echo "broken: status $?"; left broken; same_left broken
            paraph import --compare /etc/passwd; echo "no mbox: status $?"
            paraph import --opendkim /no/file --compare 5; echo "no file: status $?"; left file; same_left file
            """)
        for name in ("INT", "TERM", "daemon", "broken", "file"):
            self.assertIn(f"{name}: nothing is left", said)
        for line in ("INT: status 69", "TERM: status 69", "Stopped before the end", "there is no program paraphd here",
                     "no daemon: status 69", "broken: status 1", "Not compared: opendkim: does not start: ", "that is NoSuchOption in /etc/opendkim.conf:", "no mbox: status 65", "/no/file: No such file", "no file: status 66"):
            self.assertIn(line, said)
        self.assertRegex(said, r"drwx------ \S+ opendkim +opendkim .*/opendkim\n")
        self.assertRegex(said, r"drwx------ \S+ paraph +paraph .*/paraphd\n")

    def test_what_is_not_compared_is_told(self):
        said = self.on_machine("""
            echo 'Nameservers 127.0.0.1' >>/etc/opendkim.conf
            : >/run/empty; paraph import --compare /run/empty; echo "empty: status $?"
            paraph import --compare "" >/dev/null; echo "no name: status $?"
            setpriv --reuid ann --regid ann --clear-groups paraph import --compare 5; echo "ann: status $?"
            sed -i 's/^Socket.*/Socket inet:8899@localhost/' /etc/opendmarc.conf
            paraph import --compare 5; echo "opendmarc: status $?"
            postconf -e 'smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination'
            paraph import --compare 5; echo "policyd-spf: status $?"
            cp DIR/main.cf /etc/postfix/main.cf
            sed -i 's:argv=/usr/bin/policyd-spf:argv=/usr/bin/perl /usr/local/lib/policyd-spf-perl:' /etc/postfix/master.cf
            paraph import --compare 5; echo "another service: status $?"
            """.replace("DIR", str(self.folder)) + """
            """)
        for line in ("there is no message that could be compared", "empty: status 66", "no name: status 66",
                     "opendmarc does nothing here: Postfix does not call it. To compare it all the same, name its file with --opendmarc.",
                     "opendmarc: status 0", "policyd-spf does nothing here: Postfix does not call it.", "policyd-spf: status 0",
                     "Not compared: policyd-spf: it is not imported", "another service: status 1"):
            self.assertIn(line, said)
        self.assertNotIn("ann: status 0", said)

    def test_what_was_killed_and_what_hangs(self):
        """Whoever watches after SIGKILL, and where he is killed as well; ^C where the DNS does not answer."""
        said = self.on_machine(LEFT + """
            start() {
                paraph import --compare 100000 >/dev/null 2>&1 & child=$!
                until ps ax -o args= | grep -q '^[^ ]*paraphd .*paraph-compare'; do sleep 0.05; done; sleep 0.5
            }
            start; pgrep -f '^/usr/sbin/open.*paraph-compare' >/dev/null && echo 'private ones run'
            kill -KILL $child; wait $child; for _ in $(seq 100); do left killed; same_left killed && break; sleep 0.05; done
            start; kill -KILL $(pgrep -P $child -x paraph) $child; wait $child
            paraph import --compare 1 2>&1 >/dev/null | grep 'was left by'; ls -d /run/paraph-compare* || echo 'all is removed'
            pkill -KILL -f '^/usr/sbin/open.*paraph-compare'
            script -qec 'paraph import --compare 46' /run/terminal >/dev/null; grep -a 'of 46 messages' /run/terminal
            paraph import --compare 46 2>&1 | grep 'of 46 messages' || echo 'no progress in a file'
            python3 -c "import socket, time; s = socket.socket(2, 2); s.bind(('127.0.0.9', 53)); time.sleep(600)" &
            echo 'nameserver 127.0.0.9' >/etc/resolv.conf
            paraph import --compare 100 & child=$!
            until ps ax -o args= | grep -q '^[^ ]*paraphd .*paraph-compare'; do sleep 0.05; done; sleep 2
            start=$SECONDS; kill -INT $child; wait $child; echo "INT: status $?"
            [ $((SECONDS - start)) -le 4 ] && echo 'it ended at once'
            """)
        for line in ("private ones run", "killed: nothing is left", "1 of 46 messages", "no progress in a file",
                     "was left by a comparison that was killed", "all is removed", "INT: status 69", "it ended at once"):
            self.assertIn(line, said)


if __name__ == "__main__":
    unittest.main()
