"""How long files and functions are. Prints median, 95th percentile and maximum; fails over a hard limit.

Usage: sizes.py ROOT

The limits are far above what the house aims at (files of about 150 lines, functions of less than 10): they stop what has
got out of hand, the printed lines are for whoever wants better.
"""

import re
import sys

import sources

FILE_LINES = 700
FUNCTION_LINES = 120

CONTAINER = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")
NAME = re.compile(r"([\w:~]*operator\W{1,3}|[\w:~]+)\s*\(")


class Scope:
    """An open brace: a container (namespace, class), a function, or any other block."""

    def __init__(self, kind, name, line, parens, start):
        self.kind, self.name, self.line = kind, name, line
        self.parens, self.start = parens, start  # of the text around it, to go on with behind the closing brace


def kind_of(head, scopes, parens):
    if parens or any(scope.kind != "container" for scope in scopes):
        return "block"
    if "(" in head and not re.search(r"(?<![=!<>])=(?!=)\s*$", head):
        return "function"
    return "container" if CONTAINER.search(head) else "block"


def functions(text):
    """(name, first line, number of lines) of every function body, from its opening to its closing brace."""
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", "", sources.without_comments_and_strings(text), flags=re.MULTILINE)
    found, scopes = [], []
    line, parens, start = 1, 0, 0
    for position, c in enumerate(code):
        if c == "\n":
            line += 1
        elif c in "()":
            parens += 1 if c == "(" else -1
        elif c == "{":
            head = code[start:position]
            name = NAME.search(head)
            scopes.append(Scope(kind_of(head, scopes, parens), name.group(1) if name else "?", line, parens, start))
            parens, start = 0, position + 1
        elif c == "}" and scopes:
            scope = scopes.pop()
            parens = scope.parens
            following = code[position + 1:].lstrip()[:1]
            # A default argument, or a member's initializer with the body still to come: the same head goes on.
            goes_on = parens or (scope.kind == "function" and following in (",", "{"))
            start = scope.start if goes_on else position + 1
            if scope.kind == "function" and not goes_on:
                found.append((scope.name, scope.line, line - scope.line + 1))
        elif c == ";" and not parens:
            start = position + 1
    return found


def summary(what, values):
    if not values:
        return f"{what:32} none"
    ordered = sorted(values)
    median, high = ordered[len(ordered) // 2], ordered[min(len(ordered) * 95 // 100, len(ordered) - 1)]
    return f"{what:32} {len(ordered):5} median {median:4}  p95 {high:4}  max {ordered[-1]:4}"


def measure(root):
    """Lines of files and of functions by folder, and what is over a limit."""
    files, bodies, problems = {}, {}, []
    for path in sources.cpp_files(root):
        text, folder = sources.read(root, path), path.parts[0]
        lines = len(text.splitlines())
        files.setdefault(folder, []).append(lines)
        if lines > FILE_LINES:
            problems.append(f"{path}: {lines} lines, more than {FILE_LINES}")
        for name, line, length in functions(text):
            bodies.setdefault(folder, []).append(length)
            if length > FUNCTION_LINES:
                problems.append(f"{path}:{line}: {name} has {length} lines, more than {FUNCTION_LINES}")
    return files, bodies, problems


def main():
    files, bodies, problems = measure(sys.argv[1])
    for what, by_folder in (("files", files), ("functions", bodies)):
        for folder, values in by_folder.items():
            print(summary(f"{what} in {folder}", values))
        print(summary(f"{what} in all", [value for values in by_folder.values() for value in values]))
    print("\n".join(problems) or "nothing is over a limit")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
