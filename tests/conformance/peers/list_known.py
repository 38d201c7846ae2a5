#!/usr/bin/python3
"""The known differences of decisions as rows of docs/conformance.md.

    list_known.py               prints them
    list_known.py --check FILE  fails when FILE lacks one, or has one that is no longer known"""
import sys

import known
import signing_known

CLASSES = known.CLASSES + signing_known.CLASSES
PEERS = {kind.peer for kind in CLASSES}


def rows():
    for kind in CLASSES:
        cells = [kind.peer, kind.name, str(kind.count), kind.section, kind.verdict]
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def check(path):
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file]
    missing = [row for row in rows() if row not in lines]
    stale = [line for line in lines if line.count(" | ") == 4 and line.split(" | ")[0].removeprefix("| ") in PEERS and line not in rows()]
    for row in missing:
        print("FAILED: missing in", path + ":", row)
    for row in stale:
        print("FAILED: no longer known, but in", path + ":", row)
    print(f"{len(list(rows()))} known differences, {len(missing)} missing, {len(stale)} stale")
    sys.exit(1 if missing or stale else 0)


if len(sys.argv) == 3 and sys.argv[1] == "--check":
    check(sys.argv[2])
for known_row in rows():
    print(known_row)
