#!/usr/bin/env python3
"""Checks that programs were built so that a memory error is hard to exploit:

    hardening.py [--build-type TYPE] [--sanitize NAMES] PROGRAM ...

Position-independent, all relocations read-only before main, stack and data not executable, stack protector, and in
optimised builds the checking variants of string functions. A line for each program; fails if something is missing. Sanitizers
bring checks of their own in place of the last two.
"""

import argparse
import re
import subprocess
import sys


def readelf(program: str, *options: str) -> str:
    return subprocess.run(["readelf", "--wide", *options, program], capture_output=True, text=True, check=True).stdout


def segments(program: str) -> list[tuple[str, str]]:
    """Type and permissions of each segment, for instance ("LOAD", "R E")."""
    found = re.findall(r"^  ([A-Z][A-Z_]+)\s+(?:0x[0-9a-f]+\s+){5}([RWE ]{3})", readelf(program, "--program-headers"),
                       re.MULTILINE)
    if not any(kind == "LOAD" for kind, _ in found):
        raise SystemExit(f"{program}: readelf shows no segments")
    return found


def imported(program: str) -> set[str]:
    """The names of functions from shared libraries, without versions."""
    lines = readelf(program, "--dyn-syms").splitlines()
    return {line.split()[7].partition("@")[0] for line in lines if " UND " in line and len(line.split()) > 7}


def checks(program: str, optimised: bool, sanitized: bool) -> dict[str, bool]:
    header, dynamic = readelf(program, "--file-header"), readelf(program, "--dynamic")
    parts, names = segments(program), imported(program)
    found = {
        "position-independent": "DYN (Position-Independent Executable" in header or
                                (" DYN " in header and "FLAGS_1" in dynamic and "PIE" in dynamic),
        "relocations read-only": any(kind == "GNU_RELRO" for kind, _ in parts),
        "bound at start": bool(re.search(r"\((FLAGS|FLAGS_1|BIND_NOW)\).*(BIND_NOW|NOW)", dynamic)),
        "stack not executable": ("GNU_STACK", "RW ") in parts,
        "nothing writable and executable": not any("W" in flags and "E" in flags for _, flags in parts),
        "no search path for libraries": "RPATH" not in dynamic and "RUNPATH" not in dynamic,
    }
    if not sanitized:
        found["stack protector"] = "__stack_chk_fail" in names
        if optimised:
            found["checked string functions"] = any(name.startswith("__") and name.endswith("_chk") for name in names)
    return found


def branch_protection(program: str) -> str:
    """Intel's CET holds for a program only if all of its libraries have it; some of Debian 12 do not: told, not asked for."""
    notes = readelf(program, "--notes")
    marks = [mark for mark in ("IBT", "SHSTK") if mark in notes]
    return f"branch protection: {' '.join(marks) or 'not marked'}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build-type", default="RelWithDebInfo")
    parser.add_argument("--sanitize", default="")
    parser.add_argument("programs", nargs="+")
    options = parser.parse_args()
    missing = 0
    for program in options.programs:
        found = checks(program, options.build_type != "Debug", bool(options.sanitize))
        told = ", ".join(name if present else f"NOT {name}" for name, present in found.items())
        print(f"{program}: {told}; {branch_protection(program)}")
        missing += sum(not present for present in found.values())
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
