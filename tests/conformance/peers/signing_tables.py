#!/usr/bin/python3
"""The signatures of Debian's opendkim and of paraphd with the same tables.

    signing_tables.py --paraphd PROGRAM [--show N]

Fails for every difference that signing_known.py does not list, and for each that it lists and that occurs another number of
times."""

import argparse
import concurrent.futures
import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

import start

import signers
import signing_known
import signing_messages
import signing_sites
import tally

CASES = 1000


def arguments():
    parser = argparse.ArgumentParser(description="Signatures side by side with Debian's opendkim")
    parser.add_argument("--paraphd", required=True)
    parser.add_argument("--show", type=int, default=5, help="differences to print that are not listed (default 5)")
    options = parser.parse_args()
    if not shutil.which(signers.OPENDKIM):
        sys.exit(f"FAILED: no {signers.OPENDKIM}: packaging/install-build-deps.sh --tests")
    if os.geteuid() != 0:
        print("not run: only root can start databases as their users", file=sys.stderr)
        sys.exit(start.NOT_RUN)
    start.programs.paraphd = options.paraphd
    return options


def compare(site, cases, folder, keys, table):
    """Notes every message of the site; the number of keys that differ behind the same d= and s=."""
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        our_tables, their_tables, source, binding = stack.enter_context(signing_sites.tables(site, folder, keys))
        sources = {"sources": {"mail": source}} if source else {}
        ours = start.judge(stack, signers.Ours, folder, our_tables, site.ours, {**site.more, **sources})
        theirs = start.judge(stack, signers.Opendkim, folder, their_tables, {**site.theirs, **binding})
        signed = [(case, ours.sign(case), theirs.sign(case)) for case in cases]
        reasons = ours.reasons()
    for case, our_answer, their_answer in signed:
        table.note(signing_known.Judgement(case, site.name, our_answer, their_answer, reasons.get(f"Q{case.number}", "")))
    return signers.other_keys(site.name, ours, theirs, keys)


def main():
    options = arguments()
    cases = signing_messages.make(CASES)
    tables = [tally.Table(site.name, signing_known.CLASSES, options.show) for site in signing_sites.SITES]
    with tempfile.TemporaryDirectory(prefix="paraph-signing-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # for the users of the databases
        for key_type in ("rsa", "ed25519"):
            signing_sites.make_keys(folder / key_type, key_type)
        with concurrent.futures.ThreadPoolExecutor(len(tables)) as pool:
            done = [pool.submit(compare, site, cases, folder / str(number), folder / site.key_type, table)
                    for number, (site, table) in enumerate(zip(signing_sites.SITES, tables))]
        faults = sum(future.result() for future in done)
    for table in tables:
        table.print()
    start.finish(f"{CASES} messages at {len(tables)} sites",
                 faults + sum(table.unlisted() for table in tables) + tally.miscounted(tables, signing_known.CLASSES))


main()
