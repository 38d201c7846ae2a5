"""The name server: a zone in a text file, served by paraph_test_dns on loopback."""

import re
from pathlib import Path

from . import programs
from .process import Child, HarnessError, eventually

LONGEST_STRING = 255


def txt(name: str, text: str, ttl: int = 300) -> str:
    """A TXT line of the zone file, split into strings of the length DNS allows."""
    pieces = [text[at:at + LONGEST_STRING] for at in range(0, len(text), LONGEST_STRING)] or [""]
    quoted = " ".join('"' + piece.replace("\\", "\\\\").replace('"', '\\"') + '"' for piece in pieces)
    return f"{name} {ttl} TXT {quoted}"


class Zone:
    """Lines of the zone file, and the same TXT records for verifiers that are not ours."""

    def __init__(self, lines: tuple[str, ...] = ()):
        self.lines = list(lines)
        self._texts: dict[str, str] = {}

    def add(self, *lines: str) -> None:
        self.lines.extend(lines)

    def add_txt(self, name: str, text: str) -> None:
        self._texts[name.rstrip(".").lower()] = text
        self.lines.append(txt(name, text))

    def dnsfunc(self, name, timeout: float = 5):  # noqa: ARG002 (dkimpy passes it)
        """What dkimpy calls to fetch a key record."""
        text = name.decode() if isinstance(name, bytes) else name
        found = self._texts.get(text.rstrip(".").lower())
        return None if found is None else found.encode()


class NameServer:
    """`name` tells the files of several in one folder apart; `more` are further arguments of the program."""

    def __init__(self, folder: Path, zone: Zone, lifetime: int, name: str = "dns", more: tuple[str, ...] = ()):
        self._zone_file = folder / f"{name}.zone"
        self._zone_file.write_text("\n".join(zone.lines) + "\n")
        self._child = Child([programs.test_dns, "--lifetime", str(lifetime), *more, str(self._zone_file)],
                            folder / f"{name}.log")
        try:
            self.address = eventually("the name server", self._address)
        except HarnessError:
            self.stop()
            raise HarnessError(f"paraph_test_dns did not start:\n{self._child.output()}") from None

    def _address(self) -> str:
        found = re.search(r"listening (\S+:\d+)", self._child.output())
        if not found and not self._child.running():
            raise HarnessError(f"paraph_test_dns ended:\n{self._child.output()}")
        return found.group(1) if found else ""

    def tell(self, number: int) -> None:
        self._child.tell(number)

    def stop(self) -> None:
        self._child.stop()
