"""The C++ sources are as clang-format writes them: version 19, of all versions the one that Debian 12 and 13 both have.
Another version would lay out some lines in another way.

Usage: format.py ROOT [--write]     without that version the exit status is 77; --write puts the files right
"""

import re
import shutil
import subprocess
import sys

import sources

SKIPPED = 77
VERSION = "19"
FOLDERS = sources.FOLDERS + ("tests",)
DIFFERS = re.compile(r"^(.+?):\d+:\d+: error: ", re.MULTILINE)


def clang_format():
    """The program of that version, under its own name or as the system's default; None when there is none."""
    for name in (f"clang-format-{VERSION}", "clang-format"):
        path = shutil.which(name)
        if path is None:
            continue
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
        if re.search(rf"\bversion {VERSION}\.", said):
            return path
    return None


def files(root):
    return [str(path) for path in sources.cpp_files(root, FOLDERS)]


def problems(root, program):
    """The files that would change, in order."""
    done = subprocess.run([program, "--dry-run", "--Werror", *files(root)], cwd=root, capture_output=True, text=True,
                          check=False)
    differing = list(dict.fromkeys(DIFFERS.findall(done.stderr)))
    return differing or ([done.stderr.strip()] if done.returncode else [])


def main():
    root, program = sys.argv[1], clang_format()
    if program is None:
        print(f"not run: there is no clang-format of version {VERSION} (package clang-format-{VERSION})")
        return SKIPPED
    if sys.argv[2:] == ["--write"]:
        return subprocess.run([program, "-i", *files(root)], cwd=root, check=False).returncode
    found = problems(root, program)
    print("\n".join(found) or f"all {len(files(root))} files are as clang-format {VERSION} writes them")
    if found:
        print(f"\n{len(found)} files differ; to format them: {sys.executable} {sys.argv[0]} {root} --write")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
