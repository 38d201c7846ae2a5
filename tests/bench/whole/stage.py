"""What all workloads of a run share: a folder, keys, a zone, messages, and name servers."""

import contextlib
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from harness.dns import Zone
from harness.keys import KeyFile
from harness.process import Child, HarnessError, eventually

MIB = 1 << 20
SELECTORS = {"s1": "rsa", "s2": "ed25519"}

# "#" stands for any number: bench_dns has as many such domains as anyone asks for.
DOMAINS = """
mx.sender.example TXT v=spf1 a -all
mx.sender.example A 192.0.2.10
{name} TXT v=spf1 include:_spf1.{name} -all
_spf1.{name} TXT v=spf1 ip4:198.51.100.0/24 include:_spf2.{name} -all
_spf2.{name} TXT v=spf1 ip4:203.0.113.0/24 ip4:192.0.2.0/24 -all
_dmarc.{name} TXT v=DMARC1; p=reject; rua=mailto:agg@{name}
"""
# Three includes inside each other, and mail of a subdomain that inherits its policy. Under a suffix that the public suffix list
# has, because the peers inherit by that list. These names are only ever asked of bench_dns.
DEEP = """
deep-#.org TXT v=spf1 include:_spf1.deep-#.org -all
_spf1.deep-#.org TXT v=spf1 ip4:198.51.100.0/24 include:_spf2.deep-#.org -all
_spf2.deep-#.org TXT v=spf1 ip4:203.0.113.0/24 include:_spf3.deep-#.org -all
_spf3.deep-#.org TXT v=spf1 ip4:192.0.2.0/24 -all
_dmarc.deep-#.org TXT v=DMARC1; p=reject
news.deep-#.org A 192.0.2.10
"""
# One round of questions each.
FLAT = """
{name} TXT v=spf1 ip4:192.0.2.0/24 -all
_dmarc.{name} TXT v=DMARC1; p=none
"""
# Domains that ask for reports, and one that reports come from.
COUNTED = """
count-#.example TXT v=spf1 ip4:192.0.2.0/24 -all
count-#.example MX mx.count-#.example
_dmarc.count-#.example TXT v=DMARC1; p=none; rua=mailto:agg@count-#.example
_dmarc.reports.example TXT v=DMARC1; p=reject
"""


class Stage:
    """Use it as a context manager. `programs` is the folder of the build that holds those of the bench."""

    def __init__(self, build: Path, dns_address: str, dns_port: int):
        self.programs = build / "tests/bench"
        self.dns_address, self.dns_port = dns_address, dns_port
        self._exit = contextlib.ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="paraph-bench-"))
        self._exit.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self._count = 0
        published = Zone()
        self.keys = {name: KeyFile(self.folder, published, "any.example", name, kind)
                     for name, kind in SELECTORS.items()}
        self._records = {name: published.dnsfunc(f"{name}._domainkey.any.example").decode() for name in SELECTORS}
        self._corpora: dict[str, Path] = {}
        self.zone = self.folder / "zone"
        self.zone.write_text("\n".join(self._zone_lines()) + "\n")

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, *_) -> None:
        self._exit.close()

    def _zone_lines(self):
        named = ("warm.example", "big.example", "sender.example", "cold-#.example")
        for name in named:
            yield from DOMAINS.format(name=name).split("\n")
        yield from (*DEEP.split("\n"), *COUNTED.split("\n"))
        for name in ("slow-#.example", "fast-#.example", "stuck.example"):
            yield from FLAT.format(name=name).split("\n")
        for name in (*named, "deep-#.org", "reports.example"):
            yield from (f"{selector}._domainkey.{name} TXT {record}" for selector, record in self._records.items())
        yield "stuck.example DELAY 30000"
        yield "_dmarc.stuck.example DELAY 30000"

    def new_folder(self) -> Path:
        self._count += 1
        folder = self.folder / str(self._count)
        folder.mkdir()
        return folder

    def corpus(self, name: str, **options) -> Path:
        """The corpus of that name; make_corpus writes it when it is asked for first, with these options."""
        if name not in self._corpora:
            path = self.folder / f"{name}.corpus"
            words = [word for key, value in options.items() for word in self._option(key, value)]
            run([self.programs / "make_corpus", "--out", path, *words])
            self._corpora[name] = path
        return self._corpora[name]

    def _option(self, key: str, value):
        if key == "sign":
            for selector in value:
                yield from ("--sign", f"{selector}={self.keys[selector].path}")
        elif value is True:
            yield f"--{key}"
        else:
            yield from (f"--{key.replace('_', '-')}", str(value))

    def template(self, name: str, domain: str) -> Path:
        """A corpus of one unsigned message whose domain milter_load numbers."""
        if name not in self._corpora:
            made = self.corpus(f"{name}-made", domain=domain)
            sender, _, rest = made.read_bytes().partition(b"\n")
            text = rest[:-1].replace(domain.replace("#", "0").encode(), domain.replace("#", "{n}").encode())
            path = self.folder / f"{name}.corpus"
            path.write_bytes(b"alice@%s %d\n%s\n" % (domain.replace("#", "{n}").encode(), len(text), text))
            self._corpora[name] = path
        return self._corpora[name]

    def crypto(self, operation: str) -> float:
        """Microseconds of the bare arithmetic, mostly of a message of 4 KiB."""
        return json.loads(run([self.programs / "bare_crypto", "--only", operation]))[operation]


def run(command, timeout: float = 900) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=timeout, check=False)
    if done.returncode != 0:
        raise HarnessError(f"{Path(command[0]).name} exited {done.returncode}: {done.stderr.strip()}")
    return done.stdout


class BenchDns:
    """bench_dns with one delay for all names that have none of their own. Use it as a context manager."""

    def __init__(self, stage: Stage, delay_ms: int = 0, log: bool = False):
        folder = stage.new_folder()
        self.log_file = folder / "questions"
        more = ["--log", str(self.log_file)] if log else []
        self._child = Child([str(stage.programs / "bench_dns"), "--address", stage.dns_address, "--port", str(stage.dns_port),
                             "--delay", str(delay_ms), *more, str(stage.zone)], folder / "dns.log")
        try:
            self.address = eventually("the name server", self._address)
        except HarnessError:
            self._child.stop()
            raise

    def _address(self) -> str:
        found = re.search(r"listening (\S+:\d+)", self._child.output())
        if not found and not self._child.running():
            raise HarnessError(f"bench_dns ended:\n{self._child.output()}")
        return found.group(1) if found else ""

    def __enter__(self) -> "BenchDns":
        return self

    def __exit__(self, *_) -> None:
        self._child.stop()

    def forget(self) -> None:
        if self.log_file.exists():
            self.log_file.write_text("")

    def chain(self) -> tuple[int, int]:
        """How many questions came, and of how many the longest chain of dependent ones was: each asked only after the one
        before it had been answered."""
        asked = []
        for line in self.log_file.read_text().splitlines():
            begin, end, _, _ = line.split(" ", 3)
            asked.append((int(begin), int(end)))
        depth, after = 0, 0
        for begin, _ in sorted(asked):
            if begin >= after:
                depth += 1
                after = min(end for first, end in asked if first >= begin)
        return len(asked), depth
