#!/usr/bin/python3
"""What `paraph import --compare` says of messages that Debian's opendkim, opendmarc and policyd-spf judge in another way than we do.

    compared.py --paraphd PROGRAM --test-dns PROGRAM

The messages and the DNS are those of side_by_side.py, where every difference is listed with the section that decides. So each one
must have its reason here as well, and the comparison must find the kinds that are listed; and one that is planted has none."""

import fcntl
import json
import os
import pathlib
import shutil
import subprocess

import start

import judges
import messages
import signers
import world

GUIDES = pathlib.Path(start.HERE, "..", "..", "..", "docs", "guide")
CASES = 500
# Names that are looked up nowhere else: unbound, which opendkim asks with, answers for .test itself.
REAL, USED = "test", "example"
RECEIVED = ("Return-Path: <{sender}>\r\nReceived: from {helo} (unknown [{client}])\r\n\tby mx.test (Postfix) with ESMTP id Q1;\r\n"
            "\tMon, 02 Mar 2026 10:11:12 +0000\r\n")
OPENDKIM = """Nameservers 127.0.0.1
RequireSafeKeys no
Mode sv
UserID opendkim
Canonicalization relaxed/simple
OversignHeaders From
AuthservID mx.test
Socket inet:8891@localhost
KeyTable {folder}/KeyTable
SigningTable refile:{folder}/SigningTable
"""
OPENDMARC = """AuthservID mx.test
Socket inet:8893@localhost
UserID opendmarc
PublicSuffixList {folder}/suffixes
RejectFailures {rejects}
SPFSelfValidate true
HistoryFile {folder}/history
FailureReports true
"""
POLICYD = "debugLevel = 1\nTestOnly = 1\nHELO_reject = {rejects}\nMail_From_reject = {rejects}\n"
# Words of reasons that must be found, and the least number of messages with each. Where mail is refused nothing else is compared.
WRITTEN = {"mail without a signature": 100, "whose key is not there": 40, "strict alignment": 10, "two DMARC records": 10,
           "does not begin with v=DMARC1": 15, "a public suffix that signs": 5, "a lookup failed": 25, "SignHeaders is not given": 20,
           "a tag that cannot be read": 15, "From is missing, doubled": 30, "MAIL FROM is empty": 1}
REFUSED = {"strict alignment": 10, "t=y lowers": 1, "pct= does not count": 1, "nothing is refused for a fault of the DNS": 5}
ALONE = {"own check says fail": 100, "opendmarc judges nothing of this message": 30}  # without policyd-spf


def renamed(text):
    if isinstance(text, bytes):
        return text.replace(f".{REAL}".encode(), f".{USED}".encode())
    return text.replace(f".{REAL}", f".{USED}")


class Renaming:
    """Signs what is sent, and not what was composed."""

    def __init__(self, module):
        self._module = module

    def sign(self, text, selector, domain, *more, **named):
        return self._module.sign(renamed(text), selector, renamed(domain), *more, **named)


def write_mail(folder, key):
    for part in ("cur", "new", "tmp"):
        (folder / "mail" / part).mkdir(parents=True)
    for case in messages.make(CASES, key):
        client = ("IPv6:" if ":" in case.client else "") + case.client
        head = RECEIVED.format(sender=case.sender, helo=case.helo, client=client).encode()
        (folder / "mail" / "cur" / f"{case.number:03}:2,S").write_bytes(renamed(head + case.message))


def write_configurations(folder, key):
    (folder / "suffixes").write_text(world.SUFFIXES.replace(REAL, USED))
    (folder / "key.pem").write_bytes(key)
    shutil.chown(folder / "key.pem", "opendkim", "opendkim")
    (folder / "key.pem").chmod(0o600)
    (folder / "KeyTable").write_text(f"own none.{USED}:k:{folder}/key.pem\n")
    (folder / "SigningTable").write_text(f"*@none.{USED} own\n")
    (folder / "opendkim.conf").write_text(OPENDKIM.format(folder=folder))
    for name, rejects, switch in (("written", "false", "False"), ("refused", "true", "Fail")):
        (folder / f"opendmarc.{name}").write_text(OPENDMARC.format(folder=folder, rejects=rejects))
        (folder / f"policyd.{name}").write_text(POLICYD.format(rejects=switch))
    (folder / "opendmarc.alone").write_text(OPENDMARC.format(folder=folder, rejects="false"))


