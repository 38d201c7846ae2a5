#!/usr/bin/python3
"""libopendmarc for the differential tests: one JSON object a line in, one out. Its reading of a record, its alignment and its
choice of policy; which record applies is found for it as RFC 7489 6.6.3 has it, because it asks the real DNS only. The
numbers are those of its dmarc.h."""
import ctypes
import json
import re
import sys

lib = ctypes.CDLL("libopendmarc.so.2")
lib.opendmarc_policy_connect_init.restype = ctypes.c_void_p
OK, PASS = 0, 15
POLICIES = {16: "reject", 17: "quarantine", 18: "none"}
SPF_PASS, MAIL_FROM, DKIM_PASS, ALIGNED = 1, 1, 1, 4


class Library(ctypes.Structure):
    _fields_ = [("tld_type", ctypes.c_int), ("tld_source_file", ctypes.c_char * 4096), ("nscount", ctypes.c_int),
                ("nsaddr_list", ctypes.c_char * 48)]


library = None


def start(suffixes):
    """Reads the public suffix list, once."""
    global library
    if library is None:
        library = Library(1, suffixes.encode(), 0, b"")
        if lib.opendmarc_policy_library_init(ctypes.byref(library)) != OK:
            sys.exit("libopendmarc does not take the public suffix list")


def suffix_list(path):
    with open(path, encoding="utf-8") as file:
        return {line.strip() for line in file if line.strip() and not line.startswith("//")}


def organization(name, suffixes):
    labels = name.split(".")
    for i in range(len(labels)):
        if ".".join(labels[i:]) in suffixes or i == len(labels) - 1:
            return ".".join(labels[max(0, i - 1):])
    return name


def find_record(zone, author, home):
    """The record that applies and where it is, or None."""
    for domain in dict.fromkeys([author, home]):
        texts = ["".join(strings) for strings in zone.get("_dmarc." + domain, {}).get("TXT", [])]
        texts = [text for text in texts if re.match(r"v\s*=\s*DMARC1\s*(?:;|$)", text)]
        if texts:
            return (texts[0], domain) if len(texts) == 1 else None
    return None


def judge(job, suffixes, case):
    home = organization(case["author"], suffixes)
    found = find_record(job["zone"], case["author"], home)
    if found is None:
        return {"result": "none", "policy": "", "spf": "no", "dkim": "no", "problem": "no record"}
    context = ctypes.c_void_p(lib.opendmarc_policy_connect_init(b"192.0.2.1", 4))
    try:
        lib.opendmarc_policy_store_from_domain(context, case["author"].encode())
        record, place = found
        status = lib.opendmarc_policy_store_dmarc(context, record.encode(), case["author"].encode(),
                                                  place.encode() if place != case["author"] else None)
        if case.get("spf"):
            lib.opendmarc_policy_store_spf(context, case["spf"].encode(), SPF_PASS, MAIL_FROM, None)
        for domain in case["dkim"]:
            lib.opendmarc_policy_store_dkim(context, domain.encode(), b"s", DKIM_PASS, None)
        if status != OK:
            return {"result": "none", "policy": "", "spf": "no", "dkim": "no", "problem": f"record refused: {status}"}
        policy = lib.opendmarc_get_policy_to_enforce(context)
        dkim, spf = ctypes.c_int(), ctypes.c_int()
        lib.opendmarc_policy_fetch_alignment(context, ctypes.byref(dkim), ctypes.byref(spf))
        return {"result": "pass" if policy == PASS else "fail", "policy": POLICIES.get(policy, ""),
                "spf": "yes" if spf.value == ALIGNED else "no", "dkim": "yes" if dkim.value == ALIGNED else "no", "problem": str(policy)}
    finally:
        lib.opendmarc_policy_connect_shutdown(context)


for line in sys.stdin:
    request = json.loads(line)
    start(request["suffixes"])
    known_suffixes = suffix_list(request["suffixes"])
    print(json.dumps({"results": [judge(request, known_suffixes, case) for case in request["cases"]]}), flush=True)
