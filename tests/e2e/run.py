#!/usr/bin/env python3
"""Runs one module of end-to-end tests:

    run.py --paraphd PROGRAM --paraph PROGRAM --test-dns PROGRAM [--sendmail DIRECTORY] [--postsrsd DIRECTORY]
           [--mailman DIRECTORY] [--limit SECONDS] MODULE [TEST ...]

Needs root, because Postfix does; without, it exits with 77, which ctest reports as a test that was not run.
"""

import argparse
import importlib
import os
import signal
import sys
import unittest
from pathlib import Path

NOT_RUN = 77

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

from harness import programs  # noqa: E402 (found by the path above)


class Result(unittest.TextTestResult):
    """Adds the ends of the servers' logs to a failure."""

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._show_logs(test)

    def addError(self, test, err):
        super().addError(test, err)
        self._show_logs(test)

    def _show_logs(self, test):
        site = getattr(test, "site", None)
        if site is not None:
            self.stream.writeln(site.report())


def give_up(*_) -> None:
    raise TimeoutError("the tests' time is up")


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--paraphd", required=True)
    arguments.add_argument("--paraph", required=True)
    arguments.add_argument("--test-dns", required=True)
    arguments.add_argument("--sendmail", default="", help="where packaging/unpack-sendmail.sh put Sendmail")
    arguments.add_argument("--postsrsd", default="", help="where packaging/unpack-postsrsd.sh put postsrsd 2")
    arguments.add_argument("--mailman", default="", help="where packaging/unpack-mailman.sh put Mailman 3")
    arguments.add_argument("--limit", type=int, default=240, help="seconds after which the tests are given up")
    arguments.add_argument("module")
    arguments.add_argument("tests", nargs="*")
    options = arguments.parse_args()
    if os.geteuid() != 0:
        print(f"{options.module}: not run: starts a Postfix of its own, which only root can", file=sys.stderr)
        return NOT_RUN
    programs.paraphd, programs.paraph, programs.test_dns = options.paraphd, options.paraph, options.test_dns
    programs.sendmail, programs.postsrsd, programs.mailman = options.sendmail, options.postsrsd, options.mailman
    # Gives up before ctest would kill us, so that every server is stopped and the directory removed.
    signal.signal(signal.SIGALRM, give_up)
    signal.signal(signal.SIGTERM, give_up)
    signal.alarm(options.limit)
    module = importlib.import_module(options.module)
    loader = unittest.defaultTestLoader
    sendmail = Path(options.sendmail, "usr/libexec/sendmail/sendmail")
    if getattr(module, "NEEDS_SENDMAIL", False) and not sendmail.exists():
        print(f"{options.module}: not run: packaging/unpack-sendmail.sh {options.sendmail}", file=sys.stderr)
        return NOT_RUN
    suite = loader.loadTestsFromNames(options.tests, module) if options.tests else loader.loadTestsFromModule(module)
    if suite.countTestCases() == 0:
        print(f"{options.module}: no tests", file=sys.stderr)
        return 1
    result = unittest.TextTestRunner(verbosity=2, resultclass=Result).run(suite)
    signal.alarm(0)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