def run(folder, name, *more):
    policyd = folder / f"policyd.{name}"
    return subprocess.run([folder / "paraph", "import", "--opendkim", folder / "opendkim.conf", "--opendmarc", folder / f"opendmarc.{name}",
                           *(["--policyd-spf", policyd] if policyd.exists() else []), *more], capture_output=True, text=True, check=False)


def faults_of(name, ran, wanted):
    """Prints what is wrong; the number."""
    if ran.returncode != 0:
        print(f"FAILED: {name}: exit status {ran.returncode}\n{ran.stdout}{ran.stderr}")
        return 1
    told = json.loads(ran.stdout)
    faults = [f"{one['was']!r} > {one['is']!r}" for one in told["differences"] if one["reason"] is None]
    faults += [f"{told['inbound']} messages from outside"] if told["inbound"] != CASES else []
    faults += [f"there is no page {one['page']}" for one in told["differences"] if one["reason"] and not (GUIDES / one["page"]).exists()]
    for words, least in wanted.items():
        found = sum(one["messages"] for one in told["differences"] if words in one["reason"])
        print(f"{name}: {found:4} {words}")
        faults += [f"{words}: {found} messages, and not {least} at least"] if found < least else []
    for fault in faults:
        print(f"FAILED: {name}: {fault}")
    return len(faults)


def planted(folder):
    """A configuration that judges in another way than the old one."""
    run(folder, "written", "--out", folder / "new", "--copy-keys")
    config = folder / "new" / "paraph.yaml"
    config.write_text(config.read_text() + "\npolicy:\n  dkim_none: reject\n")
    ran = run(folder, "written", "--json", "--compare", folder / "mail", "--config", config)
    refused = [one for one in json.loads(ran.stdout)["differences"] if one["is"] == "rejected"] if ran.returncode == 1 else []
    # Whatever stands in the records of its author.
    if any(one["reason"] is not None for one in refused) or sum(one["messages"] for one in refused) < 100:
        print(f"FAILED: what was planted is not found: exit status {ran.returncode}\n{ran.stdout}{ran.stderr}")
        return 1
    return 0


def is_in_use(name):
    """By another run, which has it locked as long as it lives."""
    try:
        folder = os.open(f"/run/{name}", os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finally:
            os.close(folder)
    except OSError:
        return True
    return False


def main():
    options = start.arguments("Differences that --compare finds", [signers.OPENDKIM, judges.OPENDMARC, judges.POLICYD_SPF])
    composed = world.zone
    world.zone = lambda record: [renamed(line) for line in composed(record)]
    messages.dkim = Renaming(messages.dkim)
    with start.stage() as (folder, key, _):
        for program in (options.paraphd, os.path.join(os.path.dirname(options.paraphd), "tool", "paraph")):
            shutil.copy(program, folder)
        write_mail(folder, key)
        write_configurations(folder, key)
        faults = faults_of("written", run(folder, "written", "--json", "--compare", folder / "mail"), WRITTEN)
        faults += faults_of("refused", run(folder, "refused", "--json", "--compare", folder / "mail"), REFUSED)
        faults += faults_of("alone", run(folder, "alone", "--json", "--compare", folder / "mail"), ALONE)
        faults += planted(folder)
        left = [name for name in os.listdir("/run") if name.startswith("paraph-compare") and not is_in_use(name)]
        if left or (folder / "history").exists():
            print(f"FAILED: left behind: {left}, or a history")
            faults += 1
    start.finish(f"{CASES} messages", faults)


main()
