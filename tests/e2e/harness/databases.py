"""Database servers of Debian, each in a directory of its own, on a unix socket or the loopback interface."""

import os
import pwd
import re
import signal
import sqlite3
import unittest
from pathlib import Path

from .process import Child, answers, eventually, free_port, run

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guide" / "tables.md"
# As the guide tells it.
SCHEMA = tuple(re.findall(r"^ {4}(CREATE [^;]+);", GUIDE.read_text(), re.MULTILINE))
SIGNING, KEYS = "dkim_signing", "dkim_keys"


TOO_MANY, TOO_LARGE = 101, 300_000


class Rows:
    """Rows of both tables, as SQL and as the values of table files. What many.test has is more than anybody takes."""

    def __init__(self, signing: dict[str, str], keys: dict[str, tuple[str, str, str]]):
        self.signing, self.keys = signing, keys

    def sql(self) -> list[str]:
        quote = "'{}'".format
        signing = [*self.signing.items(), *[("many.test", "first")] * TOO_MANY]
        return [f"INSERT INTO {SIGNING} VALUES ({', '.join(map(quote, row))})" for row in signing] + [
            f"INSERT INTO {KEYS} VALUES ({', '.join(map(quote, (name, *row)))})" for name, row in self.keys.items()]

    def values(self) -> tuple[dict[str, str], dict[str, str]]:
        return {**self.signing, "many.test": "x" * TOO_LARGE}, {name: ":".join(row) for name, row in self.keys.items()}


class Lists:
    """Who may write what, by login and network, and domains."""

    def __init__(self, senders: dict[str, list[str]], domains: list[str]):
        self.senders, self.domains = senders, domains

    def sql(self) -> list[str]:
        quote = "'{}'".format
        rows = [(login, value) for login, values in self.senders.items() for value in values]
        return [f"INSERT INTO dkim_senders VALUES ({', '.join(map(quote, row))})" for row in rows] + [
            f"INSERT INTO dkim_domains VALUES ({quote(domain)})" for domain in self.domains]

    def values(self) -> tuple[dict[str, str], dict[str, str]]:
        return {login: ", ".join(values) for login, values in self.senders.items()}, dict.fromkeys(self.domains, "OK")


