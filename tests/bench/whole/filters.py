"""The filters that are compared: paraphd, a milter that does nothing, and the peers of Debian where they are installed. Each
is started in a folder of its own, answers before it is used, and is stopped by its process id."""

import base64
import contextlib
import dataclasses
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Callable, Optional

from harness.paraphd import Paraphd
from harness.process import Child, HarnessError
from milter_client import Milter, ProtocolError, parse_address

AUTHSERV_ID = "mx.rcpt.example"
OPENDKIM, OPENDMARC, RSPAMD = "/usr/sbin/opendkim", "/usr/sbin/opendmarc", "/usr/bin/rspamd"


def answers(socket: str) -> bool:
    with contextlib.suppress(OSError, ProtocolError):
        with Milter(parse_address(socket), 1):
            return True
    return False


class Filter:
    """What runs under one name in the table: a process with its children, or a chain of such."""

    def __init__(self, name: str, parts: list):
        self.name, self._parts = name, parts
        self.sockets = [part.socket for part in parts]
        self.start_seconds = max(part.start_seconds for part in parts)

    def __enter__(self) -> "Filter":
        return self

    def __exit__(self, *_) -> None:
        for part in self._parts:
            part.stop()

    def _pids(self) -> list[int]:
        return [pid for part in self._parts for pid in family(part.pid)]

    def cpu_seconds(self) -> float:
        return sum(process_clock(pid) for pid in self._pids())

    def resident_mib(self) -> float:
        return sum(memory(pid, "VmRSS") for pid in self._pids())

    def peak_mib(self) -> float:
        return sum(memory(pid, "VmHWM") for pid in self._pids())

    def forget_peak(self) -> None:
        for pid in self._pids():
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # proc(5): resets VmHWM


@dataclasses.dataclass
class Starter:
    """Starts a filter when it is called; its name is known before."""

    name: str
    parts: Callable[[], list]

    def __call__(self) -> Filter:
        return Filter(self.name, self.parts())


def family(pid: int) -> list[int]:
    """The process and all its descendants."""
    found = [pid]
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += family(int(child))
    return found


def process_clock(pid: int) -> float:
    """CPU of all threads, to the nanosecond: what clock_getcpuclockid(3) names."""
    with contextlib.suppress(OSError):
        return time.clock_gettime((~pid << 3) | 2)
    return 0.0


def memory(pid: int, what: str) -> float:
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(what)).split()[1]) / 1024
    return 0.0


class Part:
    """One process that listens on a socket of its folder."""

    def __init__(self, command: list[str], folder: Path, socket: str):
        self.socket = socket
        begin = time.monotonic()
        self._child = Child([str(word) for word in command], folder / "log")
        try:
            await_answer(socket, self._child.running, self._child.output)
        except HarnessError:
            self.stop()
            raise
        self.start_seconds = time.monotonic() - begin
        self.pid = self._child.pid

    def stop(self) -> None:
        with contextlib.suppress(HarnessError):
            self._child.stop()


def await_answer(socket: str, running, output, patience: float = 120) -> None:
    end = time.monotonic() + patience
    while not answers(socket):
        if not running() or time.monotonic() > end:
            raise HarnessError(f"no filter at {socket}:\n{output()}")
        time.sleep(0.005)


class ParaphPart:
    """paraphd as the tests start it."""

    def __init__(self, folder: Path, settings: dict):
        self._daemon = Paraphd(folder, settings, unix=True)
        self._daemon.write_config()
        self.socket = self._daemon.socket
        begin = time.monotonic()
        self._daemon.launch()
        try:
            await_answer(self.socket, self._daemon.running, self._daemon.log)
        except HarnessError:
            self.stop()
            raise
        self.start_seconds = time.monotonic() - begin
        self.pid = self._daemon.pid

    def stop(self) -> None:
        self._daemon.stop()


def signing_settings(stage, domain: str, selectors: tuple[str, ...]) -> dict:
    keys = [{"selector": selector, "file": str(stage.keys[selector].path)} for selector in selectors]
    return {"domains": {domain: {"keys": keys}}} if selectors else {}


