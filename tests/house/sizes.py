"""How long files and functions are. Prints median, 95th percentile and maximum; fails over a hard limit.

Usage: sizes.py ROOT

The limits are far above what the house aims at (files of about 150 lines, functions of less than 10): they stop what has
got out of hand, the printed lines are for whoever wants better.

Tests are measured as well, C++ and Python. There a function or a test case has fewer lines, and tables have none in that
count: what stands between the outermost braces of a value is data. In all it may still not be longer than TEST_LINES.
"""

import ast
import re
import sys

import sources

FILE_LINES = 700
FUNCTION_LINES = 120
TEST_LINES = 100  # of a function or a test case below tests/
TEST_CODE_LINES = 60  # the same without its tables

CONTAINER = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")
NAME = re.compile(r"([\w:~]*operator\W{1,3}|[\w:~]+)\s*\(")


class Scope:
    """An open brace: a container (namespace, class), a function, or any other block."""

    def __init__(self, kind, name, line, parens, start):
        self.kind, self.name, self.line = kind, name, line
        self.parens, self.start = parens, start  # of the text around it, to go on with behind the closing brace
        self.rows = 0  # lines of the tables in it


def kind_of(head, scopes, parens):
    if parens or any(scope.kind != "container" for scope in scopes):
        return "block"
    if "(" in head and not re.search(r"(?<![=!<>])=(?!=)\s*$", head):
        return "function"
    return "container" if CONTAINER.search(head) else "block"


def is_table(head, scopes):
    """Whether a brace opens a value that holds others: `cases[] = {`, `cases[]{`, `cases{`, `f({`, and in no such value yet."""
    inside = [scope.kind for scope in scopes]
    begins = re.search(r"(=|[(,{]|[\w>]|\w\[\w*\])\s*$", head)
    keyword = re.search(r"\b(else|do|try|const|noexcept|mutable|override)\s*$|->\s*[\w:<>]+\s*$", head)
    return bool("function" in inside and "table" not in inside and begins and not keyword and not CONTAINER.search(head))


def functions(text):
    """(name, first line, number of lines, of these in tables) of every function body, from its opening to its closing brace."""
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
            kind = "table" if is_table(head, scopes) else kind_of(head, scopes, parens)
            scopes.append(Scope(kind, name.group(1) if name else "?", line, parens, start))
            parens, start = 0, position + 1
        elif c == "}" and scopes:
            scope = scopes.pop()
            parens = scope.parens
            following = code[position + 1:].lstrip()[:1]
            # A default argument, or a member's initializer with the body still to come: the same head goes on.
            goes_on = parens or (scope.kind == "function" and following in (",", "{"))
            start = scope.start if goes_on else position + 1
            rows = scope.rows if scope.kind != "table" else max(0, line - scope.line - 1)
            if scopes:
                scopes[-1].rows += rows
            if scope.kind == "function" and not goes_on:
                found.append((scope.name, scope.line, line - scope.line + 1, rows))
        elif c == ";" and not parens:
            start = position + 1
    return found


def summary(what, values):
    if not values:
        return f"{what:32} none"
    ordered = sorted(values)
    median, high = ordered[len(ordered) // 2], ordered[min(len(ordered) * 95 // 100, len(ordered) - 1)]
    return f"{what:32} {len(ordered):5} median {median:4}  p95 {high:4}  max {ordered[-1]:4}"


def python_functions(text):
    """The same of Python. A table is a list, tuple, dictionary or set over several lines."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, lines_of(node), python_rows(node)


def python_rows(node):
    if isinstance(node, (ast.List, ast.Tuple, ast.Dict, ast.Set)):
        return max(0, lines_of(node) - 2)
    return sum(python_rows(child) for child in ast.iter_child_nodes(node))


def lines_of(node):
    return node.end_lineno - node.lineno + 1


def too_long(path, length, rows):
    """What is wrong with a function of this length in this file, or nothing."""
    in_tests = path.parts[0] == "tests"
    most = TEST_LINES if in_tests else FUNCTION_LINES
    if length > most:
        return f"has {length} lines, more than {most}"
    if in_tests and length - rows > TEST_CODE_LINES:
        return f"has {length - rows} lines outside of tables, more than {TEST_CODE_LINES}"
    return None


def measured(root):
    """(path, text, its functions) of every file."""
    for path in sources.cpp_files(root, (*sources.FOLDERS, "tests")):
        text = sources.read(root, path)
        yield path, text, functions(text)
    for path in sources.python_files(root, "tests"):
        text = sources.read(root, path)
        yield path, text, list(python_functions(text))


def measure(root):
    """Lines of files and of functions by folder, and what is over a limit."""
    files, bodies, problems = {}, {}, []
    for path, text, found in measured(root):
        lines = len(text.splitlines())
        files.setdefault(path.parts[0], []).append(lines)
        if lines > FILE_LINES:
            problems.append(f"{path}: {lines} lines, more than {FILE_LINES}")
        for name, line, length, rows in found:
            bodies.setdefault(path.parts[0], []).append(length)
            if why := too_long(path, length, rows):
                problems.append(f"{path}:{line}: {name} {why}")
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
