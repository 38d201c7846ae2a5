"""What the checks of this folder share: the sources of a tree, and C++ text without what only looks like code."""

import pathlib
import re

FOLDERS = ("lib", "keys", "config", "milter")
SUFFIXES = (".h", ".cpp")

_NOT_CODE = re.compile(
    r'R"(?P<tag>[^()\\ ]{0,16})\(.*?\)(?P=tag)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'"
    r"|//[^\n]*"
    r"|/\*.*?\*/",
    re.DOTALL,
)


def cpp_files(root, folders=FOLDERS):
    """Paths of the C++ files in those folders, relative to the root, in order."""
    found = []
    for folder in folders:
        for path in (pathlib.Path(root) / folder).rglob("*"):
            if path.suffix in SUFFIXES and path.is_file():
                found.append(path.relative_to(root))
    return sorted(found)


def python_files(root, folder):
    """Paths of the Python files in that folder, by their suffix or by their first line."""
    found = []
    for path in (pathlib.Path(root) / folder).rglob("*"):
        if path.is_file() and "node_modules" not in path.parts and (path.suffix == ".py" or (not path.suffix and _is_script(path))):
            found.append(path.relative_to(root))
    return sorted(found)


def _is_script(path):
    with path.open("rb") as file:
        return re.match(rb"#!.*python", file.readline(200)) is not None


def read(root, path):
    return (pathlib.Path(root) / path).read_text(encoding="utf-8")


def without_comments_and_strings(text):
    """The text with literals and comments blanked out, line breaks kept, so that lines still have their numbers."""

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))

    return _NOT_CODE.sub(blank, text)


def without_comments(text):
    """The text with comments blanked out and literals kept."""

    def blank(match):
        found = match.group(0)
        return re.sub(r"[^\n]", " ", found) if found.startswith(("//", "/*")) else found

    return _NOT_CODE.sub(blank, text)
