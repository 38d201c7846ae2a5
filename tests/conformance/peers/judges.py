"""Who judges: Debian's opendmarc and policyd-spf, and paraphd once for each of the two and once to hear what it finds.

Each judge gives a short text a message, by which judgements are compared: what becomes of the message, and the result."""

import re
import subprocess

import messages
from harness.paraphd import Paraphd
from harness.process import Child, HarnessError, answers, eventually, free_port
from milter_client import Milter, parse_address

AUTHSERV_ID = "mx.test"
OPENDMARC, POLICYD_SPF = "/usr/sbin/opendmarc", "/usr/bin/policyd-spf"
# With what opendmarc reads of DKIM and finds itself of SPF; no header from outside counts.
OPENDMARC_SETTINGS = {"AuthservID": AUTHSERV_ID, "RejectFailures": "true", "HoldQuarantinedMessages": "true", "SPFSelfValidate": "true",
                      "SPFIgnoreResults": "true", "Syslog": "false"}
DECISIONS = {b"c": "accept", b"a": "accept", b"r": "reject", b"t": "tempfail", b"d": "discard"}


def decision(outcome):
    """accept, quarantine, reject, tempfail or discard."""
    if outcome.reply == b"y":
        return "reject" if outcome.text.startswith(b"5") else "tempfail"
    held = any(code == b"q" for code, _ in outcome.edits)
    return "quarantine" if held and outcome.reply in b"ca" else DECISIONS[outcome.reply]


def deliver(address, case, message):
    with Milter(parse_address(address)) as milter:
        return milter.deliver(message, client=case.client, helo=case.helo, sender=f"<{case.sender}>", queue_id=f"Q{case.number}",
                              recipients=(f"<{messages.RECIPIENT}>",))


def dmarc_judgement(outcome):
    """What becomes of the message and, where it is told, the result of DMARC; of a refusal its codes."""
    said = decision(outcome)
    if said in ("reject", "tempfail"):
        return reply_judgement(outcome.text.decode()) if outcome.reply == b"y" else said
    results = re.findall(r";\s*dmarc=([a-z]+)", " ".join(outcome.inserted("Authentication-Results")))
    return f"{said} {' '.join(results) or '-'}"


class OpenDmarc:
    def __init__(self, folder, suffixes, settings=None):
        self.address = f"inet:127.0.0.1:{free_port()}"
        port = self.address.rpartition(":")[2]
        (folder / "opendmarc.suffixes").write_text(suffixes)
        told = {**OPENDMARC_SETTINGS, "Socket": f"inet:{port}@127.0.0.1", "PublicSuffixList": folder / "opendmarc.suffixes", **(settings or {})}
        (folder / "opendmarc.conf").write_text("".join(f"{name} {value}\n" for name, value in told.items()))
        self._child = Child([OPENDMARC, "-f", "-c", str(folder / "opendmarc.conf")], folder / "opendmarc.log")
        eventually("opendmarc to listen", lambda: self._ready(int(port)))

    def _ready(self, port):
        if not self._child.running():
            raise HarnessError(f"opendmarc ended at start:\n{self._child.output()}")
        return answers(port)

    def judge(self, case, dkim_results):
        field = f"Authentication-Results: {AUTHSERV_ID}; {dkim_results}\r\n".encode()
        return deliver(self.address, case, field + case.message)

    def stop(self):
        self._child.stop()


class PolicydSpf:
    """One process that is asked by Postfix's policy protocol, as the service `policy` of Postfix's guide has it."""

    def __init__(self, folder, name, settings):
        config = folder / f"{name}.conf"
        config.write_text("".join(f"{key} = {value}\n" for key, value in settings.items()))
        self._process = subprocess.Popen([POLICYD_SPF, str(config)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, case):
        """The action."""
        request = {"request": "smtpd_access_policy", "protocol_state": "RCPT", "protocol_name": "ESMTP", "instance": f"i{case.number}",
                   "client_address": case.client, "client_name": "unknown", "reverse_client_name": "unknown", "helo_name": case.helo,
                   "sender": case.sender, "recipient": messages.RECIPIENT, "queue_id": f"Q{case.number}"}
        self._process.stdin.write("".join(f"{name}={value}\n" for name, value in request.items()).encode() + b"\n")
        self._process.stdin.flush()
        action = self._process.stdout.readline().decode().strip()
        self._process.stdout.readline()
        return action.removeprefix("action=")

    def stop(self):
        self._process.stdin.close()
        self._process.wait(timeout=20)


def reply_judgement(reply):
    """Of a refusal: its codes, and the identity that is named in the address of the page that explains it."""
    codes, identity = re.match(r"(?:\S+ )?\d\.\d\.\d+|\d{3}", reply).group(), re.search(r"[?;]s=(\w+)", reply)
    return " ".join([codes.replace("defer_if_permit", "451"), *([identity.group(1)] if identity else [])])


def field_judgement(fields):
    """Of mail that is accepted: the result and the identity in its Received-SPF field."""
    found = re.match(r"(\w+) .*?identity=(\w+)", " ".join(fields).strip(), re.DOTALL)
    return f"accept {found.group(1)} {found.group(2)}" if found else "accept -"


def spf_judgement_of_action(action):
    if not action.startswith("prepend "):
        return "accept -" if action == "dunno" else reply_judgement(action)
    name, _, value = action.removeprefix("prepend ").partition(": ")
    return field_judgement([value] if name == "Received-SPF" else [])


def spf_judgement(outcome):
    if outcome.reply == b"y":
        return reply_judgement(outcome.text.decode())
    return field_judgement(outcome.inserted("Received-SPF"))


class Ours:
    def __init__(self, folder, name, settings):
        (folder / name).mkdir()
        self._daemon = Paraphd(folder / name, {"authserv_id": AUTHSERV_ID, "dns": {"nameservers": ["127.0.0.1"]}, **settings})
        self._daemon.start()

    def judge(self, case):
        return deliver(self._daemon.socket, case, case.message)

    def stop(self):
        self._daemon.stop()


def dkim_results(outcome):
    """Those of our Authentication-Results field that are DKIM's, as the text of another field."""
    field = " ".join(outcome.inserted("Authentication-Results"))
    results = [part.strip() for part in re.split(r";(?![^(]*\))", field.replace("\n", " ")) if part.strip().startswith("dkim=")]
    return "; ".join(results) or "dkim=none"