def write_sqlite(path: Path, rows: Rows | Lists) -> None:
    """In one step, as a program that replaces the file."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with sqlite3.connect(new) as database:
        for statement in (*SCHEMA, *rows.sql()):
            database.execute(statement)
    database.close()
    new.chmod(0o600)
    new.rename(path)


def _dump(values: dict[str, str]) -> bytes:
    return "".join(f" {key}\n {value}\n".replace("\\", "\\\\") for key, value in values.items()).encode()


def write_lmdb(path: Path, values: dict[str, str], room: int = 1 << 20) -> None:
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    head = b"VERSION=3\nformat=print\ntype=btree\nmapsize=%d\nmaxreaders=126\ndb_pagesize=4096\nHEADER=END\n" % room
    run(["mdb_load", "-n", str(new)], head + _dump(values) + b"DATA=END\n")
    new.chmod(0o600)
    new.rename(path)


def write_berkeley(path: Path, values: dict[str, str], kind: str = "hash") -> None:
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    run(["db5.3_load", "-T", "-t", kind, str(new)], "".join(f"{k}\n{v}\n" for k, v in values.items()).encode())
    new.chmod(0o600)
    new.rename(path)


class Server:
    """Started and stopped as often as wanted; the data stays."""

    END = signal.SIGTERM

    def __init__(self, folder: Path):
        self.folder = folder
        self.folder.mkdir()
        self.folder.chmod(0o755)
        self.child = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def ready(self) -> bool:
        raise NotImplementedError

    def start(self) -> None:
        self.child = Child(self.command(), self.folder / "server.log")
        eventually(f"{type(self).__name__} to answer", lambda: self._check() and self.ready(), patience=60, every=0.1)

    def _check(self) -> bool:
        if not self.child.running():
            raise AssertionError(self.child.output())
        return True

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop(self.END, patience=30)
            self.child = None

    def tell(self, number: int) -> None:
        """To all of its processes."""
        children = Path(f"/proc/{self.child.pid}/task/{self.child.pid}/children").read_text().split()
        for pid in (self.child.pid, *map(int, children)):
            os.kill(pid, number)


class Postgresql(Server):
    USER = "postgres"
    END = signal.SIGINT  # with the other one it waits for its clients

    def __init__(self, folder: Path, port: int = 0):
        """With a port it listens on the loopback interface as well."""
        super().__init__(folder)
        self.port = port or 5432
        self.listen = ["-c", f"listen_addresses={'127.0.0.1' if port else ''}", "-p", str(self.port)]
        self.place = f"host={folder} port={self.port} dbname=postgres"
        self.programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        user = pwd.getpwnam(self.USER)
        os.chown(folder, user.pw_uid, user.pw_gid)
        self.data = folder / "data"
        (folder / "password").write_text("s3cret\n")
        (folder / "password").chmod(0o644)
        self._as_user([self.programs / "initdb", "-A", "scram-sha-256", "-U", "paraph", "--pwfile", folder / "password",
                       "-E", "LATIN1", "--locale=C", "-D", self.data])
        (folder / "password").chmod(0o600)

    def _as_user(self, command: list) -> None:
        run(["setpriv", f"--reuid={self.USER}", f"--regid={self.USER}", "--clear-groups", *map(str, command)])

    def command(self) -> list[str]:
        return ["setpriv", f"--reuid={self.USER}", f"--regid={self.USER}", "--clear-groups", "--pdeathsig", "TERM",
                str(self.programs / "postgres"), "-D", str(self.data), "-k", str(self.folder), *self.listen, "-c", "fsync=off"]

    def sql(self, *statements: str) -> str:
        return run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", f"{self.place} user=paraph"],
            ";\n".join(statements).encode(), env={**os.environ, "PGPASSWORD": "s3cret"}).stdout.decode()

    def ask(self, statement: str) -> str:
        """What psql prints: a row a line, | between columns."""
        done = run(["psql", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", f"{self.place} user=paraph", "-c", statement],
                   env={**os.environ, "PGPASSWORD": "s3cret"})
        return done.stdout.decode().strip()

    def ready(self) -> bool:
        return run([str(self.programs / "pg_isready"), "-q", "-d", self.place], check=False).returncode == 0

    def entry(self) -> dict:
        return {"connection": self.place, "user": "paraph",
                "password_file": str(self.folder / "password")}

    def report_store(self) -> dict:
        """What stands below `reports`."""
        entry = self.entry()
        return {"store": entry["connection"], "store_user": entry["user"], "store_password_file": entry["password_file"]}

    @classmethod
    def started(cls, test: unittest.TestCase, folder: Path) -> "Postgresql":
        """One that runs until the end of the test."""
        server = cls(folder)
        test.addCleanup(server.stop)
        server.start()
        return server


class Mariadb(Server):
    USER = "mysql"

    def __init__(self, folder: Path, port: int = 0):
        """With a port it listens on the loopback interface as well."""
        super().__init__(folder)
        self.port = port
        self.listen = ["--bind-address=127.0.0.1", f"--port={port}"] if port else ["--skip-networking"]
        user = pwd.getpwnam(self.USER)
        os.chown(folder, user.pw_uid, user.pw_gid)
        self.socket = folder / "db.sock"
        run(["mariadb-install-db", "--no-defaults", f"--datadir={folder / 'data'}", f"--user={self.USER}",
             "--auth-root-authentication-method=normal", "--skip-test-db"])
        self.password = folder / "password"
        self.password.write_text("s3cret\n")
        self.password.chmod(0o600)

    def command(self) -> list[str]:
        return ["/usr/sbin/mariadbd", "--no-defaults", f"--datadir={self.folder / 'data'}", f"--user={self.USER}",
                f"--socket={self.socket}", *self.listen, f"--pid-file={self.folder / 'pid'}"]

    def sql(self, *statements: str) -> str:
        return run(["mariadb", "--no-defaults", f"--socket={self.socket}", "-uroot", "mail"],
                   ";\n".join(statements).encode()).stdout.decode()

    def prepare(self) -> None:
        run(["mariadb", "--no-defaults", f"--socket={self.socket}", "-uroot"],
            b"CREATE DATABASE mail; CREATE USER paraph@localhost IDENTIFIED BY 's3cret';"
            b"GRANT SELECT ON mail.* TO paraph@localhost")

    def ready(self) -> bool:
        return self.socket.exists() and run(["mariadb-admin", "--no-defaults", f"--socket={self.socket}", "-uroot",
                                             "ping"], check=False).returncode == 0

    def entry(self) -> dict:
        return {"connection": f"socket={self.socket} dbname=mail", "user": "paraph",
                "password_file": str(self.password)}


class Slapd(Server):
    """Keys and addresses as entries of a class that every OpenLDAP knows."""

    SUFFIX = "dc=mail,dc=test"

    def __init__(self, folder: Path, more: str = ""):
        """`more` is about its database."""
        super().__init__(folder)
        self.port = free_port()
        (folder / "data").mkdir()
        modules = next(Path("/usr/lib").glob("*ldap*"), Path("/usr/lib/ldap"))
        (folder / "slapd.conf").write_text(
            "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\n"
            f"modulepath {modules}\nmoduleload back_mdb\npidfile {folder / 'pid'}\nallow bind_v2\n"
            f"database mdb\nsuffix \"{self.SUFFIX}\"\nrootdn \"cn=admin,{self.SUFFIX}\"\nrootpw s3cret\n"
            f"directory {folder / 'data'}\naccess to * by users read by * none\n{more}")
        self.password = folder / "password"
        self.password.write_text("s3cret\n")
        self.password.chmod(0o600)

    def load(self, rows: Rows) -> None:
        entries = []
        for address, name in rows.signing.items():
            entries.append(f"dn: uid={address},{self.SUFFIX}\nobjectClass: account\nuid: {address}\ndescription: {name}\n")
        for name, (domain, selector, key) in rows.keys.items():
            entries.append(f"dn: uid=key-{name},{self.SUFFIX}\nobjectClass: account\nuid: key-{name}\nhost: {domain}\n"
                           f"l: {selector}\ndescription: {key}\n")
        for number in range(TOO_MANY + 1):
            entries.append(f"dn: host=h{number},{self.SUFFIX}\nobjectClass: account\nuid: many.test\n"
                           f"host: h{number}\ndescription: first\n")
        self.load_entries(entries)

    def load_lists(self, lists: Lists) -> None:
        entries = []
        for login, values in lists.senders.items():
            entries.append(f"dn: uid=login-{login},{self.SUFFIX}\nobjectClass: account\nuid: login-{login}\n"
                           f"host: {values[0]}\n" + "".join(f"description: {value}\n" for value in values[1:]))
        for domain in lists.domains:
            entries.append(f"dn: uid=domain-{domain},{self.SUFFIX}\nobjectClass: account\nuid: domain-{domain}\n")
        self.load_entries(entries)

    def add_domain(self, domain: str) -> None:
        """As entries of components."""
        labels, name = domain.split("."), self.SUFFIX
        for label in reversed(labels):
            name = f"dc={label},{name}"
            run(["slapadd", "-q", "-f", str(self.folder / "slapd.conf")],
                f"dn: {name}\nobjectClass: dcObject\nobjectClass: organization\no: x\ndc: {label}\n".encode())

    def load_entries(self, entries: list[str]) -> None:
        """Below the suffix."""
        top = f"dn: {self.SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\no: mail\ndc: mail\n"
        run(["slapadd", "-q", "-f", str(self.folder / "slapd.conf")], "\n".join([top, *entries]).encode())

    def command(self) -> list[str]:
        return ["/usr/sbin/slapd", "-f", str(self.folder / "slapd.conf"), "-h", f"ldap://127.0.0.1:{self.port}",
                "-d", "0"]

    def ready(self) -> bool:
        return answers(self.port)

    def entry(self) -> dict:
        return {"connection": f"ldap://127.0.0.1:{self.port}", "user": f"cn=admin,{self.SUFFIX}",
                "password_file": str(self.password),
                "signing_query": f"{self.SUFFIX}?description?sub?(uid=$d)",
                "key_query": f"{self.SUFFIX}?host,l,description?sub?(uid=key-$d)",
                "sender_query": f"{self.SUFFIX}?host,description?sub?(uid=login-$d)",
                "domain_query": f"{self.SUFFIX}?uid?sub?(uid=domain-$d)"}
