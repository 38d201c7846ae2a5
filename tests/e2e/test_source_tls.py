"""Databases and directories over TLS: a certificate that is not the server's is a source that does not answer."""

import contextlib
import json
import os
import pwd
import re
import tempfile
import unittest
from pathlib import Path

from harness import databases, programs
from harness.databases import Rows
from harness.process import free_port, run

CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


class Authority:
    """Signs certificates for names of servers."""

    def __init__(self, folder: Path, name: str):
        self.folder, self.name = folder, name
        self.certificate = folder / f"{name}.pem"
        run(["openssl", "req", "-x509", *CURVE, "-keyout", str(folder / f"{name}.key"), "-out", str(self.certificate),
             "-subj", f"/CN={name}", "-days", "30"])
        self.certificate.chmod(0o644)

    def sign(self, server: str, names: str, user: str) -> tuple[Path, Path]:
        paths = [self.folder / f"{self.name}.{server}.{suffix}" for suffix in ("pem", "key", "csr", "ext")]
        certificate, key, request, extensions = paths
        run(["openssl", "req", *CURVE, "-keyout", str(key), "-out", str(request), "-subj", f"/CN={server}"])
        extensions.write_text(f"subjectAltName={names}\n")
        run(["openssl", "x509", "-req", "-in", str(request), "-CA", str(self.certificate), "-CAkey",
             str(self.folder / f"{self.name}.key"), "-CAcreateserial", "-days", "30", "-extfile", str(extensions),
             "-out", str(certificate)])
        os.chown(key, pwd.getpwnam(user).pw_uid, -1)
        key.chmod(0o600)
        return certificate, key


class Postgresql(databases.Postgresql):
    certificate = key = None

    def command(self):
        self.port = free_port()
        return [*super().command()[:-4], "-p", str(self.port), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "ssl=on",
                "-c", f"ssl_cert_file={self.certificate}", "-c", f"ssl_key_file={self.key}"]

    def ready(self) -> bool:
        return run([str(self.programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)],
                   check=False).returncode == 0

    def sql(self, *statements):
        run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", f"host={self.folder} port={self.port} dbname=postgres user=paraph"],
            ";\n".join(statements).encode(), env={**os.environ, "PGPASSWORD": "s3cret"})


class Mariadb(databases.Mariadb):
    certificate = key = None

    def command(self):
        self.port = free_port()
        return [*(word for word in super().command() if word != "--skip-networking"), "--bind-address=127.0.0.1",
                f"--port={self.port}", f"--ssl-cert={self.certificate}", f"--ssl-key={self.key}"]

    def prepare(self):
        super().prepare()
        self.sql("CREATE USER paraph@'127.0.0.1' IDENTIFIED BY 's3cret' REQUIRE SSL", "GRANT SELECT ON mail.* TO paraph@'127.0.0.1'")


class Slapd(databases.Slapd):
    def command(self):
        self.tls_port = free_port()
        config = self.folder / "slapd.conf"
        plain = re.sub(r"TLS\S+ \S+\n", "", config.read_text())
        config.write_text(f"TLSCertificateFile {self.certificate}\nTLSCertificateKeyFile {self.key}\n{plain}")
        command = super().command()
        return [word if not word.startswith("ldap://") else f"{word} ldaps://127.0.0.1:{self.tls_port}" for word in command]


class Stage(unittest.TestCase):
    kind = user = ""

    @classmethod
    def setUpClass(cls):
        exit_stack = contextlib.ExitStack()
        cls.addClassCleanup(exit_stack.close)
        cls.folder = Path(exit_stack.enter_context(tempfile.TemporaryDirectory(prefix="paraph-e2e-")))
        cls.folder.chmod(0o755)
        cls.ours, cls.other = Authority(cls.folder, "ours"), Authority(cls.folder, "other")
        cls.server = cls.make_server()
        exit_stack.callback(cls.server.stop)

    def start(self, authority: Authority, names: str) -> None:
        self.server.stop()
        self.server.certificate, self.server.key = authority.sign("server", names, self.user)
        self.server.start()

    def check_config(self, connection: str) -> tuple[int, str]:
        entry = {**self.server.entry(), "connection": connection, "timeout": "5s"}
        settings = {"signing": {"key_table": f"{self.kind}:mail", "signing_table": f"{self.kind}:mail"}, "sources": {"mail": entry}}
        config = self.folder / "paraph.yaml"
        config.write_text(json.dumps(settings))
        told = run([programs.paraph, "check-config", "-c", str(config)], check=False)
        shown = run([programs.paraph, "show-config", "-c", str(config)], check=False)
        self.assertNotIn(b"s3cret", told.stdout + told.stderr + shown.stdout + shown.stderr)
        return told.returncode, told.stdout.decode()

    def refused(self, connection: str) -> None:
        status, told = self.check_config(connection)
        self.assertEqual(78, status, told)
        self.assertRegex(told, rf"(?i){self.kind}:mail: .*(certificate|ssl|tls|verif)")


class Tls:
    """What holds of every kind."""

    def test_a_server_that_is_who_it_says(self):
        self.start(self.ours, "IP:127.0.0.1")
        self.fill()
        for connection in self.connections(self.ours.certificate):
            with self.subTest(connection):
                status, told = self.check_config(connection)
                self.assertEqual(0, status, told)
        for connection in self.connections(self.other.certificate):
            with self.subTest(connection):
                self.refused(connection)

    def test_a_server_of_another_name(self):
        self.start(self.ours, "DNS:elsewhere.test")
        for connection in self.connections(self.ours.certificate):
            with self.subTest(connection):
                self.refused(connection)

    def test_no_authority(self):
        self.start(self.ours, "IP:127.0.0.1")
        for connection in self.connections(self.folder / "nothing.pem"):
            with self.subTest(connection):
                self.assertEqual(78, self.check_config(connection)[0])


class OfPostgresql(Tls, Stage):
    kind, user = "postgresql", "postgres"

    @classmethod
    def make_server(cls):
        return Postgresql(cls.folder / "pg")

    def fill(self):
        self.server.sql(*databases.SCHEMA)

    def connections(self, authority: Path):
        return [f"host=127.0.0.1 port={self.server.port} dbname=postgres sslmode=verify-full sslrootcert={authority}"]


class OfMariadb(Tls, Stage):
    kind, user = "mysql", "mysql"

    @classmethod
    def make_server(cls):
        return Mariadb(cls.folder / "my")

    def fill(self):
        self.server.prepare()
        self.server.sql(*databases.SCHEMA)

    def connections(self, authority: Path):
        return [f"host=127.0.0.1 port={self.server.port} dbname=mail ssl_ca={authority}"]


class OfLdap(Tls, Stage):
    kind, user = "ldap", "root"

    @classmethod
    def make_server(cls):
        server = Slapd(cls.folder / "ldap")
        server.load(Rows({}, {}))
        return server

    def fill(self):
        pass

    def connections(self, authority: Path):
        return [f"ldap://127.0.0.1:{self.server.port} starttls ssl_ca={authority}",
                f"ldaps://127.0.0.1:{self.server.tls_port} ssl_ca={authority}"]


if __name__ == "__main__":
    unittest.main()
