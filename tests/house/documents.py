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


def problems(root):
    root = pathlib.Path(root)
    found = []
    for page in sorted((root / "docs").rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        shown = page.relative_to(root)
        if page.name == "conformance.md":
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
