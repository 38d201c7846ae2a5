"""What the trials in a booted system share: checks that are told one by one, blocks of the guides that are played as root, a name
server, and mail from other addresses. Nothing of it is for a machine that is needed."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

E2E = Path(__file__).resolve().parents[1] / "e2e"
sys.path.insert(0, str(E2E))

from harness import guide  # noqa: E402 (found by the path above)

SLOW = "slow.test"  # whose name server never answers
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8"}


class Failed(Exception):
    """The first check that does not hold ends a trial."""


def told(sentence: str) -> None:
    print(f"ok {sentence}", flush=True)


def check(sentence: str, holds, *facts) -> None:
    if not holds:
        raise Failed("\n".join([sentence, *map(str, facts)]))
    told(sentence)


def run(script: str, succeeds: bool = True, text: str = "") -> str:
    """A script of sh, as root; what it prints."""
    done = subprocess.run(["sh", "-e", "-c", script], env=ENVIRONMENT, input=text, text=True, capture_output=True, timeout=120,
                          check=False, errors="replace", cwd="/srv")
    said = done.stdout + done.stderr
    if succeeds and done.returncode != 0:
        raise Failed(f"exit status {done.returncode} of\n{script}\n{said}")
    return said


def wait_for(what: str, ready, seconds: float = 30):
    until = time.monotonic() + seconds
    while not (found := ready()):
        if time.monotonic() > until:
            raise Failed(f"waited in vain for {what}")
        time.sleep(0.1)
    return found


def await_log(words: str) -> None:
    """Of paraphd."""
    wait_for(f"'{words}' in the log", lambda: words in run("journalctl -u paraphd --no-pager"))
    told(f"the log says {words}")


class Blocks:
    """The blocks that guide_blocks.txt gives to a trial, each of which it has to play."""

    def __init__(self, who: str):
        self._who = who
        self._left = [(page, first) for page, first, how in guide.listed(E2E / "guide_blocks.txt") if how == who]

    def take(self, page: str, first: str) -> str:
        """The block of a page that begins like this, which counts as played."""
        for entry in self._left:
            if entry[0] == page and entry[1].startswith(first):
                self._left.remove(entry)
                return next(text for text in guide.blocks((guide.GUIDES / page).read_text()) if text.startswith(entry[1] + "\n"))
        raise Failed(f"{page}: no block that begins with '{first}' is left for {self._who}")

    def play(self, page: str, first: str, *replacements: tuple[str, str]) -> str:
        """As root in a shell; what a reader has to fill in is filled in."""
        script = self.take(page, first)
        for old, new in replacements:
            if old not in script:
                raise Failed(f"{page}: '{old}' does not stand in\n{script}")
            script = script.replace(old, new)
        said = run(script)
        told(f"{page}: {first}")
        return said

    def write(self, page: str, first: str, file: str, *replacements: tuple[str, str]) -> None:
        """A block that is a file, or the end of one."""
        text = self.take(page, first)
        for old, new in replacements:
            text = text.replace(old, new)
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        append(file, text)
        told(f"{page}: {first} -> {file}")

    def left(self) -> list[tuple[str, str]]:
        return self._left


class NameServer:
    """BIND with some zones of its own, to which records are added while it runs; and a port that takes questions and keeps silent."""

    FOLDER = Path("/var/cache/bind")
    ZONES = ("example", "example.org", "org", "net", "com", "localdomain", "in-addr.arpa")
    ZONE = "$TTL 60\n@ SOA ns.example. root.example. 1 3600 600 86400 1\n@ NS ns.example.\n"
    KEY = "rotator"  # of whoever changes records from outside

    def __init__(self):
        self.tsig_key = run(f"tsig-keygen -a hmac-sha256 {self.KEY}")
        self._silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._silent.bind(("127.0.0.1", 0))
        Path("/etc/resolv.conf").unlink(missing_ok=True)
        Path("/etc/resolv.conf").write_text("nameserver 127.0.0.1\n")
        Path("/etc/bind/named.conf").write_text(self._settings())
        for zone in self.ZONES:
            (self.FOLDER / zone).write_text(self.ZONE + ("ns A 127.0.0.1\n" if zone == "example" else ""))
        run(f"chown -R bind: {self.FOLDER}; systemctl restart named")
        wait_for("the name server", lambda: "ns.example" in run("dig +short +time=1 NS example", succeeds=False))

    def _settings(self) -> str:
        text = f'options {{ directory "{self.FOLDER}"; listen-on {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; recursion yes; dnssec-validation no; }};\n'
        text += self.tsig_key + f'zone "{SLOW}" {{ type forward; forward only; forwarders {{ 127.0.0.1 port {self._silent.getsockname()[1]}; }}; }};\n'
        policy = f"update-policy {{ grant local-ddns zonesub any; grant {self.KEY} zonesub any; }};"
        text += "".join(f'zone "{zone}" {{ type primary; file "{zone}"; {policy if zone == "example.org" else "update-policy local;"} }};\n'
                        for zone in self.ZONES)
        return text

    def add(self, *records: str) -> None:
        """NAME TYPE VALUE each."""
        for record in records:
            name, rest = record.split(" ", 1)
            run("nsupdate -l", text=f"update add {name}. 60 {rest}\nsend\n")

    def add_txt(self, name: str, text: str) -> None:
        """In the place of what is there."""
        pieces = " ".join(f'"{text[at:at + 255]}"' for at in range(0, len(text), 255))
        run("nsupdate -l", text=f"update delete {name}. TXT\nupdate add {name}. 60 TXT {pieces}\nsend\n")


def have_addresses(*addresses: str) -> None:
    """On the loopback interface: clients from elsewhere."""
    for address in addresses:
        run(f"ip address add {address}/32 dev lo")


def main(trial) -> int:
    """Ends with what the system says where a check does not hold."""
    try:
        trial()
    except Exception as failure:  # noqa: BLE001 (whatever it is, the logs are wanted)
        print(f"NOT OK {type(failure).__name__}: {failure}")
        print(run("journalctl --no-pager -n 60", succeeds=False))
        return 1
    return 0


def append(file: str, text: str) -> None:
    with open(file, "a", encoding="utf-8") as handle:
        handle.write(text)


def record_of(printed: str) -> str:
    """The text of a record that `paraph key` prints for a zone file."""
    return "".join(re.findall(r'"([^"]*)"', printed))


os.environ.update(ENVIRONMENT)
