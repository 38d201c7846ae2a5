"""Our reports, read by Mail::DMARC (the whole mail) and by dmarc-cat (the attached file): both find what was counted.

Usage: readers.py conformance_report
"""

import copy
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

COUNT = 40
HERE = pathlib.Path(__file__).parent


def as_mail_dmarc_reads(figures):
    """RFC 7489 has no disposition "pass": it is taken for "none". Of several signatures the first, which is the best, is read
    as often as there are signatures."""
    for record in figures["records"]:
        if record["disposition"] == "pass":
            record["disposition"] = "none"
        record["dkim"] = record["dkim"][:1] * len(record["dkim"])
        record.pop("job")
    return figures


def read_by_mail_dmarc(directory, counted):
    mails = [str(directory / f"{number}.eml") for number in range(COUNT)]
    run = subprocess.run(["/usr/bin/perl", str(HERE / "mail_dmarc.pl"), *mails], capture_output=True, text=True, check=True)
    found = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(found) == COUNT, run.stderr
    for ours, theirs in zip(counted, found):
        assert theirs.pop("submitter") == "harbour.example", theirs
        expected = as_mail_dmarc_reads(copy.deepcopy({key: value for key, value in ours.items() if key != "file"}))
        assert theirs == expected, f"Mail::DMARC read\n{theirs}\nof\n{expected}"


def rows_of(text):
    """dmarc-cat's table: address, count, author domain, domain, DKIM (perhaps), SPF."""
    lines = text.split("IP  ", 1)[1].splitlines()[1:]
    return sorted((words[0], int(words[1]), words[2], words[-1]) for words in map(str.split, lines) if len(words) >= 5)


def read_by_dmarc_cat(directory, counted):
    # With several jobs it mixes up the addresses of its rows.
    for ours in counted:
        run = subprocess.run(["dmarc-cat", "-N", "-j", "1", ours["file"]], cwd=directory, capture_output=True, text=True, check=True)
        expected = sorted((record["source_ip"], record["count"], record["header_from"], record["spf"][1])
                          for record in ours["records"])
        assert rows_of(run.stdout) == expected, f"dmarc-cat read\n{run.stdout}\nof\n{expected}"
        assert f"Domain: {ours['domain']}\n" in run.stdout, run.stdout
        assert re.search(rf"Policy: p={ours['p']};", run.stdout), run.stdout


def main():
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        subprocess.run([sys.argv[1], name, str(COUNT)], check=True)
        counted = [json.loads((directory / f"{number}.json").read_text()) for number in range(COUNT)]
        read_by_mail_dmarc(directory, counted)
        if shutil.which("dmarc-cat") is None:
            print("no dmarc-cat: see packaging/packages/peers.txt")
            return 1
        read_by_dmarc_cat(directory, counted)
    print(f"{COUNT} reports read by two")
    return 0


if __name__ == "__main__":
    sys.exit(main())
