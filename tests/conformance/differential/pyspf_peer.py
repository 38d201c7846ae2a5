#!/usr/bin/python3
"""pyspf for the differential tests: one JSON object a line in, one out."""
import json
import sys

try:
    import spf
except ImportError:
    sys.exit("FAILED: no Python module spf; it comes with Debian's package python3-spf")


class Table:
    """The zone as pyspf's resolver."""

    def __init__(self, zone):
        self.zone = zone

    def lookup(self, name, kind, strict=True, timeout=None, level=0):
        entry = self.zone.get(name.lower().rstrip("."), {})
        if "TIMEOUT" in entry:
            raise spf.TempError("DNS timeout")
        return [((name, kind), self.data(kind, data)) for data in entry.get(kind, [])]

    @staticmethod
    def data(kind, data):
        if kind == "TXT":
            return tuple(string.encode("utf-8") for string in data)
        if kind == "AAAA":
            return spf.socket.inet_pton(spf.socket.AF_INET6, data)
        return tuple(data) if kind == "MX" else data


def judge(zone, case):
    spf.DNSLookup = Table(zone).lookup
    query = spf.query(i=case["ip"], s=case["mailfrom"], h=case["helo"], receiver="mx.receiver.example", strict=True)
    query.set_default_explanation("")
    try:
        result, _, explanation = query.check()
    except Exception as failure:  # whatever it dies of is its answer
        return {"result": "died", "explanation": "", "problem": f"{type(failure).__name__}: {failure}"}
    return {"result": result, "explanation": explanation if result == "fail" else "", "problem": explanation}


for line in sys.stdin:
    job = json.loads(line)
    print(json.dumps({"results": [judge(job["zone"], case) for case in job["cases"]]}), flush=True)
