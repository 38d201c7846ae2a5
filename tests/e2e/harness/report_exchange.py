"""Two mail hosts that send each other mail and reports: each has a domain, a Postfix, a paraphd and a report store of its own."""

import contextlib
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import Optional

from . import programs
from .client import Client
from .dns import NameServer, Zone
from .guide import blocks, section
from .guided_postfix import GuidedPostfix
from .keys import KeyFile
from .paraphd import Paraphd
from .postfix import NOBODY
from .process import free_port, run
from .shifted_clock import ShiftedClock

LIFETIME = 900
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
PAGE = "reports.md"


def _block(heading: str, words: str) -> str:
    (found,) = [text for text in blocks(section(PAGE, heading)) if words in text]
    return found


class MailHost:
    """Mail of `domain` is signed here and leaves from `address`. `more` are settings of Postfix; `refused` stands in its
    transport_maps."""

    def __init__(self, parent: Path, zone: Zone, domain: str, address: str, policy: str, clock: ShiftedClock,
                 refused: str = "", more: Optional[dict[str, str]] = None, reports: Optional[dict] = None):
        self.domain, self.address, self.clock, self.reports = domain, address, clock, reports or {}
        self.folder = parent / domain
        self.store = self.folder / "store"
        for folder in (self.folder, self.store):
            folder.mkdir()
            folder.chmod(0o755)
        self.keys = {name: KeyFile(self.folder, zone, name, "s1") for name in (domain, f"reports.{domain}")}
        # All programs of the host run as nobody: who reads bounces reads the store and its key.
        for path in (self.folder, self.store, *(key.path for key in self.keys.values())):
            os.chown(path, NOBODY, NOBODY)
        zone.add(f"{domain} 300 MX 10 mx.{domain}", f"reports.{domain} 300 MX 10 mx.{domain}", f"mx.{domain} 300 A {address}",
                 f"{domain} 300 TXT \"v=spf1 ip4:{address} -all\"", f"mx.{domain} 300 TXT \"v=spf1 ip4:{address} -all\"",
                 f"_dmarc.{domain} 300 TXT \"v=DMARC1; p={policy}; rua=mailto:agg@{domain},mailto:gone@{domain}\"")
        self.report_port = free_port()
        self.paraphd = Paraphd(self.folder, self._settings(), wrap=(*AS_NOBODY, "--pdeathsig", "TERM", *clock.wrap))
        self.postfix = self._wired(refused, more or {})

    def start(self, exit_stack: contextlib.ExitStack, name_server: str, other: "MailHost") -> None:
        way = f"smtp:[127.0.0.1]:{other.postfix.port}"
        with (self.postfix.config / "main.cf").open("a") as file:
            file.write(f"other_host = inline:{{ {{ {other.domain} = {way} }}, {{ reports.{other.domain} = {way} }} }}\n")
        self.paraphd.settings["dns"] = {"nameservers": [name_server]}
        for server in (self.paraphd, self.postfix):
            exit_stack.callback(server.stop)
            server.start()

    def _settings(self) -> dict:
        return {"authserv_id": f"mx.{self.domain}", "domains": {name: {"keys": [key.entry()]} for name, key in self.keys.items()},
                "roles": {"internal_hosts": ["127.0.0.1/32"]}, "policy": {"dmarc": "enforce", "dmarc_quarantine": "mark"},
                "reports": {"enabled": True, "from": f"dmarc-reports@reports.{self.domain}", "server": f"127.0.0.1:{self.report_port}",
                            "store": str(self.store / "reports.db"), "token_key": str(self.store / "token.key"), "flush": "1s", **self.reports}}

    def _of_guide(self, text: str) -> str:
        """With this host's names and programs in place of the guide's."""
        command = f"/usr/bin/{' '.join(self.clock.wrap)} {programs.paraph} report bounce -c {self.paraphd.config}"
        for theirs, ours in (("reports.example.org", f"reports.{self.domain}"), ("user=paraph ", "user=nobody "),
                             ("/usr/bin/paraph report bounce", command)):
            text = text.replace(theirs, ours)
        return text

    def _wired(self, refused: str, more: dict[str, str]) -> GuidedPostfix:
        """As the guide has it: a port for reports without filters, and bounces that go to paraph."""
        guided = dict(line.split(" = ", 1) for line in self._of_guide(_block("Bounces", "recipient_delimiter")).splitlines())
        guided["transport_maps"] += f", $other_host{refused}"
        postfix = GuidedPostfix(self.folder / "postfix", self.paraphd.socket, {
            "myhostname": f"mx.{self.domain}", "virtual_mailbox_domains": self.domain, "mynetworks": "127.0.0.1/32",
            "smtp_bind_address": self.address, **guided, **more})
        postfix.wire(_block("The mail server that takes them", "inet"), {10026: self.report_port})
        postfix.wire(self._of_guide(_block("Bounces", "unix")), {})
        postfix.wire("no-user unix - n n - - pipe\n    user=nobody argv=/bin/sh -c {exit 67}\n", {})
        return postfix

    def submit(self, recipient: str, message: bytes) -> None:
        """As a user of this host, who logged in."""
        with Client(self.postfix.submission) as client:
            client.pretend("192.0.2.200")
            client.login("alice@ours.test", "wonderland")
            client.send(f"ann@{self.domain}", [recipient], message)

    def report(self, *words: str) -> str:
        """paraph report, on this host and at its time."""
        return run([*AS_NOBODY, *self.clock.wrap, programs.paraph, "report", *words, "-c", str(self.paraphd.config)]).stdout.decode()

    def counted(self, day: int) -> int:
        """Messages of a day."""
        with contextlib.closing(sqlite3.connect(self.store / "reports.db", timeout=30)) as database:
            if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'paraph_report_row'").fetchone():
                return 0
            return database.execute("SELECT coalesce(sum(messages), 0) FROM paraph_report_row WHERE day = ?", (day,)).fetchone()[0]


