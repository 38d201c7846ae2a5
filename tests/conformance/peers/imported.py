"""What `paraph import` knows of opendkim, opendmarc and policyd-spf, held against Debian's packages of them: every option of
their manual pages is on the page of the guide, the files that the packages bring are taken over whole, and what opendkim signs
is signed with the same domain, selector and form.

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


MESSAGE = "From: {author}\r\nTo: bob@example.net\r\nSubject: hi\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n\r\nHello.\r\n"
COMMON = "Mode sv\nRequireSafeKeys no\nSocket inet:8891@localhost\nOversignHeaders From\n"
TABLES = "KeyTable {d}/KeyTable\nSigningTable {kind}{d}/SigningTable\n"
ONE_KEY = "Selector s1\nKeyFile {d}/k1.pem\n"
KEYS = "one example.org:s1:{d}/k1.pem\ntwo %:s2:{d}/k2.pem\n"
# Of each site the name, opendkim.conf, and the signing table.
SITES = (
    ("patterns", COMMON + "Canonicalization relaxed/simple\n" + TABLES.replace("{kind}", "refile:"),
     "*@example.org one\n*@*.example.com two\n"),
    ("plain rows", COMMON + "Canonicalization simple\n" + TABLES.replace("{kind}", ""), "example.org one\n.example.com two\n"),
    ("one key", COMMON + "Canonicalization relaxed/relaxed\nDomain example.org\n" + ONE_KEY, ""),
    ("subdomains", COMMON + "Canonicalization relaxed/relaxed\nDomain example.com\nSubDomains yes\n" + ONE_KEY, ""),
    ("a file of domains", COMMON + "Canonicalization simple/relaxed\nDomain file:{d}/domains\n" + ONE_KEY, ""),
    ("any domain", COMMON + "Canonicalization relaxed/relaxed\nDomain *\n" + ONE_KEY, ""),
    ("own lists", COMMON + "Canonicalization relaxed/relaxed\nSignHeaders From,Subject\nDomain example.org\n" + ONE_KEY, ""),
)
AUTHORS = ("ann@example.org", "bob@mail.example.com", "eve@example.net")


def tags_of(field):
    """What has to be the same: domain, selector, algorithm, form, and the signed fields in lower case."""
    tags = dict(tag.split("=", 1) for tag in re.sub(r"\s", "", field).split(";") if "=" in tag)
    signed = tags["h"].lower().split(":")
    return {name: tags[name] for name in "dsac"}, set(signed), signed.count("from")


def signed_by_opendkim(config, message):
    ran = subprocess.run(["/usr/sbin/opendkim", "-x", config, "-t", message, "-vv"], capture_output=True, text=True, check=False)
    field = re.search(r"hname='DKIM-Signature' hvalue='(.*?)'\n", ran.stdout, re.DOTALL)
    return field[1] if field else None


def signed_by_paraph(paraph, config, message):
    ran = subprocess.run([paraph, "sign", "-c", config, "--field-only", message], capture_output=True, text=True, check=False)
    return ran.stdout.split(":", 1)[1] if ran.returncode == 0 and ":" in ran.stdout else None


def write_site(folder, config, table):
    for name in ("k1", "k2"):
        subprocess.run(["openssl", "genrsa", "-traditional", "-out", folder / f"{name}.pem", "1024"], capture_output=True, check=True)
    (folder / "KeyTable").write_text(KEYS.replace("{d}", str(folder)))
    (folder / "SigningTable").write_text(table)
    (folder / "domains").write_text("example.org\n")
    (folder / "opendkim.conf").write_text(config.replace("{d}", str(folder)))


def different_signatures(paraph):
    for name, config, table in SITES:
        with tempfile.TemporaryDirectory() as place:
            folder = pathlib.Path(place)
            write_site(folder, config, table)
            subprocess.run([paraph, "import", "--opendkim", folder / "opendkim.conf", "--out", folder / "new"], capture_output=True,
                           check=False)
            for author in AUTHORS:
                message = folder / "message.eml"
                message.write_text(MESSAGE.format(author=author), newline="")
                old = signed_by_opendkim(folder / "opendkim.conf", message)
                new = signed_by_paraph(paraph, folder / "new" / "paraph.yaml", message)
                yield from difference(f"{name}, {author}", old, new)


def difference(what, old, new):
    if (old is None) != (new is None):
        yield f"{what}: opendkim {'signs' if old else 'does not sign'}, paraph {'does' if new else 'does not'}"
    elif old is not None:
        (old_tags, old_fields, old_from), (new_tags, new_fields, new_from) = tags_of(old), tags_of(new)
        if old_tags != new_tags or not old_fields <= new_fields or old_from != new_from:
            yield f"{what}: opendkim {old_tags} {sorted(old_fields)}, paraph {new_tags} {sorted(new_fields)}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--paraph", required=True)
    parser.add_argument("--page", required=True, type=pathlib.Path)
    parser.add_argument("--source", required=True, type=pathlib.Path)
    options = parser.parse_args()
    found = [*missing_options(options.page), *missing_letters(options.source), *refused_files(options.paraph),
             *different_signatures(options.paraph)]
    print("\n".join(found) or "every option of the manual pages has its row")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
