"""What threads of milter/ share is reached with its lock held: clang's thread safety analysis of every file that locks.
A mutex of the standard library says nothing to clang, so milter/threads/mutex.h is the one place that has one.

Usage: locks.py ROOT BUILD      BUILD holds compile_commands.json; without clang the exit status is 77
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

import sources

SKIPPED = 77
CLANG = "clang++"
TAKEN = re.compile(r"^ *const [\w:]*Lock lock\(mutex_\);$", re.MULTILINE)
# Where locks are taken by name: here all are left out once, to see that each is missed.
PROVEN = ("milter/session/driver.cpp", "milter/threads/worker.h")
THE_MUTEX = pathlib.PurePath("milter/threads/mutex.h")
LOCKS = re.compile(r"\b(LockGuarded|Mutex|Lock)\b")
UNCHECKED = re.compile(
    r"\bstd::((recursive_|shared_|timed_|recursive_timed_|shared_timed_)?mutex|lock_guard|unique_lock|scoped_lock"
    r"|shared_lock|condition_variable)\b|\bpthread_(mutex|rwlock)_"
)
OF_THE_SOURCE = re.compile(r"-(I|isystem|D|std=)")


def files_that_lock(root):
    """Those of milter/ that name a lock: headers (which compile alone) and sources."""
    return [path for path in sources.cpp_files(root, ("milter",))
            if LOCKS.search(sources.without_comments_and_strings(sources.read(root, path)))]


def unchecked_locks(root):
    found = []
    for path in sources.cpp_files(root, ("milter",)):
        code = sources.without_comments_and_strings(sources.read(root, path))
        for match in UNCHECKED.finditer(code):
            if path != THE_MUTEX:
                line = code.count("\n", 0, match.start()) + 1
                found.append(f"{path}:{line}: {match.group(0)} is not checked; take Mutex and Lock of {THE_MUTEX}")
    return found


def flags_by_folder(root, build):
    """What the compiler is told about names and the language, for any file of a folder."""
    found = {}
    for entry in json.loads((pathlib.Path(build) / "compile_commands.json").read_text(encoding="utf-8")):
        folder = pathlib.Path(os.path.relpath(entry["file"], root)).parent
        words = iter(shlex.split(entry["command"]))
        flags = found.setdefault(folder, [])
        for word in words:
            if OF_THE_SOURCE.match(word):
                flags += [word, next(words)] if word in ("-I", "-isystem", "-D") else [word]
    return found


def complaints(path, flags, text=None):
    """What the analysis says of a file, or of a text in its place."""
    command = [CLANG, "-fsyntax-only", "-Wthread-safety", "-Werror=thread-safety", "-ferror-limit=0",
               "-fno-caret-diagnostics", *flags, "-x", "c++", str(path) if text is None else "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return [line for line in done.stderr.splitlines() if " error: " in line] or (
        [f"{path}: {done.stderr.strip()}"] if done.returncode else [])


def not_missed(root, path, flags):
    """The locks of a file that could be left out without a complaint about the lines from there to the next one."""
    text = sources.read(root, path)
    taken = [text.count("\n", 0, match.start()) + 1 for match in TAKEN.finditer(text)]
    said = [int(line.split(":")[1]) for line in complaints(path, flags, TAKEN.sub("", text)) if "-Wthread-safety" in line]
    ends = taken[1:] + [text.count("\n") + 1]
    return [f"{path}:{begin}: nobody would miss this lock; is what it guards annotated?"
            for begin, end in zip(taken, ends) if not any(begin < line < end for line in said)]


def problems(root, build, proven=PROVEN):
    flags, paths = flags_by_folder(root, build), files_that_lock(root)
    blind = [line for path in map(pathlib.PurePath, proven) for line in not_missed(root, path, flags[path.parent])]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda path: complaints(pathlib.Path(root) / path, flags[path.parent]), paths))
    return unchecked_locks(root) + blind + [line for lines in found for line in lines], len(paths)


def main():
    root, build = sys.argv[1:3]
    if shutil.which(CLANG) is None:
        print(f"not run: there is no {CLANG} (package clang)")
        return SKIPPED
    found, count = problems(root, build)
    print("\n".join(found) or f"{count} files take every lock that they need")
    return 1 if found or not count else 0


if __name__ == "__main__":
    sys.exit(main())
