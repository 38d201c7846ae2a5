"""Citations of RFCs: each names a section that exists, and all are written alike, as in RFC 7208 4.6.4.

Usage: citations.py ROOT

rfc_sections.txt says which sections an RFC has. A number behind a comma belongs to the RFC before it (RFC 7208 4.6.4, 4.8). In
the tables of docs/conformance.md the column "section" belongs to the RFC of the heading, unless the cell names another.
"""

import pathlib
import re
import sys

from words import tree_files

NUMBER = r"(?:[A-K](?:\.\d{1,2})*|\d{1,2}(?:\.\d{1,2})*)(?![\w-])(?!\.\d)"
NAMED = re.compile(rf"RFC (\d{{3,4}}):? (?:errat|({NUMBER}(?:(?:, | and ){NUMBER})*))")
LONG = re.compile(r"RFC \d{3,4},? +(?:section|appendix|Section|Appendix|§)s?|(?:section|appendix)s? [\dA-K][\d.]* of RFC", re.IGNORECASE)
TAG = re.compile(r"\[rfc(\d{3,4})-([\dA-K][\d.]*)\]")
CELL = re.compile(rf"(?:(?:RFC )?(\d{{4}}) )?({NUMBER})")
HEADING = re.compile(r"^## .*RFC (\d+)")
SUFFIXES = {".h", ".cpp", ".c", ".py", ".md", ".txt", ".cmake", ".sh", ".js", ".pl", ".scenario", ".json", ".service", ".yaml"}


def sections(root):
    known = {}
    for line in (root / "tests/house/rfc_sections.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            number, _, names = line.partition(":")
            known[number] = set(names.split())
    return known


def numbers(text):
    return re.findall(NUMBER, text)


def cited(line):
    """Pairs of RFC and section that a line names."""
    for match in NAMED.finditer(line):
        for section in numbers(match[2] or ""):
            yield match[1], section
    for match in TAG.finditer(line):
        yield match[1], match[2]


def cited_in_table(text):
    """The same for the first column of the tables in docs/conformance.md, with line numbers."""
    rfc, in_table = None, False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("## "):
            heading = HEADING.match(line)
            rfc, in_table = heading[1] if heading else None, False
        elif line.startswith("| section |"):
            in_table = True
        elif in_table and rfc and line.startswith("| ") and not line.startswith("| RFC"):
            owner = rfc
            for other, section in CELL.findall(line.strip("|").split("|")[0]):
                owner = other or owner
                yield number, owner, section


def problems_of_line(line, known):
    if LONG.search(line):
        yield "write a citation as in RFC 7208 4.6.4"
    for rfc, section in cited(line):
        yield from problem(rfc, section, known)


def problem(rfc, section, known):
    if rfc not in known:
        yield f"RFC {rfc} is not in tests/house/rfc_sections.txt"
    elif section not in known[rfc]:
        yield f"RFC {rfc} has no section {section}"


def problems(root):
    root = pathlib.Path(root)
    known = sections(root)
    own = {root / "tests/house" / name for name in ("citations.py", "checks_test.py")}
    found = []
    for path in tree_files(root):
        if path in own or path.suffix not in SUFFIXES:
            continue
        shown = path.relative_to(root)
        text = path.read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            found += [f"{shown}:{number}: {what}" for what in problems_of_line(line, known)]
        if shown.as_posix() == "docs/conformance.md":
            for number, rfc, section in cited_in_table(text):
                found += [f"{shown}:{number}: {what}" for what in problem(rfc, section, known)]
    return found


def main():
    found = problems(sys.argv[1])
    print("\n".join(found) or "every section that is cited exists")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
