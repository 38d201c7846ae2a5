"""The daemon under test: its configuration file, its process, its log."""

import json
import os
import re
import signal
from pathlib import Path
from typing import Optional

from . import programs
from .process import Child, HarnessError, eventually, free_port


def environment() -> dict[str, str]:
    """The daemon lets nobody look into its memory and starts no process, which is what LeakSanitizer would do at its end:
    leaks of the daemon are for valgrind to find."""
    return {**os.environ, "ASAN_OPTIONS": f"{os.environ.get('ASAN_OPTIONS', '')}:detect_leaks=0".lstrip(":")}


class Paraphd:
    """One paraphd in the foreground. `settings` is the configuration as nested dicts (JSON is YAML); `wrap` is a command
    that sets limits or the like and then turns into the one behind it, as prlimit(1) and env(1) do."""

    def __init__(self, folder: Path, settings: dict, unix: bool = False, wrap: tuple[str, ...] = ()):
        self.folder = folder
        self.wrap = list(wrap)
        self.log_target = "stderr"
        self.config = folder / "paraph.yaml"
        self.settings = settings
        if unix:
            self.socket_path = folder / "run" / "paraphd.sock"
            self.socket_path.parent.mkdir(exist_ok=True)
            self.socket_path.parent.chmod(0o755)
            self.socket = f"unix:{self.socket_path}"
        else:
            self.socket = f"inet:127.0.0.1:{free_port()}"
        self._runs = 0
        self._child: Optional[Child] = None

    def write_config(self, settings: Optional[dict] = None) -> None:
        whole = dict(self.settings if settings is None else settings)
        # The socket's mode lets Postfix's own user in; the directory is private to the test all the same.
        whole["listen"] = {"socket": self.socket, "socket_mode": "0666", **whole.get("listen", {})}
        self.config.write_text(json.dumps(whole, indent=2))
        self.config.chmod(0o644)

    def write_raw_config(self, text: str) -> None:
        self.config.write_text(text)

    def start(self) -> None:
        self.write_config()
        self.launch()
        self.await_ready()

    def await_ready(self) -> None:
        eventually("paraphd to listen", self._ready)

    def launch(self) -> None:
        """Starts it and waits for nothing."""
        self._runs += 1
        command = [*self.wrap, *programs.instrument, programs.paraphd]
        self._child = Child([*command, "--config", str(self.config), "--log", self.log_target],
                            self.folder / f"paraphd.{self._runs}.log", environment())

    def _ready(self) -> bool:
        if not self._child.running():
            raise HarnessError(f"paraphd ended at start:\n{self.log()}")
        return "listening on" in self._child.output()

    @property
    def pid(self) -> int:
        return self._child.pid

    def running(self) -> bool:
        return self._child is not None and self._child.running()

    def stop(self) -> int:
        """SIGTERM; the exit status. A sanitizer's report in the log is an error of the daemon."""
        if self._child is None:
            return 0
        status = self._child.stop()
        report = re.search(r"(AddressSanitizer|runtime error|ThreadSanitizer|LeakSanitizer|Invalid (read|write)|uninitialised|definitely lost).*", self.log())
        self._child = None
        if report:
            raise AssertionError(f"paraphd: {report.group(0)}")
        return status

    def crash(self) -> None:
        """SIGKILL: nothing is cleaned up."""
        self._child.stop(signal.SIGKILL)

    def tell(self, number: int) -> None:
        self._child.tell(number)

    def reload(self) -> None:
        self.tell(signal.SIGUSR1)

    def log(self) -> str:
        return "".join((self.folder / f"paraphd.{run}.log").read_text(errors="replace")
                       for run in range(1, self._runs + 1) if (self.folder / f"paraphd.{run}.log").exists())

    def resident_kilobytes(self) -> int:
        """The most memory the daemon has held so far."""
        return int(re.search(r"VmHWM:\s+(\d+)", self.status()).group(1))

    def status(self) -> str:
        """What the kernel tells of its process."""
        return Path(f"/proc/{self._child.pid}/status").read_text()

    def lines_of(self, queue_id: str) -> list[str]:
        return [line for line in self.log().splitlines() if f"{queue_id}:" in line]

    def line_of(self, queue_id: str) -> str:
        """The log line of one message."""
        return eventually(f"a log line of {queue_id}", lambda: self.lines_of(queue_id))[0]
