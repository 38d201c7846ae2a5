"""What `paraph import` knows of opendkim, opendmarc and policyd-spf, held against Debian's packages of them: every option of
their manual pages is on the page of the guide, and the files that the packages bring are taken over whole.

Usage: imported.py --paraph PROGRAM --page FILE --source FILE
"""

import argparse
import gzip
import pathlib
import re
import subprocess
import sys
import tempfile

MANUALS = pathlib.Path("/usr/share/man/man5")
COMMANDS = pathlib.Path("/usr/share/man/man8")
SHIPPED = {"opendkim": "/etc/opendkim.conf", "opendmarc": "/etc/opendmarc.conf",
           "policyd-spf": "/etc/postfix-policyd-spf-python/policyd-spf.conf"}
# Letters that run the program once, or in the foreground for a test, and set nothing: -F is the time of a test.
NO_SETTING = {"opendkim": set("eFnQtvVX"), "opendmarc": set("ntvV")}


def manual(folder, name):
    with gzip.open(folder / f"{name}.gz", "rt", encoding="utf-8", errors="replace") as page:
        return page.read()


def options_of(daemon):
    """The names that the manual page has."""
    text = manual(MANUALS, f"{daemon}.conf.5")
    pattern = r"^([A-Za-z_]+) = " if daemon == "policyd-spf" else r"^\.TP *\n\.I ([\w-]+) ?\(?"
    return set(re.findall(pattern, text, re.MULTILINE))


def letters_of(daemon):
    return set(re.findall(r"^\.TP\n\.I \\-(\w)\b", manual(COMMANDS, f"{daemon}.8"), re.MULTILINE))


def sections_of(page):
    """The names of each daemon's table on the page of the guide."""
    found = {}
    for part in re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        heading = part.split("\n", 1)[0]
        found[heading.removesuffix(".conf")] = set(re.findall(r"^\| `([\w-]+)` \|", part, re.MULTILINE))
    return found


def missing_options(page):
    sections = sections_of(page)
    for daemon, least in (("opendkim", 130), ("opendmarc", 40), ("policyd-spf", 20)):
        names = options_of(daemon)
        if len(names) < least:
            yield f"{daemon}.conf(5): only {len(names)} options were found in the manual page"
        yield from (f"{daemon}.conf(5): {name} is not in the table" for name in sorted(names - sections[daemon]))


def missing_letters(source):
    """The command line's letters stand in one list each."""
    text = source.read_text(encoding="utf-8")
    lists = dict(zip(("opendkim", "opendmarc"), re.findall(r"> (?:opendkim|opendmarc)\{(.*?)\};", text, re.DOTALL)))
    for daemon, rows in lists.items():
        known = dict(re.findall(r"\{'(\w)', \w+, \"([\w-]*)\"", rows))
        for letter in sorted(letters_of(daemon)):
            file_letter = letter == ("x" if daemon == "opendkim" else "c")
            if letter not in known:
                yield f"{daemon}(8): -{letter} is not in the list"
            elif not known[letter] and not file_letter and letter not in NO_SETTING[daemon]:
                yield f"{daemon}(8): -{letter} sets something, and the list has no option for it"


def refused_files(paraph):
    with tempfile.TemporaryDirectory() as folder:
        for daemon, path in SHIPPED.items():
            out = pathlib.Path(folder) / daemon
            ran = subprocess.run([paraph, "import", f"--{daemon}", path, "--out", out], capture_output=True, text=True,
                                 check=False)
            if ran.returncode != 0:
                yield f"{path}: exit status {ran.returncode}\n{ran.stdout}{ran.stderr}"
                continue
            checked = subprocess.run([paraph, "check-config", "--quiet", out / "paraph.yaml"], capture_output=True,
                                     text=True, check=False)
            if checked.returncode != 0:
                yield f"{path}: check-config says\n{checked.stdout}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--paraph", required=True)
    parser.add_argument("--page", required=True, type=pathlib.Path)
    parser.add_argument("--source", required=True, type=pathlib.Path)
    options = parser.parse_args()
    found = [*missing_options(options.page), *missing_letters(options.source), *refused_files(options.paraph)]
    print("\n".join(found) or "every option of the manual pages has its row")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
