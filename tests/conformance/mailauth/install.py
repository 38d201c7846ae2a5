"""Installs the npm package mailauth, as package-lock.json pins it, into the build directory."""

import fcntl
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
LOCK = "package-lock.json"


def is_current(directory):
    """True when what is installed is what the lock file says."""
    try:
        with open(os.path.join(HERE, LOCK), "rb") as wanted, open(os.path.join(directory, "installed.json"), "rb") as got:
            return wanted.read() == got.read()
    except OSError:
        return False


def install(directory):
    """True when it is there, False when the environment says that it may be left out. Several tests may call this at once."""
    if os.environ.get("PARAPH_INTEROP_NO_NPM") == "1":
        print("PARAPH_INTEROP_NO_NPM=1: mailauth is LEFT OUT of the cross-checks")
        return False
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, "installing"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_current(directory):
            for name in ("package.json", LOCK):
                shutil.copy(os.path.join(HERE, name), directory)
            try:
                subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=directory, check=True,
                               timeout=300)
            except (OSError, subprocess.SubprocessError) as failure:
                sys.exit(f"mailauth could not be installed ({failure}); set PARAPH_INTEROP_NO_NPM=1 to go on without it")
            shutil.copy(os.path.join(HERE, LOCK), os.path.join(directory, "installed.json"))
    return True


def command(directory):
    """How to start it."""
    return ["node", os.path.join(HERE, "peer.js"), directory]