class Exchange:
    """`north` and `south`. Mail for gone@ comes back: north refuses it, south takes it first. North's filter does not like its
    own reports. South tells the domain of recipients."""

    def __init__(self, start: int):
        self._exit = contextlib.ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="paraph-exchange-"))
        self._exit.callback(shutil.rmtree, self.folder, True)
        self.folder.chmod(0o755)
        self.clock = ShiftedClock(self.folder / "clock", start)
        zone = Zone(("other.test 300 TXT \"v=spf1 -all\"",))
        filters = self.folder / "filters"
        filters.write_text("/^Subject: Report Domain: south/ REJECT 5.7.1 full of the names of spammers\n")
        self.north = MailHost(self.folder, zone, "north.test", "127.0.0.21", "reject", self.clock, more={
            "header_checks": f"regexp:{filters}", "nested_header_checks": "",
            "smtpd_recipient_restrictions": "check_recipient_access inline:{ { gone@north.test = 550 5.1.1 no such user } }"})
        self.south = MailHost(self.folder, zone, "south.test", "127.0.0.22", "quarantine", self.clock,
                              ", inline:{ { gone@south.test = no-user: } }", reports={"envelope_to": True})
        self._zone = zone

    def start(self) -> None:
        server = NameServer(self.folder, self._zone, LIFETIME)
        self._exit.callback(server.stop)
        self.north.start(self._exit, server.address, self.south)
        self.south.start(self._exit, server.address, self.north)

    @property
    def hosts(self) -> tuple[MailHost, MailHost]:
        return self.north, self.south

    def stop(self) -> None:
        self._exit.close()

    def report(self) -> str:
        """The ends of the logs, for a test that failed."""
        return "\n".join(f"--- {host.domain}\n" + "\n".join((host.paraphd.log() + host.postfix.log()).splitlines()[-60:])
                         for host in self.hosts)
