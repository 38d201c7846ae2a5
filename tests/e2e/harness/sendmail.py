"""A Sendmail of the test's own, from a package that was unpacked and not installed (packaging/unpack-sendmail.sh)."""

import os
import re
from pathlib import Path
from typing import Optional

from .maildir import Mailboxes
from .process import Child, HarnessError, answers, eventually, free_port, run

NOBODY = 65534

MACROS = """divert(-1)
define(`_USE_ETC_MAIL_')
divert(0)dnl
VERSIONID(`end-to-end test')
OSTYPE(`linux')dnl
LOCAL_DOMAIN(`rcpt.test second.test')dnl
define(`confDOMAIN_NAME', `mx.ours.test')dnl
define(`confCR_FILE', `-o @FOLDER@/etc/relay')dnl
define(`confCT_FILE', `-o @FOLDER@/etc/trusted')dnl
define(`QUEUE_DIR', `@FOLDER@/queue')dnl
define(`STATUS_FILE', `@FOLDER@/statistics')dnl
define(`HELP_FILE', `@FOLDER@/helpfile')dnl
define(`confPID_FILE', `@FOLDER@/sendmail.pid')dnl
define(`confSERVICE_SWITCH_FILE', `@FOLDER@/etc/switch')dnl
define(`confHOSTS_FILE', `@FOLDER@/etc/hosts')dnl
define(`confTO_IDENT', `0')dnl
define(`confQUEUE_LA', `10000')dnl
define(`confREFUSE_LA', `10000')dnl
define(`confDEF_USER_ID', `65534:65534')dnl
define(`confMAX_MESSAGE_SIZE', `60000000')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`nouucp', `reject')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`accept_unqualified_senders')dnl
DAEMON_OPTIONS(`Addr=127.0.0.1, Port=@PORT@, Name=MTA')dnl
DAEMON_OPTIONS(`Addr=127.0.0.1, Port=@SUBMISSION@, Name=ORIGINATING')dnl
INPUT_MAIL_FILTER(`paraph', `S=@MILTER@, F=T, T=@TIMEOUTS@')dnl
define(`LOCAL_MAILER_PATH', `@FOLDER@/deliver')dnl
define(`LOCAL_MAILER_ARGS', `deliver @FOLDER@/mail/all $u@rcpt.test')dnl
define(`LOCAL_MAILER_FLAGS', `nP')dnl
MODIFY_MAILER_FLAGS(`LOCAL', `-Aw5:/|@q')dnl
MAILER(`local')dnl
MAILER(`smtp')dnl
"""

DELIVER = """#!/bin/sh
# deliver MAILDIR RECIPIENT: stores the message on standard input.
set -e
name="$(date +%s%N).$$"
{ printf 'Delivered-To: %s\\n' "$2"; cat; } >"$1/tmp/$name"
mv "$1/tmp/$name" "$1/new/$name"
"""


def milter_address(socket: str) -> str:
    """inet:HOST:PORT as Sendmail writes it."""
    found = re.fullmatch(r"inet:([\d.]+):(\d+)", socket)
    return f"inet:{found.group(2)}@{found.group(1)}" if found else socket


class Sendmail:
    """`port` takes mail from the world, `submission` says that its mail is ours."""

    def __init__(self, folder: Path, unpacked: Path, milter: str, timeouts: str = "C:10s;S:30s;R:60s;E:2m"):
        self.folder, self._unpacked = folder, unpacked
        self.mailboxes = Mailboxes(folder / "mail")
        self.port, self.submission = free_port(), free_port()
        self._child: Optional[Child] = None
        self._lay_out()
        self._configure(milter, timeouts)

    def _lay_out(self) -> None:
        for name in ("", "etc", "queue", "mail", "mail/all", "mail/all/new", "mail/all/tmp"):
            (self.folder / name).mkdir()
            (self.folder / name).chmod(0o755)
        for name in ("mail/all/new", "mail/all/tmp"):
            os.chown(self.folder / name, NOBODY, NOBODY)
        (self.folder / "deliver").write_text(DELIVER)
        (self.folder / "deliver").chmod(0o755)
        # No DNS: nothing that Sendmail itself wants to know is outside this file.
        (self.folder / "etc/switch").write_text("hosts files\naliases files\npasswd files\n")
        (self.folder / "etc/hosts").write_text("127.0.0.1 localhost\n")

    def _configure(self, milter: str, timeouts: str) -> None:
        told = {"@FOLDER@": self.folder, "@PORT@": self.port, "@SUBMISSION@": self.submission,
                "@MILTER@": milter_address(milter), "@TIMEOUTS@": timeouts}
        text = MACROS
        for word, value in told.items():
            text = text.replace(word, str(value))
        (self.folder / "sendmail.mc").write_text(text)
        macros = self._unpacked / "usr/share/sendmail/cf"
        made = run(["m4", f"-D_CF_DIR_={macros}/", str(macros / "m4/cf.m4"), str(self.folder / "sendmail.mc")])
        (self.folder / "sendmail.cf").write_bytes(made.stdout)

    def start(self) -> None:
        # A host name without a dot would make Sendmail wait a minute for a better one: it gets a name of its own.
        script = "hostname mx.ours.test && exec \"$@\""
        libraries = ":".join(sorted({str(file.parent) for file in self._unpacked.rglob("lib*.so.*")}))
        self._child = Child(["unshare", "--uts", "sh", "-c", script, "sh",
                             str(self._unpacked / "usr/libexec/sendmail/sendmail"), "-bD",
                             f"-C{self.folder / 'sendmail.cf'}", "-q2s", f"-X{self.folder / 'mail.log'}"],
                            self.folder / "sendmail.out", {**os.environ, "LD_LIBRARY_PATH": libraries})
        eventually("Sendmail to listen", self._ready)

    def _ready(self) -> bool:
        if not self._child.running():
            raise HarnessError(f"Sendmail ended at start:\n{self._child.output()}")
        return answers(self.port) and answers(self.submission)

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()
            self._child = None

    def log(self) -> str:
        return "".join(file.read_text(errors="replace") for file in
                       (self.folder / "sendmail.out", self.folder / "mail.log") if file.exists())
