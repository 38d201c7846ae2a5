"""A host with counts to report about: a store, a zone, a key, and the configuration that `paraph report` reads."""

import gzip
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Optional
from xml.etree import ElementTree

from . import programs
from .dns import NameServer, Zone
from .keys import KeyFile
from .process import Child, run
from .scripted_smtp import ScriptedSmtp

NAMESPACE = "{urn:ietf:params:xml:ns:dmarc-2.0}"
DAY = 86400
TODAY = 20_000  # since 1970
NOON = TODAY * DAY + DAY // 2
FROM = "dmarc-reports@reports.test"


def counts_program() -> str:
    return str(Path(programs.test_dns).parent.parent / "report_store" / "paraph_test_counts")


class ReportHost:
    """`zone` may be changed before the first command, which starts the name server."""

    def __init__(self, smtp: ScriptedSmtp, database: Optional[dict] = None):
        self.folder = Path(tempfile.mkdtemp(prefix="paraph-report-"))
        self.smtp = smtp
        self.zone = Zone(("_dmarc.reports.test 300 TXT \"v=DMARC1; p=reject\"",))
        self.key = KeyFile(self.folder, self.zone, "reports.test", "s1")
        self.store = str(self.folder / "reports.db")
        self.reports = {"enabled": True, "from": FROM, "server": f"127.0.0.1:{smtp.port}", "store": self.store,
                        "token_key": str(self.folder / "token.key"), "hold_new_domains": False, "per_minute": 0,
                        "per_minute_and_host": 0, **(database or {})}
        self.store = self.reports["store"]
        self.settings: dict = {"domains": {"reports.test": {"keys": [self.key.entry()]}}}
        self.server: Optional[NameServer] = None

    def stop(self) -> None:
        if self.server:
            self.server.stop()
        shutil.rmtree(self.folder, True)

    def restart_dns(self) -> None:
        """With `zone` as it is now."""
        if self.server:
            self.server.stop()
            (self.folder / "dns.log").unlink()
        self.server = None

    def mail_domain(self, name: str) -> None:
        self.zone.add(f"{name} 300 MX 10 mx.{name}", f"mx.{name} 300 A 192.0.2.9")

    def count(self, domain: str, rua: str = "", rows: int = 1, messages: int = 1, day: int = TODAY - 1) -> None:
        self.count_all([f"{day} {domain} {rows} {messages} {rua or f'mailto:agg@{domain}'}"])

    def count_all(self, lines: list[str]) -> None:
        password = self.reports.get("store_password_file", "")
        run([counts_program(), self.store], "\n".join(lines).encode(),
            env={**os.environ, **({"PARAPH_TEST_PASSWORD_FILE": password} if password else {})})

    def config(self) -> Path:
        if self.server is None:
            self.server = NameServer(self.folder, self.zone, 600)
        path = self.folder / "paraph.yaml"
        path.write_text(json.dumps({**self.settings, "dns": {"nameservers": [self.server.address], "timeout": "1s"},
                                    "reports": self.reports}))
        return path

    def command(self, *words: str, now: int = NOON) -> list[str]:
        return [programs.paraph, "report", *words, "-c", str(self.config()), "--now", str(now)]

    def report(self, *words: str, now: int = NOON, data: bytes = b"") -> tuple[int, str]:
        """The exit code, and what was said."""
        done = run(self.command(*words, now=now), data, check=False)
        return done.returncode, done.stdout.decode() + done.stderr.decode()

    def begin(self, *words: str, now: int = NOON, name: str = "send") -> Child:
        return Child(self.command("send", *words, now=now), self.folder / f"{name}.log")


def xml_of(file: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(gzip.decompress(file))


def value(root: ElementTree.Element, *path: str) -> str:
    return root.findtext("/".join(NAMESPACE + name for name in path)) or ""
