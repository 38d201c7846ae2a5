"""assert() is on in every build that users make: a bug of our own ends the daemon, and the mail server puts its mail off
(docs/architecture.md, Errors). The presets and the packages have build types of their own, some of which turn it off.

Usage: asserts.py ROOT
"""

import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

TYPES = ("RelWithDebInfo", "None")  # of the preset `release`, and of the packages
SWITCH = re.compile(r"-([DU]) ?NDEBUG(=.*)?")


def without_asserts(commands):
    """The files of compile_commands.json for which the last word is that there are no asserts."""
    found = []
    for one in commands:
        words = one.get("arguments") or shlex.split(one["command"])
        switches = [match[1] for match in map(SWITCH.fullmatch, words) if match]
        if switches and switches[-1] == "D":
            found.append(one["file"])
    return found


def commands_of(root, build_type, folder):
    subprocess.run(["cmake", "-S", root, "-B", folder, "-G", "Ninja", f"-DCMAKE_BUILD_TYPE={build_type}", "-DPARAPH_TESTS=OFF"],
                   check=True, stdout=subprocess.DEVNULL)
    return json.loads((pathlib.Path(folder) / "compile_commands.json").read_text())


def main(root):
    failed = False
    for build_type in TYPES:
        with tempfile.TemporaryDirectory() as folder:
            commands = commands_of(root, build_type, folder)
        found = without_asserts(commands)
        for file in found[:5]:
            print(f"{file}: no assert() in a build of the type {build_type}")
        print(f"{build_type}: {len(commands)} files, {len(found)} without assert()")
        failed = failed or bool(found) or not commands
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
