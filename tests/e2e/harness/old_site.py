"""A host with an old opendkim.conf, what `paraph import` makes of it, and both programs with the same mail. No file of the machine
itself is read."""

import os
import re
import shutil
import signal
import sys
from pathlib import Path

from . import programs
from .process import Child, HarnessError, eventually, run

sys.path.append(str(Path(__file__).resolve().parents[2] / "support"))
from milter_client import Milter, ProtocolError, parse_address  # noqa: E402

OPENDKIM = "/usr/sbin/opendkim"
# What a mail server says of who sends a message.
CLIENTS = {
    "local": {"client": "127.0.0.1", "helo": "localhost"},
    "inside": {"client": "10.20.3.4", "helo": "desk4.inside.test"},
    "printer": {"client": "192.168.7.5", "helo": "printer.inside.test"},
    "named": {"client": "198.51.100.9", "helo": "web.friends.test"},
    "login": {"client": "198.51.100.7", "macros": {"{auth_type}": "PLAIN", "{auth_authen}": "ann"}},
    "service": {"client": "198.51.100.7", "daemon_name": "ORIGINATING"},
    "stranger": {"client": "198.51.100.7"},
}
# Folders of the machine, and what the programs find there. Old files are in /srv: opendkim wants no folder above its keys that
# everybody may write.
PLACES = {"/var/spool/postfix": "spool", "/run": "run", "/srv": "srv"}
OLD, NEW = "/srv/old", "/srv/new"


def summary(signature: str) -> str:
    """SELECTOR/DOMAIN FORM."""
    tags = dict(tag.split("=", 1) for tag in re.sub(r"\s", "", signature).split(";") if "=" in tag)
    return f"{tags['s']}/{tags['d']} {tags.get('c', 'simple/simple')}"


class Program:
    """A milter that is offered mail."""

    def __init__(self, address: str, child: Child):
        self._address, self._child = address, child
        try:
            eventually("the milter to answer", self._ready)
        except HarnessError as error:
            self.stop()
            raise HarnessError(f"{error}\n{child.output()}") from None

    def _ready(self) -> bool:
        if not self._child.running():
            raise HarnessError("it ended at its start")
        try:
            Milter(parse_address(self._address)).close()
        except (OSError, ProtocolError):
            return False
        return True

    def offer(self, message: bytes, who: str, sender: str):
        with Milter(parse_address(self._address)) as milter:
            events = milter.conversation(message, sender=f"<{sender}>", **CLIENTS[who])
            events[0][2]["{client_resolve}"] = "OK"  # the name leads back to the address
            return milter.play(events)

    def output(self) -> str:
        return self._child.output()

    def stop(self, number: int = signal.SIGTERM) -> None:
        self._child.stop(number)


class OldSite:
    """`text` is opendkim.conf; `files` lie beside it."""

    def __init__(self, folder: Path, text: str, files: dict[str, str], main_cf: str = ""):
        self.folder = folder
        for name in ("", *PLACES.values(), "srv/old", "run/paraph", "spool/paraph"):
            (folder / name).mkdir()
            (folder / name).chmod(0o755)
        self._write("opendkim.conf", text)
        for name, content in files.items():
            self._write(name, content)
        self._postfix = []
        if main_cf:
            self._write("postfix/main.cf", main_cf)
            self._write("postfix/master.cf", "smtp inet n - y - - smtpd\n")
            self._postfix = ["--postfix", f"{OLD}/postfix"]

    def _write(self, name: str, text: str) -> None:
        path = self.folder / "srv/old" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())

    def copy(self, file: Path, name: str) -> None:
        """A key, or a database with keys."""
        path = self.folder / "srv/old" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        shutil.copyfile(file, path)
        path.chmod(0o600)

    def import_it(self):
        """The finished command."""
        return run(self._in_its_places([programs.paraph, "import", "--opendkim", f"{OLD}/opendkim.conf", *self._postfix, "--out",
                                        NEW, "--copy-keys"]), check=False)

    def compare(self, messages: dict[str, bytes]):
        """The finished command. The old program runs as its file says, with keys that are its user's."""
        text = (self.folder / "srv/old/opendkim.conf").read_text()
        user = "opendkim" if re.search(r"^UserID\s+opendkim", text, re.MULTILINE) else "root"
        for path in (self.folder / "srv/old").rglob("*"):
            shutil.chown(path, user, user)
        (self.folder / "srv/mail").mkdir()
        for name, message in messages.items():
            (self.folder / "srv/mail" / name).write_bytes(message)
        # A resolver that refuses at once. Both programs beside each other, as an installed paraph finds its daemon.
        (self.folder / "srv/resolv.conf").write_text("nameserver 127.0.0.1\n")
        mounts = "mount --bind /srv/resolv.conf /etc/resolv.conf && " + "".join(
            f"touch /srv/{Path(name).name} && mount --bind {name} /srv/{Path(name).name} && "
            for name in (programs.paraph, programs.paraphd))
        return run(self._in_its_places(["sh", "-c", f"{mounts}exec \"$@\"", "sh", "/srv/paraph", "import", "--opendkim",
                                        f"{OLD}/opendkim.conf", *self._postfix, "--json", "--compare", "/srv/mail"]), check=False)

    def settings(self) -> str:
        return (self.folder / "srv/new/paraph.yaml").read_text()

    def _in_its_places(self, command: list[str]) -> list[str]:
        """The machine's own folders stay as they are."""
        mounts = "".join(f"mount --bind {self.folder}/{name} {place} && " for place, name in PLACES.items())
        return ["unshare", "--mount", "sh", "-c", f"{mounts}exec \"$@\"", "sh", *command]

    def check_config(self):
        return run(self._in_its_places([programs.paraph, "check-config", "--quiet", f"{NEW}/paraph.yaml"]), check=False)

    def start(self, name_server: str) -> Program:
        """paraphd, as the import has set it; only the name server is the test's own."""
        socket = re.search(r"^ +socket: (.*)", self.settings(), re.MULTILINE)[1].strip('"')
        for place, name in PLACES.items():
            socket = socket.replace(f"unix:{place}/", f"unix:{self.folder}/{name}/")
        command = [programs.paraphd, "--config", f"{NEW}/paraph.yaml", "--log", "stderr", "--settings-from-environment"]
        return Program(as_offered(socket), Child(self._in_its_places(command), self.folder / "paraphd.log",
                                                 {**os.environ, "PARAPH_DNS__NAMESERVERS": f"[\"{name_server}\"]"}))

    def start_old(self) -> Program:
        """opendkim with the same file, at a socket of the test's."""
        address = f"unix:{self.folder}/run/old.sock"
        # With AutoRestart it has a child that outlives it: both end with a name space of their own.
        command = ["unshare", "--pid", "--fork", "--kill-child", OPENDKIM, "-f", "-x", f"{OLD}/opendkim.conf", "-u", "root",
                   "-P", "/run/old.pid", "-p", "local:/run/old.sock"]
        return Program(address, Child(self._in_its_places(command), self.folder / "opendkim.log"))


def as_offered(socket: str) -> str:
    """inet:PORT@HOST as inet:HOST:PORT."""
    found = re.fullmatch(r"inet:(\d+)@\S+", socket)
    return f"inet:127.0.0.1:{found[1]}" if found else socket
