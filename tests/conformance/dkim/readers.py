"""What other programs show of a signed message to which somebody added a field.

Each field of the table in docs/guide/signed-fields.md is added above and below a message that `paraph sign` signed with
its own lists. Then either the signature is broken, which dkimpy says, or Python's, Perl's and a JavaScript library show
the same author, addresses, subject and text as before.

Usage: readers.py PARAPH DIRECTORY MAILAUTH
"""

import email
import email.policy
import json
import pathlib
import re
import subprocess
import sys

import dkim

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(HERE.parent / "mailauth"))
import install  # noqa: E402

# The text is what somebody wrote who knew that it would be sent back to him with our signature.
TEXT = ("Thank you, we received this:\r\n\r\n"
        "=3Ch1=3EYour=20account=20is=20closed=3C/h1=3E\r\n"
        "SGVsbG8sIHRoaXMgaXMgbm90IHdoYXQgd2FzIHNlbnQu\r\n\r\n"
        "--x\r\nContent-Type: text/html\r\n\r\n<h1>other</h1>\r\n--x--\r\n")
BARE = ("From: Shop <shop@example.org>\r\nTo: ann@example.net\r\nSubject: Your question\r\n"
        "Date: Mon, 02 Mar 2026 10:11:12 +0000\r\nMessage-ID: <1@example.org>\r\n")
# Several values where one alone would not show what can be done.
VALUES = {
    "content-transfer-encoding": ["quoted-printable", "base64"],
    "content-type": ["text/html", "multipart/mixed; boundary=x", "text/plain; charset=utf-16"],
    "content-disposition": ["attachment; filename=invoice.html"],
    "content-location": ["http://evil.test/"],
    "content-base": ["http://evil.test/"],
    "mime-version": ["1.0"],
    "date": ["Tue, 03 Mar 2026 10:11:12 +0000"],
    "list-unsubscribe": ["<https://evil.test/>"],
    "autocrypt": ["addr=shop@example.org; keydata=AAAA"],
}
ALWAYS, IF_PRESENT = "always", "if present"


def table():
    """(field, how it is signed) of each row."""
    text = (ROOT / "docs/guide/signed-fields.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Z][\w-]*) \| (always|if present|as it is|no) \| ", text, re.MULTILINE)
    assert len(rows) > 40, "the table of fields was not found"
    return rows


class Signer:
    def __init__(self, paraph, directory):
        self._paraph, self._key = paraph, directory / "key.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024", "-out", self._key],
                       check=True, capture_output=True)
        public = subprocess.run(["openssl", "pkey", "-in", self._key, "-pubout"], check=True, capture_output=True).stdout
        self._record = b"v=DKIM1; p=" + b"".join(public.splitlines()[1:-1])

    def sign(self, message):
        done = subprocess.run([self._paraph, "sign", "--key", self._key, "--domain", "example.org", "--selector", "s", "-"],
                              input=message, check=True, capture_output=True)
        return done.stdout

    def holds(self, message):
        try:
            return dkim.DKIM(message).verify(dnsfunc=lambda *_, **__: self._record)
        except dkim.DKIMException:
            return False


def additions(message, field, value):
    """The message with the field above and below all others."""
    line = f"{field}: {value}\r\n".encode()
    head, _, body = message.partition(b"\r\n\r\n")
    return {"above": line + message, "below": head + b"\r\n" + line + b"\r\n" + body}


def python_reader(message):
    shown = []
    for policy in (email.policy.default, email.policy.compat32):
        read = email.message_from_bytes(message, policy=policy)
        part = next(iter(read.walk()))
        shown.append([str(read[name]) for name in ("From", "To", "Cc", "Reply-To", "Subject")] +
                     [read.get_content_type(), str(read.get_content_disposition()),
                      repr(part.get_payload(decode=True)), read.is_multipart()])
    return shown


def batch(command, messages):
    """A reader that takes a JSON list of messages and gives a list of what it shows."""
    texts = [message.decode("ascii") for message in messages]
    done = subprocess.run(command, input=json.dumps(texts), text=True, check=True, capture_output=True)
    shown = json.loads(done.stdout)
    assert len(shown) == len(messages)
    return shown


class Cases:
    def __init__(self, signer):
        self._signer = signer
        self.held = []  # (what, before, after)
        self.broken = set()
        self.count = 0

    def add(self, field, how):
        present = f"{field}: {VALUES.get(field.lower(), ['x@example.org'])[0]}\r\n" if f"\n{field}:" not in "\n" + BARE else ""
        for kind, head in (("absent", BARE), ("present", BARE + present)):
            if kind == "absent" and f"\n{field}:" in "\n" + BARE:
                continue
            signed = self._signer.sign((head + "\r\n" + TEXT).encode())
            assert self._signer.holds(signed), f"{field} {kind}: not even signed"
            for value in VALUES.get(field.lower(), ["Eve <eve@evil.test>"]):
                for place, added in additions(signed, field, value).items():
                    self._note(f"{field}: {value}, {place}, where it is {kind}", signed, added,
                               how == ALWAYS or (how == IF_PRESENT and kind == "present"))

    def _note(self, what, before, after, must_break):
        self.count += 1
        if self._signer.holds(after):
            assert not must_break, f"{what}: the signature holds"
            self.held.append((what, before, after))
        else:
            self.broken.add(what)


def main():
    directory = pathlib.Path(sys.argv[2])
    directory.mkdir(parents=True, exist_ok=True)
    cases = Cases(Signer(sys.argv[1], directory))
    for field, how in table():
        cases.add(field, how)
    readers = {"Python's email": lambda messages: [python_reader(m) for m in messages],
               "Perl's Mail::Internet and Email::MIME": lambda messages: batch(["perl", HERE / "reader.pl"], messages)}
    if install.install(sys.argv[3]):
        readers["libmime"] = lambda messages: batch(["node", HERE / "reader.js", sys.argv[3]], messages)
    wrong = []
    for name, read in readers.items():
        before, after = read([case[1] for case in cases.held]), read([case[2] for case in cases.held])
        wrong += [f"{name} is misled by {case[0]}: {a} became {b}"
                  for case, a, b in zip(cases.held, before, after) if a != b]
    print("\n".join(wrong))
    print(f"{cases.count} additions: {len(cases.broken)} break the signature, {len(cases.held)} are shown to "
          f"{len(readers)} readers, {len(wrong)} mislead one")
    return 1 if wrong or not cases.broken or not cases.held else 0


if __name__ == "__main__":
    sys.exit(main())
