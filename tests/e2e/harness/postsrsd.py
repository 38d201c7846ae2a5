"""postsrsd from Debian, which rewrites MAIL FROM for Postfix, and recipients back: version 1 by TCP tables, version 2 by a
socketmap or as a milter."""

import functools
import unittest
from pathlib import Path

from . import programs
from .process import Child, answers, eventually, free_port, run

INSTALLED = "/usr/sbin/postsrsd"


def _is_version_1(program: str) -> bool:
    return b"-f<port>" in run([program, "-h"], check=False).stdout


@functools.cache
def _unpacked() -> list[str]:
    """packaging/unpack-postsrsd.sh: runs with the C library that came with it."""
    root = Path(programs.postsrsd or "/nowhere")
    loaders = sorted(root.glob("usr/lib/*/ld-linux*.so.*"))
    return [str(loaders[0]), "--library-path", str(loaders[0].parent), str(root / "usr/sbin/postsrsd")] if loaders else []


@functools.cache
def _command(wiring: str) -> list[str]:
    """The program that can be wired so; where none is on this machine, the tests are skipped."""
    if _is_version_1(INSTALLED) == (wiring == "tcp"):
        return [INSTALLED]
    if wiring == "tcp" or not _unpacked():
        missing = "version 1 is not installed" if wiring == "tcp" else f"packaging/unpack-postsrsd.sh {programs.postsrsd}"
        raise unittest.SkipTest(f"postsrsd by {wiring}: {missing}")
    return _unpacked()


class PostSrsd:
    """Wired by "tcp", "socketmap" or "milter". `tables` are what main.cf needs, `milter` is an address for smtpd_milters: one
    of them is empty."""

    def __init__(self, folder: Path, domain: str, wiring: str):
        command = _command(wiring)
        self._secret = folder / "postsrsd.secret"
        self._secret.write_text("not much of a secret\n")
        self._ports = [free_port(), free_port()]
        self.milter = f"inet:127.0.0.1:{self._ports[1]}" if wiring == "milter" else ""
        self.tables = {} if self.milter else self._tables(wiring)
        options = self._options(domain) if wiring == "tcp" else ["-C", str(self._write_config(folder, domain))]
        self._child = Child([*command, *options], folder / "postsrsd.log")
        eventually("postsrsd to listen", lambda: all(answers(port) for port in self._ports))

    def _tables(self, wiring: str) -> dict[str, str]:
        forward, back = [f"{wiring}:127.0.0.1:{port}" for port in self._ports]
        if wiring == "socketmap":
            forward, back = [f"socketmap:inet:127.0.0.1:{self._ports[0]}:{name}" for name in ("forward", "reverse")]
        return {"sender_canonical_maps": forward, "sender_canonical_classes": "envelope_sender",
                "recipient_canonical_maps": back, "recipient_canonical_classes": "envelope_recipient"}

    def _options(self, domain: str) -> list[str]:
        forward, back = self._ports
        return [f"-s{self._secret}", f"-d{domain}", f"-f{forward}", f"-r{back}", "-l127.0.0.1", "-4"]

    def _write_config(self, folder: Path, domain: str) -> Path:
        config = folder / "postsrsd.conf"
        socketmap, milter = self._ports
        config.write_text(f'domains = {{ "{domain}" }}\nsocketmap = "inet:127.0.0.1:{socketmap}"\n'
                          f'milter = "inet:127.0.0.1:{milter}"\nsecrets-file = "{self._secret}"\n'
                          'unprivileged-user = ""\nchroot-dir = ""\n')
        return config

    def stop(self) -> None:
        self._child.stop()
