"""The same tables in the servers of Debian's databases and directories, which both ask over the loopback interface. PostgreSQL has
the tables of the guide; MariaDB and OpenLDAP have a column for identities beside, as somebody's own tables have."""

import base64
import contextlib

from harness import databases
from harness.process import free_port

PLACE = "paraph:s3cret@{port}+127.0.0.1/{database}"  # of an address of OpenDBX
COLUMNS = "/table={table}?keycol={key}?datacol={values}"
WITH_IDENTITY = ("CREATE TABLE signing (address VARCHAR(320) NOT NULL, name VARCHAR(100) NOT NULL, identity VARCHAR(320) NOT NULL)",
                 "CREATE TABLE signing_keys (name VARCHAR(100) NOT NULL PRIMARY KEY, d VARCHAR(255) NOT NULL, s VARCHAR(100) NOT NULL, "
                 "private_key TEXT NOT NULL)")


def inserted(table, rows):
    """The statements that insert them."""
    for row in rows:
        values = ", ".join("'" + value.replace("'", "''") + "'" for value in row)
        yield f"INSERT INTO {table} VALUES ({values})"


@contextlib.contextmanager
def running(server):
    server.start()
    try:
        yield
    finally:
        server.stop()


def with_identity(rows):
    """Address, name of a key, and an identity, which may be empty."""
    return [(*row, "")[:3] for row in rows]


@contextlib.contextmanager
def postgresql(folder, key_rows, signing_rows):
    """How we are told the tables, how opendkim is, and what each is told beside."""
    server = databases.Postgresql(folder / "server", free_port())
    with running(server):
        server.sql("SET client_encoding TO 'UTF8'", *databases.SCHEMA, *inserted(databases.KEYS, key_rows),
                   *inserted(databases.SIGNING, [row[:2] for row in signing_rows]))
        place = "dsn:pgsql://" + PLACE.format(port=server.port, database="postgres")
        yield ("postgresql:mail",) * 2, (place + COLUMNS.format(table=databases.KEYS, key="name", values="domain,selector,private_key"),
                                         place + COLUMNS.format(table=databases.SIGNING, key="address", values="key_name")), server.entry(), {}


@contextlib.contextmanager
def mysql(folder, key_rows, signing_rows):
    server = databases.Mariadb(folder / "server", free_port())
    with running(server):
        server.prepare()
        server.sql("SET NAMES utf8mb4", *WITH_IDENTITY, *inserted("signing_keys", key_rows), *inserted("signing", with_identity(signing_rows)))
        place = "dsn:mysql://" + PLACE.format(port=server.port, database="mail")
        entry = {**server.entry(), "signing_query": "SELECT name, identity FROM signing WHERE address = ?",
                 "key_query": "SELECT d, s, private_key FROM signing_keys WHERE name = ?"}
        yield ("mysql:mail",) * 2, (place + COLUMNS.format(table="signing_keys", key="name", values="d,s,private_key"),
                                    place + COLUMNS.format(table="signing", key="address", values="name,identity")), entry, {}


@contextlib.contextmanager
def ldap(folder, key_rows, signing_rows):
    server = databases.Slapd(folder / "server")
    server.load_entries(list(entries(key_rows, signing_rows, server.SUFFIX)))
    with running(server):
        # At its start opendkim asks for all rows, with * for the name: no key may be taken for one.
        entry = {**server.entry(), "signing_query": f"{server.SUFFIX}?description,l?sub?(uid=$d)",
                 "key_query": f"{server.SUFFIX}?host,l,description?sub?(cn=$d)"}
        urls = tuple(f"{entry['connection']}/{entry[query]}" for query in ("key_query", "signing_query"))
        yield ("ldap:mail",) * 2, urls, entry, {"LDAPBindUser": entry["user"], "LDAPBindPassword": "s3cret"}


def entries(key_rows, signing_rows, suffix):
    """LDIF: an entry a row."""
    rows = [{"cn": name, "host": domain, "l": selector, "description": key} for name, domain, selector, key in key_rows]
    rows += [{"uid": address, "description": name, "l": identity} for address, name, identity in with_identity(signing_rows)]
    for number, row in enumerate(rows):
        # In base64, which holds whatever an address or a key may.
        values = "".join(f"{name}:: {base64.b64encode(value.encode()).decode()}\n" for name, value in row.items() if value)
        yield f"dn: documentIdentifier={number},{suffix}\nobjectClass: document\nobjectClass: extensibleObject\ndocumentIdentifier: {number}\n{values}"


STARTED = {"postgresql:": postgresql, "mysql:": mysql, "ldap:": ldap}
