"""Delivered mail: what virtual(8) wrote, as the bytes that were delivered."""

import re
from pathlib import Path

from .process import HarnessError, eventually

# virtual(8) puts these above what it was handed.
DELIVERY_FIELDS = ("return-path", "x-original-to", "delivered-to")


class Delivered:
    """A message as bytes with CRLF line ends, without the fields that delivery added."""

    def __init__(self, stored: bytes):
        whole = stored.replace(b"\n", b"\r\n")
        head, found, self.body = whole.partition(b"\r\n\r\n")
        if not found:
            raise HarnessError("a delivered message without an empty line")
        self.fields = _split_fields(head + b"\r\n")
        while self.fields and self.fields[0][0].lower() in DELIVERY_FIELDS:
            del self.fields[0]
        self.raw = b"".join(raw for _, raw in self.fields) + b"\r\n" + self.body

    def names(self) -> list[str]:
        return [name.lower() for name, _ in self.fields]

    def all(self, name: str) -> list[str]:
        """The unfolded bodies of every field of that name, from the top."""
        return [_body(raw) for found, raw in self.fields if found.lower() == name.lower()]

    def raw_fields(self, name: str) -> list[bytes]:
        return [raw for found, raw in self.fields if found.lower() == name.lower()]

    def queue_id(self) -> str:
        """The id our own smtpd or pickup wrote into its Received field, the topmost one."""
        received = self.all("received")
        found = re.search(r"\bid (\w+)", received[0]) if received else None
        if not found:
            raise HarnessError(f"no queue id in {received}")
        return found.group(1)


def _split_fields(head: bytes) -> list[tuple[str, bytes]]:
    fields: list[tuple[str, bytes]] = []
    for line in head.splitlines(keepends=True):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] = (fields[-1][0], fields[-1][1] + line)
        else:
            fields.append((line.partition(b":")[0].decode(errors="replace").strip(), line))
    return fields


def _body(raw: bytes) -> str:
    return re.sub(r"\r\n(?=[ \t])", "", raw.partition(b":")[2].decode(errors="replace")).strip()


class Mailboxes:
    """The Maildir into which virtual(8) puts everybody's mail; Delivered-To tells whose it is."""

    def __init__(self, base: Path):
        self.base = base
        self._new = base / "all" / "new"
        self._owner: dict[Path, str] = {}

    def _index(self) -> None:
        if not self._new.is_dir():
            return
        for file in sorted(self._new.iterdir()):
            if file not in self._owner:
                found = re.search(rb"^Delivered-To: (.*)$", file.read_bytes()[:4096], re.MULTILINE)
                self._owner[file] = found.group(1).decode() if found else ""

    def files(self, recipient: str) -> list[Path]:
        self._index()
        return [file for file, owner in self._owner.items() if owner == recipient]

    def by_recipient(self) -> dict[str, list[Path]]:
        """Everybody's messages at once: for many recipients."""
        self._index()
        found: dict[str, list[Path]] = {}
        for file, owner in self._owner.items():
            found.setdefault(owner, []).append(file)
        return found

    def wait(self, recipient: str, many: int = 1, patience: float = 30) -> list[Delivered]:
        """The messages of a recipient, once there are so many."""
        files = eventually(f"{many} message(s) for {recipient}",
                           lambda: len(self.files(recipient)) >= many and self.files(recipient), patience)
        return [Delivered(file.read_bytes()) for file in files]

    def read(self, recipient: str, patience: float = 30) -> Delivered:
        """The one message of a recipient."""
        found = self.wait(recipient, 1, patience)
        if len(found) != 1:
            raise HarnessError(f"{len(found)} messages for {recipient}")
        return found[0]
