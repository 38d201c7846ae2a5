"""The DNS of all messages: families of domains, one for each kind of DMARC record.

A family FAMILY.test has the names FAMILY.test and sub.FAMILY.test, which publish SPF and keys, and bare.FAMILY.test, which
exists and publishes nothing. new.FAMILY.test does not exist. What SPF says depends on the client's address alone, see CLIENTS,
so that each state of SPF can meet each state of everything else."""

import base64
import subprocess

# By record at _dmarc.FAMILY.test: the texts of all TXT records there.
FAMILIES = {
    "missing": [],
    "none": ["v=DMARC1; p=none"],
    "quarantine": ["v=DMARC1; p=quarantine"],
    "reject": ["v=DMARC1; p=reject"],
    "testing-reject": ["v=DMARC1; p=reject; t=y"],
    "testing-quarantine": ["v=DMARC1; p=quarantine; t=y"],
    "pct0-reject": ["v=DMARC1; p=reject; pct=0"],
    "pct0-quarantine": ["v=DMARC1; p=quarantine; pct=0"],
    "pct100-reject": ["v=DMARC1; p=reject; pct=100"],
    "sp-reject": ["v=DMARC1; p=none; sp=reject"],
    "sp-none": ["v=DMARC1; p=reject; sp=none"],
    "np-reject": ["v=DMARC1; p=none; np=reject"],
    "np-none": ["v=DMARC1; p=reject; np=none"],
    "strict": ["v=DMARC1; p=reject; adkim=s; aspf=s"],
    "bogus": ["v=DMARC1; p=bogus"],
    "bogus-rua": ["v=DMARC1; p=bogus; rua=mailto:dmarc@bogus-rua.test"],
    "no-p-rua": ["v=DMARC1; rua=mailto:dmarc@no-p-rua.test"],
    "bogus-sp": ["v=DMARC1; p=reject; sp=bogus"],
    "bogus-adkim": ["v=DMARC1; p=reject; adkim=x"],
    "other-version": ["v=DMARC2; p=reject"],
    "late-version": ["p=reject; v=DMARC1"],
    "two": ["v=DMARC1; p=reject", "v=DMARC1; p=none"],
    "silent": [],
    "customer": ["v=DMARC1; p=reject"],  # whose domain is one below a public suffix
}
HOSTER = "host.test"

# By the state that SPF has for the families' domains, the addresses from which a message comes.
CLIENTS = {
    "pass": ["192.0.2.10", "2001:db8::10"],
    "softfail": ["192.0.2.20"],
    "neutral": ["192.0.2.30"],
    "fail": ["198.51.100.40", "2001:db8:bad::40"],
    "permerror": ["192.0.2.50"],
    "temperror": ["192.0.2.60"],
}
SPF = "v=spf1 ip4:192.0.2.10 ip6:2001:db8::10 ~ip4:192.0.2.20 ?ip4:192.0.2.30 -ip4:198.51.100.0/24 -ip6:2001:db8:bad::/48 include:%{i}.when.test -all"

# Names that a client may give with HELO, and names in MAIL FROM that belong to no author, each with its SPF records.
SPF_OF = {
    "pass.helo.test": ["v=spf1 +all"],
    "fail.helo.test": ["v=spf1 -all"],
    "softfail.helo.test": ["v=spf1 ~all"],
    "neutral.helo.test": ["v=spf1 ?all"],
    "none.helo.test": [],
    "permerror.helo.test": ["v=spf1 ipv4:192.0.2.10 -all"],
    "other.test": [SPF],
    "bare.test": [],
    "syntax.test": ["v=spf1 ip4:192.0.2.0/240 -all"],
    "two-records.test": ["v=spf1 ip4:192.0.2.10 -all", "v=spf1 -all"],
    "loop.test": ["v=spf1 include:loop.test -all"],
    "no-mail.test": ["v=spf1 -all"],
    "forwarder.test": ["v=spf1 ip4:198.51.100.40 -all"],
    "list.test": ["v=spf1 ip4:192.0.2.10 ip6:2001:db8::10 ip4:198.51.100.40 -all"],
}
# Names of clients: one that leads back, one that does not, and one that only ends alike.
REVERSE = [
    "60.2.0.192.in-addr.arpa 300 PTR mail.relay.test", "mail.relay.test 300 A 192.0.2.60",
    "50.2.0.192.in-addr.arpa 300 PTR typed.relay.test", "typed.relay.test 300 A 192.0.2.99",
    "0.4.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.a.b.0.8.b.d.0.1.0.0.2.ip6.arpa 300 PTR evil-relay.test",
    "evil-relay.test 300 AAAA 2001:db8:bad::40",
]
SUFFIXES = f"com\norg\ntest\n{HOSTER}\n"
SELECTOR = "k"


def domain(family):
    """The family's own domain."""
    return f"{family}.{HOSTER}" if family == "customer" else f"{family}.test"


def names():
    """All domains that sign."""
    return [prefix + domain(family) for family in FAMILIES for prefix in ("", "sub.")] + ["other.test", "list.test", HOSTER]


def new_key():
    """A private key, and the record that goes with it."""
    made = subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"], capture_output=True, check=True)
    public = subprocess.run(["openssl", "pkey", "-pubout", "-outform", "DER"], input=made.stdout, capture_output=True, check=True)
    return made.stdout, "v=DKIM1; k=rsa; p=" + base64.b64encode(public.stdout).decode()


def text(name, record):
    pieces = [record[at:at + 255] for at in range(0, len(record), 255)]
    return f"{name} 300 TXT " + " ".join(f'"{piece}"' for piece in pieces)


def family_lines(family, records):
    home = domain(family)
    lines = [text(f"_dmarc.{home}", record) for record in records]
    lines += [f"{prefix}{home} 300 A 192.0.2.10" for prefix in ("", "sub.", "bare.")]
    return lines + [text(prefix + home, SPF) for prefix in ("", "sub.")]


def zone(key_record):
    """Lines of the test name server's zone file."""
    lines = [line for family, records in FAMILIES.items() for line in family_lines(family, records)]
    for name, records in SPF_OF.items():
        lines += [f"{name} 300 A 192.0.2.10"] + [text(name, record) for record in records]
    for name in names():
        lines.append(text(f"{SELECTOR}._domainkey.{name}", key_record))
        lines.append(text(f"revoked._domainkey.{name}", "v=DKIM1; p="))
        lines.append(f"silent._domainkey.{name} FAULT servfail")
    return lines + [*REVERSE, "_dmarc.silent.test FAULT servfail", "temperror.helo.test FAULT servfail", "silent-spf.test FAULT servfail",
                    "192.0.2.50.when.test 300 A 192.0.2.10", "192.0.2.60.when.test FAULT servfail"]