def paraph(stage, dns: str, settings: Optional[dict] = None, name: str = "paraph") -> Starter:
    whole = {"authserv_id": AUTHSERV_ID, "log": {"level": "warning"}, **(settings or {})}
    whole["dns"] = {"nameservers": [dns], **whole.get("dns", {})}
    whole["listen"] = {"max_connections": 4000}
    whole["limits"] = {"waiting_messages": 2000}
    return Starter(name, lambda: [ParaphPart(stage.new_folder(), whole)])


def noop_part(stage, *options: str) -> Part:
    folder = stage.new_folder()
    socket = f"unix:{folder}/socket"
    return Part([stage.programs / "noop_milter", socket, "--header", *options], folder, socket)


def noop(stage) -> Starter:
    return Starter("no-op", lambda: [noop_part(stage)])


def noop_with(stage, crypto: str) -> Starter:
    """Does the arithmetic of a message at its end: what it costs there, among threads and between system calls."""
    return Starter("no-op with crypto", lambda: [noop_part(stage, "--crypto", crypto)])


def does_nothing(name: str) -> bool:
    return name.startswith("no-op")


def _write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def opendkim_part(stage, dns: str, mode: str, more: str = "") -> Part:
    folder = stage.new_folder()
    hosts = _write(folder / "internal", "127.0.0.1\n10.0.0.0/8\n")
    config = _write(folder / "conf", f"""Syslog no
Mode {mode}
Socket local:{folder}/socket
UserID root
Canonicalization relaxed/relaxed
OversignHeaders From
Nameservers {dns.partition(":")[0]}
AuthservID {AUTHSERV_ID}
InternalHosts {hosts}
ExternalIgnoreList {hosts}
RequireSafeKeys no
{more}""")
    return Part([OPENDKIM, "-f", "-x", config], folder, f"unix:{folder}/socket")


def opendmarc_part(stage) -> Part:
    folder = stage.new_folder()
    config = _write(folder / "conf", f"""Syslog false
Socket local:{folder}/socket
UserID root
AuthservID {AUTHSERV_ID}
TrustedAuthservIDs {AUTHSERV_ID}
RejectFailures false
PublicSuffixList /usr/share/publicsuffix/public_suffix_list.dat
SPFIgnoreResults true
SPFSelfValidate true
""")
    return Part([OPENDMARC, "-f", "-c", config], folder, f"unix:{folder}/socket")


def compile_patterns(stage, dns: str) -> Path:
    """rspamd compiles patterns for ten seconds when it is first started, and keeps them in a folder."""
    folder = stage.folder / "rspamd-patterns"
    if not folder.exists():
        folder.mkdir()
        part, sizes = rspamd_part(stage, dns), []
        while len(sizes) < 4 or len(set(sizes[-4:])) > 1 or sizes[-1] == 0:
            time.sleep(1)
            sizes.append(sum(file.stat().st_size for file in folder.iterdir()))
            if len(sizes) > 60:
                break
        part.stop()
    return folder


