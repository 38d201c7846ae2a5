"""The versions of libraries that paraph was tried with: every library that CMake looks for is in cmake/tried_versions, and this
machine has a version between the oldest and the newest.

Usage: versions.py ROOT
"""

import pathlib
import re
import subprocess
import sys

LIST = "cmake/tried_versions"
# Where the programs and the tests look for libraries.
LOOKED_FOR_IN = ("cmake/dependencies.cmake", "tests/support/CMakeLists.txt")
LOOKED_FOR = re.compile(r"^\s*(?:find_package|pkg_check_modules)\(([\w-]+)", re.MULTILINE)
NO_LIBRARIES = {"PkgConfig", "Threads"}
NOT_LOOKED_FOR = {"GNU", "Clang", "CMake"}
VERSION = re.compile(r"\d+(\.\d+)*")


def numbers(version):
    return tuple(int(number) for number in version.split("."))


def tried(text):
    """name: (oldest, newest, pkg-config's name); None stands for a line that is none."""
    rows = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        words = line.split()
        if len(words) != 4 or not all(VERSION.fullmatch(word) for word in words[1:3]):
            rows[line] = None
        else:
            rows[words[0]] = (numbers(words[1]), numbers(words[2]), words[3])
    return rows


def was_tried(version, oldest, newest):
    """As cmake/tried.cmake has it: only as many numbers count as the list has."""
    counted = numbers(VERSION.match(version).group(0))[: len(newest)]
    return oldest <= counted <= newest


def installed(module):
    """The version that pkg-config tells; None if it knows none."""
    asked = subprocess.run(["pkg-config", "--modversion", module], capture_output=True, text=True, check=False)
    return asked.stdout.strip() if asked.returncode == 0 else None


def problems(root, version_of=installed):
    root = pathlib.Path(root)
    rows = tried((root / LIST).read_text(encoding="utf-8"))
    looked_for = set(NOT_LOOKED_FOR)
    for path in LOOKED_FOR_IN:
        if (root / path).exists():
            looked_for |= set(LOOKED_FOR.findall((root / path).read_text(encoding="utf-8"))) - NO_LIBRARIES
    found = [f"{LIST}: does not have {name}" for name in sorted(looked_for - set(rows))]
    for name, row in rows.items():
        if row is None:
            found.append(f"{LIST}: not a name, two versions and a name: {name}")
        elif name not in looked_for:
            found.append(f"{LIST}: nothing looks for {name}")
        elif row[0] > row[1]:
            found.append(f"{LIST}: the oldest {name} is newer than the newest")
        elif row[2] != "-" and (version := version_of(row[2])) is None:
            found.append(f"{LIST}: pkg-config does not know {row[2]}")
        elif row[2] != "-" and not was_tried(version, row[0], row[1]):
            found.append(f"{LIST}: {name} {version} of this machine is not between the oldest and the newest")
    return found


def main():
    found = problems(sys.argv[1])
    print("\n".join(found) or "every library is one that was tried")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
