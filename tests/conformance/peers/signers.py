"""Who signs: Debian's opendkim and paraphd, each with the same tables. An answer is what becomes of the message, and the
signatures that it gets."""

import base64
import re
import subprocess

import dkim

from harness.paraphd import Paraphd
from harness.process import Child, HarnessError, eventually
from milter_client import Milter, ProtocolError, parse_address

OPENDKIM = "/usr/sbin/opendkim"
DECISIONS = {b"c": "accept", b"a": "accept", b"r": "reject", b"t": "tempfail", b"y": "reply", b"d": "discard"}
LOGIN = {"{auth_type}": "PLAIN", "{auth_authen}": "ann"}


def tags(field):
    """Of a DKIM-Signature field."""
    pairs = (tag.partition("=") for tag in field.split(";"))
    return {name.strip(): re.sub(r"\s", "", value) for name, _, value in pairs}


def answer(outcome):
    """accept, tempfail, ..., and what each signature says."""
    said = DECISIONS[outcome.reply]
    if said == "reply":
        said = {"4": "tempfail", "5": "reject"}[outcome.text.decode()[0]]
    return " ".join([said, *sorted(signature(field) for field in outcome.inserted("DKIM-Signature"))])


def signature(field):
    found = tags(field)
    signed = ":".join(sorted(found["h"].lower().split(":")))
    expires = f" x+{int(found['x']) - int(found['t'])}" if "x" in found else ""
    identity = f" i={found['i']}" if found.get("i", "@" + found["d"]) != "@" + found["d"] else ""  # RFC 6376 3.5: the default
    return f"[d={found['d'].lower()} s={found['s'].lower()}{identity} a={found['a']} c={found['c']} h={signed} bh={found['bh'][:4]}{expires}]"


class Signer:
    """What both have in common."""

    def __init__(self, address):
        self._address = parse_address(address)
        self.first = {}  # by d= and s=, a message and its signature

    def deliver(self, case):
        try:
            with Milter(self._address) as milter:
                outcome = milter.deliver(case.message, sender=f"<{case.sender}>", queue_id=f"Q{case.number}", macros=LOGIN,
                                         recipients=("<x@foreign.example>",))
        except (OSError, ProtocolError):
            return "dies"
        for field in outcome.inserted("DKIM-Signature"):
            found = tags(field)
            self.first.setdefault((found["d"].lower(), found["s"].lower()), (case.message, field))
        return answer(outcome)

    def key_of(self, name, records):
        """Whose signature the first one of that name is: of the keys with these records."""
        message, field = self.first[name]
        whole = b"DKIM-Signature:" + field.encode().replace(b"\n", b"\r\n") + b"\r\n" + message
        return [key for key, record in records.items() if dkim.verify(whole, dnsfunc=lambda *_, **__: record)]


def public_records(keys):
    """The DNS records of all keys of a folder."""
    command = ["openssl", "pkey", "-pubout", "-outform", "DER", "-in"]
    found = {path: subprocess.run([*command, path], capture_output=True, check=True).stdout for path in sorted(keys.glob("**/*.pem"))}
    return {str(path.relative_to(keys)): record(public) for path, public in found.items()}


def record(public):
    """RFC 8463 4: of Ed25519 the key alone, without the frame of X.509."""
    is_short = len(public) < 64
    return (b"v=DKIM1; k=ed25519; p=" + base64.b64encode(public[-32:])) if is_short else b"v=DKIM1; p=" + base64.b64encode(public)


def other_keys(site, ours, theirs, keys):
    """Prints where signatures of the same d= and s= were made with different keys; the number."""
    records, faults = public_records(keys), 0
    for name in sorted(set(ours.first) & set(theirs.first)):
        used = ours.key_of(name, records), theirs.key_of(name, records)
        if used[0] != used[1] or len(used[0]) != 1:
            print(f"FAILED: {site}: d= and s= {name}: our key {used[0]}, opendkim's {used[1]}")
            faults += 1
    return faults


class Opendkim(Signer):
    def __init__(self, folder, tables, settings):
        self._folder = folder
        self._socket = folder / "opendkim.sock"
        super().__init__(f"unix:{self._socket}")
        told = {"Socket": f"local:{self._socket}", "Mode": "s", "Syslog": "no", "RequireSafeKeys": "no", "Canonicalization": "relaxed/relaxed",
                "BaseDirectory": folder, "KeyTable": tables[0], "SigningTable": tables[1], **settings}
        (folder / "opendkim.conf").write_text("".join(f"{name} {value}\n" for name, value in told.items()))
        self._start()

    def _start(self):
        self._socket.unlink(missing_ok=True)  # of one that died
        self._child = Child([OPENDKIM, "-f", "-x", str(self._folder / "opendkim.conf")], self._folder / "opendkim.log")
        eventually("opendkim to listen", self._ready)

    def _ready(self):
        if not self._child.running():
            raise HarnessError(f"opendkim ended at start:\n{self._child.output()}")
        try:
            Milter(str(self._socket)).close()
        except (OSError, ProtocolError):
            return False
        return True

    def sign(self, case):
        said = self.deliver(case)
        if said == "dies":  # and others must not suffer for it
            self._child.stop()
            self._start()
        return said

    def stop(self):
        self._child.stop()


class Ours(Signer):
    def __init__(self, folder, tables, settings, more):
        signing = {"key_table": tables[0], "signing_table": tables[1], "require_safe_keys": False, **settings}
        self._daemon = Paraphd(folder, {"roles": {"verify": False}, "dns": {"nameservers": ["127.0.0.1"]}, "signing": signing, **more},
                               unix=True)
        self._daemon.start()
        super().__init__(self._daemon.socket)

    def sign(self, case):
        said = self.deliver(case)
        if said == "dies":
            raise AssertionError(f"paraphd ended at {case.summary()}")
        return said

    def reasons(self):
        """By queue id, why a message was not signed."""
        return dict(re.findall(r' (Q\d+): .* unsigned="((?:[^"\\]|\\.)*)"', self._daemon.log()))

    def stop(self):
        self._daemon.stop()
