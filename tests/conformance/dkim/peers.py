"""The implementations that sign and verify each other's messages, behind one interface.

A peer has a name, the algorithms it knows, sign(job) -> the DKIM-Signature field as bytes, and
verify(message) -> a list of results, one a signature, "pass" being the one that counts."""

import base64
import ctypes
import ctypes.util
import json
import subprocess

import dkim

RSA, ED25519 = "rsa-sha256", "ed25519-sha256"


class Lines:
    """A program that answers each line of JSON with one."""

    algorithms = (RSA, ED25519)

    def __init__(self, name, command, zone):
        self.name, self.zone = name, zone
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, job):
        self.process.stdin.write(json.dumps(job).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended without an answer")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def sign(self, job):
        message = base64.b64encode(job["message"]).decode()
        answer = self.ask({**job, "op": "sign", "message": message})
        return base64.b64decode(answer["field"])

    def verify(self, message):
        job = {"op": "verify", "message": base64.b64encode(message).decode(), "zone": self.zone}
        return [result["result"] for result in self.ask(job)["results"]]

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)


class MailDkim(Lines):
    algorithms = (RSA,)  # 1.20230212 knows no other that is still allowed


class Dkimpy:
    name = "dkimpy"
    algorithms = (RSA, ED25519)

    def __init__(self, zone):
        self.zone = zone

    def sign(self, job):
        with open(job["key_file"], "rb") as file:
            key = file.read()
        if job["algorithm"] == ED25519:
            # It wants the bare seed: the last 32 octets of the key's PKCS#8 form.
            der = base64.b64decode(b"".join(key.splitlines()[1:-1]))
            key = base64.b64encode(der[-32:])
        return dkim.sign(
            job["message"], job["selector"].encode(), job["domain"].encode(), key,
            canonicalize=(job["header"].encode(), job["body"].encode()),
            signature_algorithm=job["algorithm"].encode(), linesep=b"\r\n")

    def verify(self, message):
        def fetch(name, timeout=5):
            records = self.zone.get(name.decode().rstrip("."))
            return records[0].encode() if records else None

        return ["pass" if dkim.DKIM(message).verify(dnsfunc=fetch) else "fail"]

    def close(self):
        pass


class OpenDkim:
    """libopendkim itself, which signs with what the opendkim program would not let us choose a message at a time.
    The numbers are those of its dkim.h."""

    name = "opendkim"
    algorithms = (RSA, ED25519)
    SETOPT, QUERYMETHOD, QUERYINFO, QUERY_FILE = 1, 6, 7, 1
    CANON = {"simple": 0, "relaxed": 1}
    ALGORITHM = {RSA: 1, ED25519: 2}
    FLAG_PASSED, BH_MATCH = 0x04, 0

    def __init__(self, zone, key_file):
        with open(key_file, "w", encoding="ascii") as file:
            for name, records in zone.items():
                file.write(f"{name} {records[0]}\n")
        lib = self.lib = ctypes.CDLL("libopendkim.so.11")
        for function in ("dkim_init", "dkim_sign", "dkim_verify"):
            getattr(lib, function).restype = ctypes.c_void_p
        self.handle = ctypes.c_void_p(lib.dkim_init(None, None))
        method = ctypes.c_int(self.QUERY_FILE)
        path = key_file.encode()
        lib.dkim_options(self.handle, self.SETOPT, self.QUERYMETHOD, ctypes.byref(method),
                         ctypes.c_size_t(ctypes.sizeof(method)))
        lib.dkim_options(self.handle, self.SETOPT, self.QUERYINFO, path, ctypes.c_size_t(len(path)))

    def feed(self, context, message):
        header, body = message.split(b"\r\n\r\n", 1) if not message.startswith(b"\r\n") else (b"", message[2:])
        fields = []
        for line in header.split(b"\r\n"):
            if line[:1] in (b" ", b"\t") and fields:
                fields[-1] += b"\r\n" + line
            else:
                fields.append(line)
        for field in fields:
            self.check("dkim_header", self.lib.dkim_header(context, field, ctypes.c_size_t(len(field))))
        self.lib.dkim_eoh(context)
        if body:
            self.check("dkim_body", self.lib.dkim_body(context, body, ctypes.c_size_t(len(body))))
        return self.lib.dkim_eom(context, None)

    @staticmethod
    def check(step, status):
        if status != 0:
            raise RuntimeError(f"{step} gave {status}")

    def sign(self, job):
        with open(job["key_file"], "rb") as file:
            key = file.read()
        status = ctypes.c_int()
        context = ctypes.c_void_p(self.lib.dkim_sign(
            self.handle, b"interop", None, key, job["selector"].encode(), job["domain"].encode(),
            self.CANON[job["header"]], self.CANON[job["body"]], self.ALGORITHM[job["algorithm"]],
            ctypes.c_ssize_t(-1), ctypes.byref(status)))
        self.check("dkim_sign", status.value)
        try:
            self.check("dkim_eom", self.feed(context, job["message"]))
            text, size = ctypes.c_char_p(), ctypes.c_size_t()
            self.check("dkim_getsighdr_d", self.lib.dkim_getsighdr_d(
                context, ctypes.c_size_t(len("DKIM-Signature: ")), ctypes.byref(text), ctypes.byref(size)))
            # As a milter adds it: its line ends come out as CRLF.
            value = text.value[: size.value].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            return b"DKIM-Signature: " + value + b"\r\n"
        finally:
            self.lib.dkim_free(context)

    def verify(self, message):
        status = ctypes.c_int()
        context = ctypes.c_void_p(self.lib.dkim_verify(self.handle, b"interop", None, ctypes.byref(status)))
        self.check("dkim_verify", status.value)
        try:
            self.feed(context, message)
            signatures, count = ctypes.POINTER(ctypes.c_void_p)(), ctypes.c_int()
            self.check("dkim_getsiglist",
                       self.lib.dkim_getsiglist(context, ctypes.byref(signatures), ctypes.byref(count)))
            results = []
            for i in range(count.value):
                signature = ctypes.c_void_p(signatures[i])
                passed = self.lib.dkim_sig_getflags(signature) & self.FLAG_PASSED
                good = passed and self.lib.dkim_sig_getbh(signature) == self.BH_MATCH
                results.append("pass" if good else f"error {self.lib.dkim_sig_geterror(signature)}")
            return results
        finally:
            self.lib.dkim_free(context)

    def close(self):
        self.lib.dkim_close(self.handle)
