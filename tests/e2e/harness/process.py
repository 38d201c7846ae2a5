"""Child processes that do not outlive the test."""

import ctypes
import random
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Callable, Optional

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class HarnessError(Exception):
    """The stage could not be set; says nothing about the program under test."""


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A server in the foreground whose output goes to a file."""

    def __init__(self, command: list[str], log: Path, env: Optional[dict] = None):
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output,
                                             stderr=subprocess.STDOUT, env=env, preexec_fn=_die_with_parent)

    @property
    def pid(self) -> int:
        return self._process.pid

    def running(self) -> bool:
        return self._process.poll() is None

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def tell(self, number: int) -> None:
        self._process.send_signal(number)

    def stop(self, number: int = signal.SIGTERM, patience: float = 15) -> int:
        """Ends the process and gives its exit status, negative for a signal."""
        if self.running():
            self._process.send_signal(number)
        try:
            return self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise HarnessError(f"{self._process.args[0]} ignored signal {number}:\n{self.output()}") from None


def eventually(what: str, probe: Callable, patience: float = 20, every: float = 0.02):
    """Calls `probe` until it gives something true, and gives that."""
    end = time.monotonic() + patience
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > end:
            raise HarnessError(f"waited {patience:g} s for {what}")
        time.sleep(every)


_given_ports: set[int] = set()


def free_port() -> int:
    """A loopback port that nothing listens on now, and that was not given to anybody who may not listen yet. Below the range from which the system takes the ports of outgoing
    connections, so that none of these takes it away before the server is there."""
    for _ in range(100):
        port = random.randrange(20_000, 32_000)
        if port in _given_ports:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                _given_ports.add(port)
                return port
            except OSError:
                continue
    raise HarnessError("no free port")


def answers(port: int, host: str = "127.0.0.1") -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def run(command: list[str], data: Optional[bytes] = None, check: bool = True, **more) -> subprocess.CompletedProcess:
    done = subprocess.run(command, input=data, capture_output=True, timeout=60, check=False, **more)
    if check and done.returncode != 0:
        raise HarnessError(f"{' '.join(command)} exited {done.returncode}:\n"
                           f"{done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}")
    return done
