"""The blocks of the guides: what a reader copies into his files and types."""

import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
GUIDES = ROOT / "docs/guide"


def blocks(text: str):
    """Indented blocks of a page, also those of lists, without the indentation; a blank line ends one."""
    for match in re.finditer(r"(?:^ {4}.*\n)+", text, re.MULTILINE):
        yield textwrap.dedent(match[0])
    for match in re.finditer(r"^```.*\n((?:.*\n)*?)```", text, re.MULTILINE):
        yield match[1]


def section(page: str, heading: str) -> str:
    """The text of a guide below a heading, to the next one of its rank."""
    text = (GUIDES / page).read_text(encoding="utf-8")
    marks = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    rest = text[marks.end():]
    end = re.search(rf"^#{{1,{len(marks[1])}}} ", rest, re.MULTILINE)
    return rest[:end.start()] if end else rest


def block(page: str, heading: str, file: str) -> str:
    """The one block of a section whose first line says `# FILE`."""
    found = [text for text in blocks(section(page, heading)) if text.startswith(f"# {file}\n")]
    if len(found) != 1:
        raise LookupError(f"{page}, {heading}: {len(found)} blocks of {file}")
    return found[0]


def listed(file: Path) -> list[tuple[str, str, str]]:
    """Page, first line and who plays it, of each entry of guide_blocks.txt."""
    found, page = [], ""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            page = line[3:]
        elif line and not line.startswith("; "):
            first, _, how = line.rpartition(" -> ")
            found.append((page, first, how))
    return found
