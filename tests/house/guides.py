"""Every block of the guides is played by a test, or it is written down why not.

Usage: guides.py ROOT
"""

import pathlib
import re
import sys

LIST = "tests/e2e/guide_blocks.txt"
TRIALS = {"guides", "sendmail"}


def first_lines(guide, guides_test, page):
    """Of the blocks that e2e.guides does not read by itself."""
    text = page.read_text(encoding="utf-8")
    for block in guide.blocks(text):
        other = guides_test.OTHER.search(block)
        read = [pattern for pattern in (guides_test.SETTING, guides_test.SERVICE) if pattern.search(block) and not other]
        yaml = guides_test.YAML.match(block)
        if not read and not (yaml and yaml[1] in guides_test.SECTIONS):
            yield block.split("\n", 1)[0]


def stated_wrongly(how, tests):
    """Why an entry cannot be right; empty: it can."""
    if how in TRIALS or (how.startswith("none: ") and len(how) > len("none: ")):
        return ""
    if how.startswith("e2e.") and (tests / f"test_{how[4:]}.py").exists():
        return ""
    return f"'{how}' is no trial, no end-to-end test and no reason"


def differences(page, found, entries):
    """Blocks without an entry, and entries without a block; the trials play them in the order of the page."""
    if found != entries:
        for line in sorted(set(found) - set(entries)):
            yield f"{page}: no test has the block that begins with: {line}"
        for line in sorted(set(entries) - set(found)):
            yield f"{page}: the list has a block that is not there: {line}"
        if sorted(found) == sorted(entries):
            yield f"{page}: the list has another order than the page"
        elif set(found) == set(entries):
            yield f"{page}: a block stands there more often, or less often, than in the list"


def main(root):
    sys.path.insert(0, str(root / "tests/e2e"))
    from harness import guide  # noqa: PLC0415 (found by the path above)
    import test_guides  # noqa: PLC0415
    listed = guide.listed(root / LIST)
    pages = {path.name: list(first_lines(guide, test_guides, path)) for path in sorted((root / "docs/guide").glob("*.md"))}
    faults = [f"{page}: {fault}: {first}" for page, first, how in listed if (fault := stated_wrongly(how, root / "tests/e2e"))]
    faults += [f"{page}: there is no such page" for page in {entry[0] for entry in listed} - set(pages)]
    for page, found in pages.items():
        faults += differences(page, found, [first for one, first, _ in listed if one == page])
    count = {name: sum(1 for _, _, how in listed if re.match(name, how)) for name in ("guides", "sendmail", "e2e", "none")}
    print("\n".join(faults) or f"{sum(map(len, pages.values()))} blocks: {count}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve()))
