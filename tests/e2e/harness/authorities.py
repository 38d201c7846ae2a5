"""Real authoritative name servers, Knot DNS and NSD, on loopback addresses of their own, and an unbound that asks them.

The tool finds them by NS records, which name no port: so it is 53, on addresses that nothing else listens on.
"""

import os
import shutil
import socket
from dataclasses import dataclass, field
from pathlib import Path

from .forwarders import UNBOUND, Forwarder
from .process import Child, HarnessError, eventually

KNOT = """
server:
    rundir: "{folder}"
    pidfile: "{folder}/knotd.pid"
    listen: [ {listen} ]
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: info
database:
    storage: "{folder}"
control:
    listen: "{folder}/knot.sock"
acl:
  - id: here
    address: 127.0.0.0/8
    action: update
template:
  - id: default
    acl: here
    storage: "{folder}"
    journal-content: changes
    zonefile-sync: -1
    zonefile-load: whole
    semantic-checks: soft
zone:
"""

NSD = """
server:
  server-count: 1
  username: ""
  zonesdir: "{folder}"
  pidfile: "{folder}/nsd.pid"
  xfrdfile: "{folder}/xfrd.state"
  xfrdir: "{folder}"
  zonelistfile: "{folder}/zone.list"
  verbosity: 1
  rrl-ratelimit: 0
remote-control:
  control-enable: no
"""


@dataclass
class AuthorityZone:
    """One copy of a zone, as one server holds it."""

    name: str
    servers: list[tuple[str, str]]  # host names without the zone, and their addresses
    records: list[str] = field(default_factory=list)
    serial: int = 10

    def text(self) -> str:
        lines = [f"$ORIGIN {self.name}.", "$TTL 300", f"@ SOA ns1 hostmaster {self.serial} 3600 600 86400 120"]
        for host, address in self.servers:
            kind = "AAAA" if ":" in address else "A"
            lines += [f"@ NS {host}", f"{host} {kind} {address}"]
        return "\n".join(lines + self.records) + "\n"


class Authority:
    """A server that holds `zones`. It is started anew to load other ones."""

    program = ""

    def __init__(self, folder: Path, addresses: list[str]):
        self.folder, self.addresses = folder / f"{self.program}-{addresses[0]}", addresses
        self.folder.mkdir()
        found = shutil.which(self.program) or shutil.which(self.program, path="/usr/sbin")
        if found is None:
            raise HarnessError(f"{self.program} is not installed")
        self._program = found
        self._child = None

    def serve(self, zones: list[AuthorityZone]) -> None:
        self.stop()
        for zone in zones:
            (self.folder / f"{zone.name}.zone").write_text(zone.text())
        self._child = Child(self.command(zones), self.folder / "log")
        eventually(f"{self.program} at {self.addresses[0]}", lambda: self._answers(zones[0].name))

    def command(self, zones: list[AuthorityZone]) -> list[str]:
        raise NotImplementedError

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()
            self._child = None

    def _answers(self, zone: str) -> bool:
        if not self._child.running():
            raise HarnessError(f"{self.program} ended:\n{self._child.output()}")
        return b"\x84\x00" in soa(self.addresses[0], zone)[2:4]


class Knot(Authority):
    program = "knotd"
    tsig = None  # the name and the secret of a key without which updates are refused
    tsig_algorithm = "hmac-sha256"

    def command(self, zones: list[AuthorityZone]) -> list[str]:
        listen = ", ".join(f"{address}@53" for address in self.addresses)
        file = self.folder / "knot.conf"
        text = KNOT.format(folder=self.folder, listen=listen)
        if self.tsig is not None:
            name, secret = self.tsig
            text = text.replace("acl:\n", f"key:\n  - id: {name}\n    algorithm: {self.tsig_algorithm}\n    secret: {secret}\nacl:\n")
            text = text.replace("    action: update\n", f"    action: update\n    key: {name}\n")
        file.write_text(text +
                        "".join(f"  - domain: {zone.name}\n    file: {zone.name}.zone\n" for zone in zones))
        return [self._program, "-c", str(file)]


class Nsd(Authority):
    program = "nsd"

    def command(self, zones: list[AuthorityZone]) -> list[str]:
        file = self.folder / "nsd.conf"
        text = NSD.format(folder=self.folder)
        text = text.replace("server:\n", "server:\n" + "".join(f"  ip-address: {one}\n" for one in self.addresses), 1)
        file.write_text(text + "".join(f"zone:\n  name: {zone.name}\n  zonefile: {zone.name}.zone\n" for zone in zones))
        return [self._program, "-d", "-c", str(file)]


class AskingUnbound(Forwarder):
    """Looks the zones up at the servers themselves, as a resolver does."""

    program = "unbound"

    def __init__(self, folder: Path, zones: dict[str, str]):
        self._zones = zones
        super().__init__(folder, "127.0.0.1:1")

    def arguments(self) -> list[str]:
        file = self._folder / "unbound.conf"
        # For all other names the closed port upstream: the servers of the root must not be asked, and be waited for.
        own = UNBOUND.format(port=self._port, folder=self._folder, upstream=self._upstream)
        file.write_text(own + "".join(
            f'stub-zone:\n  name: "{zone}"\n  stub-addr: {address}\n' for zone, address in self._zones.items()))
        return ["-d", "-p", "-c", str(file)]


def soa(address: str, zone: str) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in zone.split("."))
    question = os.urandom(2) + b"\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00" + labels + b"\x00\x00\x06\x00\x01"
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.5)
        try:
            asking.connect((address, 53))
            asking.send(question)
            return asking.recv(512)
        except OSError:
            return b""


def own_addresses(count: int) -> list[str]:
    """On the loopback network, of this process: modules run side by side, and all of these servers want port 53."""
    process = os.getpid() % (64 * 256)
    return [f"127.{128 + process // 256}.{process % 256}.{last}" for last in range(1, count + 1)]


def can_listen(address: str) -> bool:
    """Whether a name server could take the address: this machine has it, and nobody listens there."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 53))
            return True
        except OSError:
            return False
