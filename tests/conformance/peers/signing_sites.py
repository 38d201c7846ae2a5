"""Sites that sign: tables of keys as opendkim's users write them, and the other settings of opendkim and of ours that go with them.

In a table, {keys} is the folder of the keys, and {inline} a key in base64."""

import contextlib
import dataclasses
import sqlite3
import subprocess

from harness import databases

import signing_servers

KEYS = ("one", "two", "example.net/path", "shop.example.net/path", "example.org/path")  # names of their files
KEY_TABLE = """
# name   domain:selector:key
main     example.org:main:{keys}/one.pem
Main     example.org:upper:{keys}/two.pem
news     news.example.org:news:{keys}/two.pem
net      example.net:net:{keys}/two.pem
com      EXAMPLE.com:com:{inline}
any      %:any:{keys}/one.pem
path     %:path:{keys}/%/path.pem
netpath  example.net:netpath:{keys}/%/path.pem
third    esp.example:third:{keys}/two.pem
Selector example.org:Mixed.Case:{keys}/one.pem
gone     example.org:gone:{keys}/gone.pem
org      org:org:{keys}/one.pem
idn      xn--bcher-kva.example:idn:{keys}/one.pem
news.example.org example.org:percent:{keys}/two.pem
"""
# Looked up by user@host, host, user@.parent, .parent, user@*, *.
PLAIN = """
ann@example.org         main
example.org             Main
.example.org            any
bob@.example.org        news:bob@%
deep.news.example.org   main:postmaster@%
bob@example.net         netpath:bob@%
example.net             net:@%
.example.net            path
Example.COM             com
ann@.example.com        com:list@example.com
gone.example            gone
example.com             main
xn--bcher-kva.example   idn:postmaster@%
third.example           third:ann@third.example
org                     org
jörg@example.net        netpath:@%
carol@*                 third
"""
CATCH_ALL = PLAIN + """
bob@*                   any:%
*                       any
"""
PATTERNS = """
ann@example.org         main
*@example.org           Main:@%
*@shop.example.net      path
*@*.example.net         net:@%
b*@example.com          com
*ann@EXAMPLE.com        com:ann@%
*.example.org           any
*@gone.example          gone
*@bücher.example        idn
*@xn--bcher-kva.example idn
*@example.net           net:other@%
carol@*                 third
"""
# More than one row of an address.
TWICE = PLAIN.replace("gone.example            gone\n", "") + """
ann@example.org         news
example.com             Main
"""


def caseless(table):
    """For databases that take main and Main for the same name."""
    return table.replace("Main ", "Other").replace(" Main", " Other")


# The field lists that opendkim has built in.
OPENDKIM_FIELDS = ["from", "reply-to", "subject", "date", "to", "cc", "resent-date", "resent-from", "resent-sender", "resent-to", "resent-cc",
                   "in-reply-to", "references", "list-id", "list-help", "list-unsubscribe", "list-subscribe", "list-post", "list-owner",
                   "list-archive"]
SAME_FIELDS = {"signed_fields": OPENDKIM_FIELDS, "oversigned_if_present": [], "oversigned_fields": []}


@dataclasses.dataclass(frozen=True)
class Site:
    name: str
    signing_table: str  # the rows
    key_table: str = KEY_TABLE
    kind: str = "file:"  # of the signing table; of both, if it is a database
    key_type: str = "rsa"
    theirs: dict = dataclasses.field(default_factory=dict)
    ours: dict = dataclasses.field(default_factory=lambda: SAME_FIELDS)  # of `signing`
    more: dict = dataclasses.field(default_factory=dict)  # beside `signing`