def rspamd_part(stage, dns: str, more: str = "") -> Part:
    """Two workers, which is one a core; the modules of mail authentication and no others."""
    folder, patterns = stage.new_folder(), compile_patterns(stage, dns)
    _write(folder / "rspamd.local.lua", "")
    config = _write(folder / "rspamd.conf", f"""
options {{
  pidfile = "{folder}/pid"; filters = "dkim"; cache_file = "{folder}/cache"; hs_cache_dir = "{patterns}/";
  tempdir = "{folder}"; control_socket = "{folder}/control mode=0600";
  url_tld = "/usr/share/rspamd/effective_tld_names.dat";
  dns {{ nameserver = ["{dns}:1"]; timeout = 5s; sockets = 16; retransmits = 2; }}
  local_addrs = [127.0.0.0/8, 10.0.0.0/8];
  task_timeout = 60s; max_message = 200M; history_rows = 1;
}}
logging {{ type = "file"; filename = "{folder}/rspamd.log"; level = "error"; }}
worker "rspamd_proxy" {{
  bind_socket = "{folder}/socket mode=0666";
  milter = yes; timeout = 120s; count = 2;
  upstream "local" {{ default = yes; self_scan = yes; }}
}}
lua = "{folder}/rspamd.local.lua";
modules {{ path = "/usr/share/rspamd/plugins/"; }}
actions {{ reject = 100000; add_header = 90000; greylist = 80000; }}
metric {{ name = "default"; actions {{ reject = 100000; add_header = 90000; greylist = 80000; }} }}
dkim {{ dkim_cache_size = 2k; dkim_cache_expire = 1d; }}
spf {{ spf_cache_size = 2k; spf_cache_expire = 1d; }}
dmarc {{ }}
arc {{ sign_inbound = false; sign_local = false; sign_authenticated = false; }}
milter_headers {{ use = ["authentication-results"]; skip_local = true; skip_authenticated = true; }}
{more}
""")
    command = [RSPAMD, "-f", "--insecure", "-u", "root", "-g", "root", "-c", config,
               *(f"--var={name}={folder}" for name in ("DBDIR", "RUNDIR", "LOGDIR"))]
    return Part(command, folder, f"unix:{folder}/socket")


RSPAMD_SIGNING = """dkim_signing {{
  allow_envfrom_empty = true; allow_hdrfrom_mismatch = true; allow_username_mismatch = true;
  sign_authenticated = true; sign_local = true; use_domain = "header"; use_esld = false; check_pubkey = false;
  {}
}}
"""


def rspamd_key(stage, selector: str) -> Path:
    """rspamd wants an Ed25519 key as the base64 of its 32 octets."""
    pem = stage.keys[selector].path
    if stage.keys[selector].kind == "rsa":
        return pem
    der = subprocess.run(["openssl", "pkey", "-in", str(pem), "-outform", "DER"], capture_output=True, check=True).stdout
    path = stage.folder / f"{selector}.seed"
    path.write_text(base64.b64encode(der[-32:]).decode() + "\n")
    path.chmod(0o600)
    return path


def rspamd_signing(stage, dns: str, body: str) -> Starter:
    return Starter("rspamd", lambda: [rspamd_part(stage, dns, RSPAMD_SIGNING.format(body))])


def installed() -> list[str]:
    """The peers that can be measured here: opendmarc only asks the servers of resolv.conf, which takes root to replace."""
    if os.geteuid() != 0:
        return []
    return [name for name, programs in (("opendkim", (OPENDKIM, OPENDMARC)), ("rspamd", (RSPAMD,)))
            if all(shutil.which(program) for program in programs)]


def checkers(stage, dns: str, peers: list[str]) -> list[Starter]:
    """The filters that check mail."""
    starters = [paraph(stage, dns), noop(stage)]
    if "opendkim" in peers:
        starters.append(Starter("opendkim+opendmarc", lambda: [opendkim_part(stage, dns, "v"), opendmarc_part(stage)]))
    if "rspamd" in peers:
        starters.append(Starter("rspamd", lambda: [rspamd_part(stage, dns)]))
    return starters


def signers(stage, dns: str, peers: list[str], domain: str, selectors: tuple[str, ...] = ("s1",)) -> list[Starter]:
    """The filters that sign for one domain; opendkim makes one kind of signature only."""
    starters = [paraph(stage, dns, signing_settings(stage, domain, selectors)), noop(stage)]
    if "opendkim" in peers and len(selectors) == 1:
        key = f"Domain {domain}\nSelector {selectors[0]}\nKeyFile {stage.keys[selectors[0]].path}\n"
        starters.append(Starter("opendkim", lambda: [opendkim_part(stage, dns, "s", key)]))
    if "rspamd" in peers:
        listed = " ".join(f'{{ path = "{rspamd_key(stage, selector)}"; selector = "{selector}"; }},' for selector in selectors)
        starters.append(rspamd_signing(stage, dns, f"domain {{ {domain} {{ selectors [ {listed} ] }} }}"))
    return starters
