"""Our history file, taken in by Debian's opendmarc-import into a MariaDB with OpenDMARC's tables: they hold what was written.

Usage: history.py conformance_report
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "e2e"))

from harness.databases import Mariadb  # noqa: E402
from harness.process import free_port  # noqa: E402

COUNT = 15
SCHEMA = pathlib.Path("/usr/share/dbconfig-common/data/opendmarc/install/mysql")
# The numbers of OpenDMARC's own results.
SPF = {"pass": 0, "softfail": 2, "neutral": 3, "temperror": 4, "permerror": 5, "none": 6, "fail": 7}
ALIGNED = {"pass": 4, "fail": 5}
QUERY = """SELECT jobid, addr, f.name, e.name, p.name, spf, align_dkim, align_spf, sigcount, disp
FROM messages m JOIN ipaddr i ON i.id = m.ip JOIN domains f ON f.id = from_domain JOIN domains e ON e.id = env_domain
JOIN domains p ON p.id = policy_domain ORDER BY jobid"""
SIGNATURES = """SELECT jobid, d.name, s.name, pass FROM signatures g JOIN messages m ON m.id = g.message JOIN domains d
ON d.id = g.domain JOIN selectors s ON s.id = g.selector ORDER BY jobid, g.id"""
DKIM = {"pass": 0, "neutral": 3, "temperror": 4, "permerror": 5, "none": 6, "fail": 7, "policy": 8}


def query(server, text):
    run = subprocess.run(["mariadb", "--no-defaults", f"--socket={server.socket}", "-uroot", "--batch", "--skip-column-names",
                          "opendmarc"], input=text, capture_output=True, text=True, check=True)
    return [tuple(line.split("\t")) for line in run.stdout.splitlines()]


def as_user_root(server, text):
    subprocess.run(["mariadb", "--no-defaults", f"--socket={server.socket}", "-uroot"], input=text, text=True, check=True)


def take_in(server, history):
    as_user_root(server, SCHEMA.read_text())
    as_user_root(server, "CREATE USER opendmarc@'127.0.0.1' IDENTIFIED BY 's3cret'; GRANT ALL ON opendmarc.* TO "
                         "opendmarc@'127.0.0.1'; CREATE USER opendmarc@localhost IDENTIFIED BY 's3cret'; "
                         "GRANT ALL ON opendmarc.* TO opendmarc@localhost;")
    with open(history, encoding="ascii") as lines:
        run = subprocess.run(["/usr/sbin/opendmarc-import", "--dbhost=127.0.0.1", f"--dbport={server.port}", "--dbuser=opendmarc",
                              "--dbpasswd=s3cret"], stdin=lines, capture_output=True, text=True, check=True)
    assert run.stderr == "", run.stderr


def messages(counted):
    return sorted((record["job"], record["source_ip"], record["header_from"], record["envelope_from"], ours["domain"],
                   str(SPF[record["spf"][1]]), str(ALIGNED[record["dkim_aligned"]]), str(ALIGNED[record["spf_aligned"]]),
                   str(len(record["dkim"])), "0" if record["disposition"] == "reject" else "2")
                  for ours in counted for record in ours["records"])


def signatures(counted):
    return [(record["job"], domain, selector, str(DKIM[result]))
            for record in sorted((record for ours in counted for record in ours["records"]), key=lambda one: one["job"])
            for domain, selector, result in record["dkim"]]


def main():
    if os.geteuid() != 0 or not SCHEMA.exists():
        print("this takes root, who starts a database as a user of its own, and opendmarc")
        return 77
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        directory.chmod(0o755)
        subprocess.run([sys.argv[1], name, str(COUNT)], check=True)
        counted = [json.loads((directory / f"{number}.json").read_text()) for number in range(COUNT)]
        server = Mariadb(directory / "mariadb", free_port())
        server.start()
        try:
            take_in(server, directory / "history")
            assert sorted(query(server, QUERY)) == messages(counted), query(server, QUERY)
            assert query(server, SIGNATURES) == signatures(counted), query(server, SIGNATURES)
            requests = query(server, "SELECT COUNT(*) FROM requests WHERE repuri = 'mailto:agg@collector.test'")
            assert int(requests[0][0]) >= COUNT, requests
        finally:
            server.stop()
    print(f"{sum(len(ours['records']) for ours in counted)} messages taken in")
    return 0


if __name__ == "__main__":
    sys.exit(main())
