"""The page on conformance and the guides name files and headings: all of them must exist.

Usage: documents.py ROOT
"""

import pathlib
import re
import sys

SOURCE = re.compile(r"`((?:lib|milter|keys|config|tests)/[\w./-]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


def exists(root, name):
    """A file, or a pair of .h and .cpp named without a suffix."""
    return (root / name).exists() or ((root / f"{name}.h").exists() and (root / f"{name}.cpp").exists())


def anchor(heading):
    """As the usual renderers make it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def broken_link(page, target):
    path, _, fragment = target.partition("#")
    other = page.parent / path if path else page
    if not other.exists():
        return True
    return bool(fragment) and fragment not in {anchor(h) for h in HEADING.findall(other.read_text(encoding="utf-8"))}


TEST = re.compile(r"(scenario|unit|hostile|conformance|fuzz|faults)(?:/([\w./*-]+))?|([a-z0-9][\w*-]*)")
FOLDERS = {"scenario": "scenario/cases"}


def split_tests(cell):
    """What stands in a cell of tests, as patterns below tests/: a name without a folder has that of the one before."""
    folder = None
    for word in re.sub(r"\([^)]*\)", "", cell).split(","):
        match = TEST.fullmatch(word.strip())
        if not match:
            continue  # prose, or a file in backticks
        if match[1] and match[2]:
            folder = "/".join([FOLDERS.get(match[1], match[1]), *match[2].split("/")[:-1]])
            yield f"{folder}/{match[2].split('/')[-1]}"
        elif folder and match[3]:
            yield f"{folder}/{match[3]}"


def missing_tests(root, text):
    """Rows of the tables on security whose last cell names a test that is not there."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or len(cells) < 3:
            continue
        for pattern in split_tests(cells[-1]):
            if not any((root / "tests").glob(pattern.rstrip("*") + "*")):
                yield pattern


def problems(root):
    root = pathlib.Path(root)
    found = []
    for page in sorted((root / "docs").rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        shown = page.relative_to(root)
        if page.name == "security.md":
            found += [f"{shown}: there is no test {name}" for name in missing_tests(root, text)]
        if page.name in ("conformance.md", "security.md"):
            found += [f"{shown}: there is no {name}" for name in SOURCE.findall(text) if not exists(root, name)]
        found += [
            f"{shown}: {target} leads nowhere"
            for target in LINK.findall(text)
            if "://" not in target and broken_link(page, target)
        ]
    return found


def main():
    found = problems(sys.argv[1])
    print("\n".join(found) or "every file and heading is there")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
