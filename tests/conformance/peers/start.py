"""A machine of the test's own, whose only name server is the test's: opendmarc and policyd-spf ask whom /etc/resolv.conf names."""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.join(HERE, "..", "..")
sys.path[:0] = [os.path.join(TESTS, "e2e"), os.path.join(TESTS, "support")]
sys.dont_write_bytecode = True

from harness import machine, programs  # noqa: E402 (found by the path above)
from harness.dns import NameServer, Zone  # noqa: E402

import world  # noqa: E402

NOT_RUN = 77
LIFETIME = 900  # seconds
STARTED = time.monotonic()


def arguments(description, needed):
    """Reads the command line; then runs this program once more where it is alone."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--paraphd", required=True)
    parser.add_argument("--test-dns", required=True)
    parser.add_argument("--show", type=int, default=5, help="differences to print that are not listed (default 5)")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    lacking = [program for program in needed if not shutil.which(program)]
    if lacking:
        sys.exit(f"FAILED: no {', no '.join(lacking)}: packaging/install-build-deps.sh --tests")
    if not options.inside:
        enter()
    programs.paraphd, programs.test_dns = options.paraphd, options.test_dns
    return options


def enter():
    if not machine.can_be_made():
        print("not run: namespaces and mounts are not allowed here", file=sys.stderr)
        sys.exit(NOT_RUN)
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--net", "--mount-proc", sys.executable, *sys.argv, "--inside"]
    sys.exit(subprocess.run(command, check=False).returncode)


@contextlib.contextmanager
def stage():
    """A private folder with the name server up, the key with which all domains sign, and what stops the rest."""
    key, record = world.new_key()
    with tempfile.TemporaryDirectory(prefix="paraph-peers-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        subprocess.run([sys.executable, "-c", machine.LOOPBACK_UP], check=True)
        resolvers = folder / "resolv.conf"
        resolvers.write_text("nameserver 127.0.0.1\noptions timeout:5 attempts:2\n")
        subprocess.run(["mount", "--bind", str(resolvers), os.path.realpath("/etc/resolv.conf")], check=True)
        server = NameServer(folder, Zone(tuple(world.zone(record))), LIFETIME, more=("--port", "53"))
        stack.callback(server.stop)
        yield folder, key, stack


def judge(stack, kind, *made_of):
    """One that is stopped at the end."""
    made = kind(*made_of)
    stack.callback(made.stop)
    return made


def finish(what, faults):
    print(f"{what}, {faults} faults, {time.monotonic() - STARTED:.1f} s")
    sys.exit(1 if faults else 0)