ALL = {"MultipleSignatures": "yes"}
SITES = [
    Site("file", PLAIN),
    Site("path", CATCH_ALL, kind="", theirs={"OversignHeaders": "From", "SignatureTTL": "3600", "Canonicalization": "simple/simple"},
         ours={**SAME_FIELDS, "oversigned_fields": ["from"], "lifetime": "1h", "header_canonicalization": "simple",
               "body_canonicalization": "simple"}),
    Site("file, all", CATCH_ALL.replace("gone.example            gone\n", ""), theirs=ALL, ours={**SAME_FIELDS, "all_matches": True}),
    Site("refile", PATTERNS, kind="refile:",
         theirs={"SignHeaders": "*,+x-own,-list-archive,-Subject", "OmitHeaders": "*,+cc,-comments", "OversignHeaders": "From,X-Own"},
         ours={**SAME_FIELDS, "signed_fields": [*OPENDKIM_FIELDS, "x-own"], "oversigned_fields": ["from", "x-own"],
               "omitted_fields": ["*", "+cc", "-comments", "list-archive", "subject"]}),
    Site("refile, all", PATTERNS + "* any\n", kind="refile:", theirs={**ALL, "SignHeaders": "From,Subject,Comments,Date"},
         ours={**SAME_FIELDS, "all_matches": True, "signed_fields": ["from", "subject", "comments", "date"], "omitted_fields": ["*"]}),
    Site("csl", "ann@example.org=main, example.org=Selector,.example.net=path , Example.net = net,.example.org=%,*=third", kind="csl:"),
    Site("sqlite", PLAIN, kind="sqlite:"),
    Site("db", PLAIN, kind="db:"),
    Site("postgresql", PLAIN, kind="postgresql:"),
    Site("postgresql, all", TWICE, kind="postgresql:", theirs=ALL, ours={**SAME_FIELDS, "all_matches": True}),
    Site("mysql", caseless(PLAIN), caseless(KEY_TABLE), kind="mysql:"),
    Site("ldap", caseless(CATCH_ALL), caseless(KEY_TABLE), kind="ldap:"),
    Site("ed25519", PLAIN, key_type="ed25519", theirs={"SignatureAlgorithm": "ed25519-sha256"}),
    Site("sender", CATCH_ALL, theirs={"SenderHeaders": "Sender,From"}, more={"key_fields": [{"daemons": ["smtpd"], "fields": ["Sender", "From"]}]}),
    Site("resent", PLAIN, theirs={"SenderHeaders": "Resent-From,From"},
         more={"key_fields": [{"daemons": ["smtpd"], "fields": ["Resent-From", "From"]}]}),
]


# Of OpenDBX, which puts the two parts of the file's name together, and reads it from opendkim's BaseDirectory.
DSN = "dsn:sqlite3://tables/.sqlite/table={table}?keycol={key}?datacol={values}"


def make_keys(folder, key_type):
    how = {"rsa": ["genrsa", "-traditional", "-out", "{}", "1024"], "ed25519": ["genpkey", "-algorithm", "ed25519", "-out", "{}"]}
    for name in KEYS:
        path = folder / f"{name}.pem"
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["openssl", *(word.format(path) for word in how[key_type])], capture_output=True, check=True)


def inline(path):
    """A key file's base64 on one line."""
    return "".join(path.read_text().split("\n")[1:-2])


@contextlib.contextmanager
def tables(site, folder, keys):
    """The key table and the signing table as we are told them, and as opendkim is, and what belongs to them: the entry below
    `sources`, and other settings of opendkim."""
    key_table = site.key_table.format(keys=keys, inline=inline(keys / "two.pem"))
    if site.kind in signing_servers.STARTED:
        start = signing_servers.STARTED[site.kind]
        with start(folder, with_pem(rows(key_table), keys / "two.pem"), in_lower_case(rows(site.signing_table))) as told:
            yield told
    else:
        yield *write_tables(site, folder, keys, key_table), {}, {}


def write_tables(site, folder, keys, key_table):
    """In files."""
    if site.kind == "sqlite:":
        return write_database(folder, with_pem(rows(key_table), keys / "two.pem"), in_lower_case(rows(site.signing_table)))
    if site.kind == "db:":
        told = write_berkeley(folder / "keys.db", rows(key_table)), write_berkeley(folder / "signing.db", rows(site.signing_table))
        return told, told
    (folder / "KeyTable").write_text(key_table)
    (folder / "SigningTable").write_text(site.signing_table)
    told = (f"file:{folder}/KeyTable", f"csl:{site.signing_table}" if site.kind == "csl:" else f"{site.kind}{folder}/SigningTable")
    return told, told


def rows(text):
    """Name and values of each row of a table."""
    words = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return [(name, *value.split(":")) for name, value in words]


def with_pem(key_rows, path):
    """The same rows, with a key that is no file as PEM, lines and all."""
    return [row if row[-1].startswith("/") else (*row[:-1], path.read_text()) for row in key_rows]


def in_lower_case(named_rows):
    """Addresses as we look them up."""
    return [(name.lower(), *values) for name, *values in named_rows]


def write_berkeley(path, named_rows):
    """A table of Berkeley DB, as we are told it."""
    text = "".join(f"{name}\n{':'.join(values)}\n" for name, *values in named_rows)
    subprocess.run(["db5.3_load", "-T", "-t", "hash", str(path)], input=text.encode(), capture_output=True, check=True)
    return f"db:{path}"


def write_database(folder, key_rows, signing_rows):
    """The tables of the guide, in SQLite."""
    with sqlite3.connect(folder / "tables.sqlite") as database:
        database.executescript(";".join(databases.SCHEMA))
        database.executemany("INSERT INTO dkim_keys VALUES (?, ?, ?, ?)", key_rows)
        database.executemany("INSERT INTO dkim_signing VALUES (?, ?)", [row[:2] for row in signing_rows])
    database.close()
    theirs = (DSN.format(table="dkim_keys", key="name", values="domain,selector,private_key"),
              DSN.format(table="dkim_signing", key="address", values="key_name"))
    return (f"sqlite:{folder}/tables.sqlite",) * 2, theirs
