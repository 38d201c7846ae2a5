"""A translated page says as much as its original: the same headings (how many, of which rank, in which order), the same code, and
tables and lists of the same shape. What the words say only people can compare.

Usage: translations.py ROOT

docs/fr/NAME.md is the translation of docs/guide/NAME.md. Code is the same to the letter, its comments too: a reader copies it.
"""

import itertools
import pathlib
import re
import sys

LANGUAGES = ("fr",)
FENCE = "```"
ITEM = re.compile(r"(\s*)(?:[-*]|\d+\.) ")


def parts(text):
    """What a page is made of, in order, as (kind, what must be the same)."""
    in_fence, in_list = False, False
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        if line.startswith(FENCE):
            in_fence = not in_fence
        elif in_fence or indent >= (6 if in_list else 4):
            yield "code", line.rstrip()
        elif line.startswith("#"):
            yield "heading", line.partition(" ")[0]
        elif line.startswith("|"):
            yield "row", f"{len(line.strip().strip('|').split('|'))} cells"
        elif ITEM.match(line):
            yield "item", ITEM.match(line)[1]
        if line.strip() and not in_fence:
            in_list = bool(ITEM.match(line)) or (in_list and indent > 0)


def differences(original, translation):
    """The first difference of each kind, in words."""
    one, other = list(parts(original)), list(parts(translation))
    for kind in ("heading", "code", "row", "item"):
        pairs = itertools.zip_longest(*([what for found, what in page if found == kind] for page in (one, other)))
        for number, (wanted, found) in enumerate(pairs, 1):
            if wanted != found:
                yield f"{kind} {number} is {found!r}, and {wanted!r} in the original"
                break
    if not any(True for _ in one):
        yield "the original is empty"


def problems(root):
    root = pathlib.Path(root)
    found = []
    for page in [page for language in LANGUAGES for page in sorted((root / "docs" / language).rglob("*.md"))]:
        original = root / "docs/guide" / page.name
        shown = page.relative_to(root)
        if not original.exists():
            found.append(f"{shown}: there is no docs/guide/{page.name}")
            continue
        texts = [file.read_text(encoding="utf-8") for file in (original, page)]
        found += [f"{shown}: {difference}" for difference in differences(*texts)]
        if f"(../guide/{page.name})" not in texts[1]:
            found.append(f"{shown}: does not name its original")
    return found


def main():
    found = problems(sys.argv[1])
    print("\n".join(found) or "every translation has the shape of its original")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
