"""Real resolvers between paraphd and the test's name server, as a mail host has them: unbound and dnsmasq."""

import shutil
import socket
from pathlib import Path

from .process import Child, HarnessError, eventually, free_port

UNBOUND = """
server:
  interface: 127.0.0.1@{port}
  access-control: 127.0.0.0/8 allow
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: ""
  use-syslog: no
  num-threads: 1
  module-config: "iterator"
  do-not-query-localhost: no
  qname-minimisation: no
  local-zone: "test." nodefault
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@{upstream}
"""


class Forwarder:
    """Asks `upstream` ("127.0.0.1:PORT") for everything."""

    program = ""

    def __init__(self, folder: Path, upstream: str):
        self._folder, self._upstream = folder, upstream.rpartition(":")[2]
        self._port = free_port()
        self.address = f"127.0.0.1:{self._port}"
        # Both stand in /usr/sbin, which is not in everybody's path.
        found = shutil.which(self.program) or shutil.which(self.program, path="/usr/sbin")
        if found is None:
            raise HarnessError(f"{self.program} is not installed")
        self._child = Child([found, *self.arguments()], folder / f"{self.program}.log")
        try:
            eventually(self.program, self._answers)
        except HarnessError:
            self.stop()
            raise HarnessError(f"{self.program} did not start:\n{self._child.output()}") from None

    def arguments(self) -> list[str]:
        raise NotImplementedError

    def stop(self) -> None:
        self._child.stop()

    def _answers(self) -> bool:
        if not self._child.running():
            raise HarnessError(f"{self.program} ended:\n{self._child.output()}")
        question = b"\x2a\x17\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x05ready\x04test\x00\x00\x01\x00\x01"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(0.5)
            asking.connect(("127.0.0.1", self._port))
            try:
                asking.send(question)
                return asking.recv(512)[:2] == question[:2]
            except OSError:
                return False


class Unbound(Forwarder):
    program = "unbound"

    def arguments(self) -> list[str]:
        file = self._folder / "unbound.conf"
        file.write_text(UNBOUND.format(port=self._port, folder=self._folder, upstream=self._upstream))
        return ["-d", "-p", "-c", str(file)]


class Dnsmasq(Forwarder):
    program = "dnsmasq"

    def arguments(self) -> list[str]:
        return ["--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--pid-file=", "--log-facility=-",
                "--no-resolv", "--no-hosts", f"--server=127.0.0.1#{self._upstream}", f"--port={self._port}",
                "--listen-address=127.0.0.1", "--bind-interfaces"]
