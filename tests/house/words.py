"""Words that must not stand anywhere in the tree: notes to oneself, and paths of the machine it was written on.

Usage: words.py ROOT
"""

import os
import pathlib
import sys

# In pieces, so that this file does not find itself.
FORBIDDEN = ["/wo" + "rk/", "/tmp/bash" + "_jobs", "TO" + "DO", "FIX" + "ME"]

SKIPPED_FOLDERS = {".git", "build", "__pycache__"}
LARGEST = 4 * 1024 * 1024


def tree_files(root):
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(name for name in subfolders if name not in SKIPPED_FOLDERS)
        for name in sorted(names):
            path = pathlib.Path(folder) / name
            # In a work tree that git made beside another, .git is a file.
            if name not in SKIPPED_FOLDERS and path.is_file() and not path.is_symlink() and path.stat().st_size <= LARGEST:
                yield path


def problems(root):
    found = []
    for path in tree_files(root):
        shown = path.relative_to(root)
        found += [f"{shown}: the path holds {word!r}" for word in FORBIDDEN if word in f"/{shown.as_posix()}"]
        data = path.read_bytes()
        if b"\0" in data:
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
            found += [f"{shown}:{number}: {word!r}" for word in FORBIDDEN if word in line]
    return found


def main():
    found = problems(sys.argv[1])
    print("\n".join(found) or "no forbidden word")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
