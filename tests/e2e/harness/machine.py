"""A machine of the test's own for programs that install something: mounts, processes and network apart from the real
one's, with copies of the directories that they change. Everything ends with the command that runs in it."""

import os
import shlex
import subprocess
from pathlib import Path

# Copied, so that the real ones stay as they are; what is mounted empty is made anew.
COPIED = ("/etc", "/var/spool/postfix", "/var/lib/postfix")
EMPTY = ("/run", "/var/log", "/usr/local/sbin", "/usr/local/bin", "/var/mail")

ENTER = """
set -e
for folder in {copied}; do
    mkdir -p "{folder}/copy$folder"
    cp -a "$folder/." "{folder}/copy$folder"
done
for folder in {copied}; do mount --bind "{folder}/copy$folder" "$folder"; done
for folder in {empty}; do mount -t tmpfs -o mode=755 none "$folder"; done
chmod 1777 /var/mail
python3 -c "$LOOPBACK_UP"
exec bash -e -c "$1"
"""

# SIOCSIFFLAGS; IFF_UP, IFF_LOOPBACK and IFF_RUNNING.
LOOPBACK_UP = """import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh14x", b"lo", 0x49))"""


def can_be_made() -> bool:
    probe = ["unshare", "--mount", "--pid", "--fork", "--net", "--mount-proc", "sh", "-c", "mount -t tmpfs none /mnt"]
    return subprocess.run(probe, capture_output=True, check=False, timeout=60).returncode == 0


def run_in(folder: Path, script: str, **variables: str) -> subprocess.CompletedProcess:
    """Runs a script of bash on the machine; its daemons die with it."""
    enter = ENTER.format(folder=folder, copied=shlex.join(COPIED), empty=shlex.join(EMPTY))
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--net", "--mount-proc", "bash", "-c", enter]
    return subprocess.run([*command, "machine", script], capture_output=True, check=False, timeout=200,
                          env={**os.environ, "LOOPBACK_UP": LOOPBACK_UP, **variables})
