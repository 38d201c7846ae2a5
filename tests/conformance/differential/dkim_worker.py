#!/usr/bin/python3
"""dkimpy or libopendkim for the differential tests, in a process of its own: one JSON object a line in, one out.

    dkim_worker.py dkimpy|opendkim KEY_FILE"""
import base64
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "dkim"))
import dkim  # noqa: E402
import peers  # noqa: E402


def dkimpy(message, zone):
    def fetch(name, timeout=5):
        records = zone.get(name.decode().rstrip(".").lower())
        return records[0].encode() if records else None

    signatures = sum(1 for name, _ in dkim.rfc822_parse(message)[0] if name.lower() == b"dkim-signature")
    results = []
    for i in range(signatures):
        try:
            results.append({"result": "pass" if dkim.DKIM(message).verify(idx=i, dnsfunc=fetch) else "fail", "reason": ""})
        except Exception as failure:  # its way to say permerror
            results.append({"result": "fail", "reason": f"{type(failure).__name__}: {failure}"})
    return results


def opendkim():
    library = None

    def verify(message, zone):
        nonlocal library
        library = library or peers.OpenDkim(zone, sys.argv[2])
        return [{"result": "pass" if result == "pass" else "fail", "reason": result} for result in library.verify(message)]

    return verify


verify_with = dkimpy if sys.argv[1] == "dkimpy" else opendkim()
for line in sys.stdin:
    job = json.loads(line)
    try:
        answer = {"results": verify_with(base64.b64decode(job["message"]), job["zone"])}
    except Exception as failure:  # whatever it dies of is its answer
        answer = {"error": f"{type(failure).__name__}: {failure}"}
    print(json.dumps(answer), flush=True)
