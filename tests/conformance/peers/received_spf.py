#!/usr/bin/python3
"""What SpamAssassin and opendmarc read in our Received-SPF fields, with a forged one further down.

    received_spf.py --paraphd PROGRAM --test-dns PROGRAM"""

import json
import os
import subprocess

import start

import judges
import messages
import world

RECEIVED = "Received: from {helo} (unknown [{client}])\r\n\tby mx.test (Postfix) with ESMTP id Q1;\r\n\tMon, 02 Mar 2026 10:11:12 +0000\r\n"
# Ours is removed with the message's other forgeries; for the readers it stays, as if somebody else had written it.
FORGED = b"Received-SPF: Pass (mailfrom) identity=mailfrom; client-ip=192.0.2.10; envelope-from=ann@reject.test; receiver=mx.test\r\n"
TEXT = b"From: ann@reject.test\r\nTo: bob@ours.test\r\nSubject: A test\r\nDate: Mon, 02 Mar 2026 10:11:12 +0000\r\n\r\nHello.\r\n"
# The numbers by which opendmarc's HistoryFile tells results.
HISTORY = {"pass": "0", "softfail": "2", "neutral": "3", "temperror": "4", "permerror": "5", "none": "6", "fail": "7"}
OPENDMARC_READS = {"SPFSelfValidate": "false", "SPFIgnoreResults": "false", "RecordAllMessages": "true"}


class SpamAssassin:
    def __init__(self):
        program = os.path.join(start.HERE, "spamassassin.pl")
        self._process = subprocess.Popen(["/usr/bin/perl", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def read(self, message):
        self._process.stdin.write(json.dumps({"message": message.decode()}).encode() + b"\n")
        self._process.stdin.flush()
        return " ".join(json.loads(self._process.stdout.readline())["results"])

    def stop(self):
        self._process.stdin.close()
        self._process.wait(timeout=60)


def cases():
    """Each result of MAIL FROM, and each of HELO beside an empty MAIL FROM."""
    for result, clients in world.CLIENTS.items():
        for client in clients:
            yield result, messages.Case(0, family="reject", client=client, helo="nowhere.helo.test", sender="ann@reject.test")
    yield "none", messages.Case(0, family="reject", client="192.0.2.10", helo="nowhere.helo.test", sender="ann@bare.reject.test")
    yield "pass", messages.Case(0, family="reject", client="192.0.2.10", helo="nowhere.helo.test", sender='"a b;c"@reject.test')
    for result in HISTORY:
        yield result, messages.Case(0, family="reject", client="192.0.2.10", helo=f"{result}.helo.test", sender="")


def recorded(history):
    """The number of the last SPF result."""
    lines = [line.split() for line in history.read_text().splitlines()]
    return [words[1] for words in lines if words[0] == "spf"][-1]


def was_removed(outcome):
    """A field is removed by changing it to nothing."""
    return any(code == b"m" and data[4:].lower() == b"received-spf\0\0" for code, data in outcome.edits)


class Readers:
    def __init__(self, folder, stack):
        self._history = folder / "history"
        self._ours = start.judge(stack, judges.Ours, folder, "received-spf", {"spf": {"received_spf": True}})
        self._opendmarc = start.judge(stack, judges.OpenDmarc, folder, world.SUFFIXES, {**OPENDMARC_READS, "HistoryFile": self._history})
        self._spamassassin = start.judge(stack, SpamAssassin)

    def read(self, case):
        """What each reads, and the field."""
        case.message = FORGED + TEXT
        outcome = self._ours.judge(case)
        field = "".join(f"Received-SPF: {value.strip()}\r\n" for value in outcome.inserted("Received-SPF")).encode()
        received = RECEIVED.format(helo=case.helo, client=case.client).encode()
        found = {"forged": "removed" if was_removed(outcome) else "kept",
                 "SpamAssassin": self._spamassassin.read(field + received + case.message)}
        if case.sender:  # opendmarc takes no result of HELO from a field
            judges.deliver(self._opendmarc.address, case, field + received + case.message)
            found["opendmarc"] = recorded(self._history)
        return found, field.decode().strip()


def wanted(result, case):
    of_both = {"forged": "removed", "SpamAssassin": f"{'MAILFROM' if case.sender else 'HELO'}_{result}"}
    return {**of_both, "opendmarc": HISTORY[result]} if case.sender else of_both


def main():
    start.arguments("Received-SPF as SpamAssassin and opendmarc read it", [judges.OPENDMARC, "/usr/bin/spamassassin"])
    faults = count = 0
    with start.stage() as (folder, _, stack):
        readers = Readers(folder, stack)
        for result, case in cases():
            found, field = readers.read(case)
            count += 1
            if found != wanted(result, case):
                faults += 1
                print(f"FAILED: {found}, and not {wanted(result, case)}, of {field}")
    start.finish(f"{count} fields", faults)


main()
