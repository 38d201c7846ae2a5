#!/usr/bin/python3
"""The known disagreements of all differential tests as rows of docs/conformance.md.

    list_known.py               prints them
    list_known.py --check FILE  fails when FILE lacks one, or has one that is no longer known"""
import sys

import authres_known
import dkim_known
import dmarc_known
import from_known
import spf_known

PARTS = {"SPF": spf_known, "DKIM": dkim_known, "DMARC": dmarc_known, "Authentication-Results": authres_known, "From": from_known}


def rows():
    for part, module in PARTS.items():
        for kind in module.CLASSES:
            cells = [part, kind.name, ", ".join(kind.peers), kind.section, kind.verdict]
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def check(path):
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file]
    missing = [row for row in rows() if row not in lines]
    stale = [line for line in lines if line.count(" | ") == 4 and line.split(" | ")[0].removeprefix("| ") in PARTS and line not in rows()]
    for row in missing:
        print("FAILED: missing in", path + ":", row)
    for row in stale:
        print("FAILED: no longer known, but in", path + ":", row)
    print(f"{len(list(rows()))} known disagreements, {len(missing)} missing, {len(stale)} stale")
    sys.exit(1 if missing or stale else 0)


if len(sys.argv) == 3 and sys.argv[1] == "--check":
    check(sys.argv[2])
for known_row in rows():
    print(known_row)
