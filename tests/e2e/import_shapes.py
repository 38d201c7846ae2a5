"""The shapes that published opendkim.conf files have, each as somebody might have written it, with the mail that shows what it
asks for. {d} is the folder of the old files, {port} a free port."""

import dataclasses

RELAXED_SIMPLE, RELAXED, SIMPLE = "relaxed/simple", "relaxed/relaxed", "simple/simple"


@dataclasses.dataclass(frozen=True)
class Shape:
    """`mail` tells who sends a message of which author, and the selector and domain that it is signed with, if it is."""

    name: str
    text: str
    mail: tuple[tuple[str, str, str], ...]
    files: dict[str, str] = dataclasses.field(default_factory=dict)
    form: str = RELAXED_SIMPLE
    checks: bool = True
    on_bad_signature: str = "accept"
    socket: str = "inet"
    main_cf: str = ""
    keys: dict[str, tuple[str, str]] = dataclasses.field(default_factory=dict)
    id: str = ""
    told: tuple[str, ...] = ()  # in the report
    compared: bool = False  # before the switch


HEAD = "Syslog yes\nSyslogSuccess yes\nLogWhy yes\nUMask 002\nSignatureAlgorithm rsa-sha256\nAutoRestart Yes\nAutoRestartRate 10/1h\n"
FORM = "Canonicalization relaxed/simple\n"
KEYS = {"keys/bakery.test/mail.private": ("bakery.test", "mail"), "keys/choir.test/y2024.private": ("choir.test", "y2024")}
KEY_TABLE = ("mail._domainkey.bakery.test bakery.test:mail:{d}/keys/bakery.test/mail.private\n"
             "y2024._domainkey.choir.test choir.test:y2024:{d}/keys/choir.test/y2024.private\n")
SIGNING_TABLE = "# who signs with what\n*@bakery.test mail._domainkey.bakery.test\n*@choir.test\ty2024._domainkey.choir.test\n"
TRUSTED = "127.0.0.1\n::1\nlocalhost\n# the office\n10.20.0.0/16\n192.168.7.1/24\n"
FILES = {"key_table": KEY_TABLE, "signing_table": SIGNING_TABLE, "trusted": TRUSTED}
TABLES = "KeyTable refile:{d}/key_table\nSigningTable refile:{d}/signing_table\n"
BARE = "KeyTable {d}/key_table\nSigningTable refile:{d}/signing_table\n"
INTERNAL = "InternalHosts refile:{d}/trusted\n"
BOTH = "ExternalIgnoreList refile:{d}/trusted\n" + INTERNAL
UNIX = "Socket local:/var/spool/postfix/opendkim/opendkim.sock\n"
INET = "Socket inet:{port}@localhost\n"

# Somebody's own mail, and what strangers write in his name.
LOCAL = (("local", "ann@bakery.test", "mail/bakery.test"), ("local", "Zoe <zoe@CHOIR.test>", "y2024/choir.test"),
         ("local", "ann@elsewhere.test", ""), ("local", "ann@deep.bakery.test", ""))
LOGIN = (("login", "ann@bakery.test", "mail/bakery.test"), ("login", "zoe@choir.test", "y2024/choir.test"))
OUTSIDE = (("stranger", "ann@bakery.test", ""), ("service", "ann@bakery.test", ""))
# A block with bits behind its prefix holds nobody.
OFFICE = (("inside", "ann@bakery.test", "mail/bakery.test"), ("printer", "ann@bakery.test", ""))
NO_OFFICE = (("inside", "ann@bakery.test", ""), ("printer", "ann@bakery.test", ""))

ONE_KEY = {"keys/dkim.key": ("bakery.test", "default")}
ONE = (("local", "ann@bakery.test", "default/bakery.test"), ("login", "ann@bakery.test", "default/bakery.test"),
       ("local", "zoe@choir.test", ""), ("local", "ann@deep.bakery.test", "")) + OUTSIDE + NO_OFFICE

WITH_TABLES = (
    Shape("1: two patterned tables, both ways, a port, one list of hosts for both purposes",
          HEAD + FORM + "Mode\t\tsv\nOversignHeaders From\nUserID opendkim:opendkim\n" + TABLES + BOTH + INET,
          LOCAL + LOGIN + OFFICE + OUTSIDE, FILES, keys=KEYS, told=("192.168.7.1/24",)),
    Shape("2: the same on a socket in the mail server's chroot",
          HEAD + FORM + "Mode sv\nOversignHeaders From\nUserID opendkim\n" + TABLES + BOTH + UNIX + "AuthservID mx.bakery.test\n",
          LOCAL + LOGIN + OFFICE + OUTSIDE, FILES, keys=KEYS, socket="unix", id="mx.bakery.test",
          main_cf="smtpd_milters = unix:opendkim/opendkim.sock\nnon_smtpd_milters = $smtpd_milters\n"),
    Shape("4: the keys in a plain table, both lists",
          HEAD + "Canonicalization relaxed/relaxed  # newer\nMode sv\n" + BARE + BOTH + INET,
          LOCAL + LOGIN + OFFICE + OUTSIDE, FILES, keys=KEYS, form=RELAXED),
    Shape("5: the keys in a plain table, internal hosts alone",
          (HEAD + FORM + "Mode sv\n" + BARE + INTERNAL + INET).replace("\n", "\r\n"),
          LOCAL + LOGIN + OFFICE + OUTSIDE, {**FILES, "trusted": TRUSTED.replace("\n", "\r\n")}, keys=KEYS),
    Shape("7: it signs and checks nothing",
          HEAD + "Canonicalization simple\nMode s\nOversignHeaders From,From,Subject\n" + TABLES + BOTH + INET,
          LOCAL + LOGIN + OFFICE + OUTSIDE, FILES, keys=KEYS, form=SIMPLE, checks=False),
    Shape("9: no Mode",
          HEAD + FORM + TABLES + BOTH + "Socket inet:1@localhost\n" + INET.rstrip("\n"),
          LOCAL + LOGIN + OFFICE + OUTSIDE, FILES, keys=KEYS),
    Shape("10: no Mode, a socket of the system, a host's name and a service in the lists",
          HEAD.replace("UMask", "Umask") + FORM + TABLES + BOTH + "MTA ORIGINATING\nSocket unix:/run/opendkim/opendkim.sock\n",
          LOCAL + LOGIN + NO_OFFICE + (("named", "ann@bakery.test", "mail/bakery.test"), ("stranger", "ann@bakery.test", ""),
                                       ("service", "ann@bakery.test", "mail/bakery.test")),
          {**FILES, "trusted": "127.0.0.1\nlocalhost\nweb.friends.test\n*.inside.test.example\n"}, keys=KEYS, socket="unix"),
    Shape("10 again: rows that begin with a star, which opendkim takes for exceptions",
          HEAD + FORM + TABLES + BOTH + INET, LOCAL + LOGIN + OUTSIDE + (("named", "ann@bakery.test", ""), ("inside", "ann@bakery.test", "")),
          {**FILES, "trusted": "127.0.0.1\nlocalhost\ndesk4.inside.test\n*.inside.test\n*.friends.test\n"}, keys=KEYS,
          told=("OpenDKIM takes a row that begins with * for an exception",)),
    Shape("11: a dead Domain and KeyFile beside the tables",
          HEAD + FORM + "Domain choir.test\nSelector old\nKeyFile {d}/keys/none.private\nMode sv\n" + TABLES + INTERNAL + UNIX,
          LOCAL + LOGIN + OFFICE + OUTSIDE, FILES, keys=KEYS, socket="unix", told=("no effect beside a KeyTable",)),
    Shape("12: internal hosts alone, a bad signature is refused",
          HEAD + FORM + "Mode sv\nOn-BadSignature reject\n" + TABLES + INTERNAL + INET,
          LOCAL + LOGIN + OFFICE + OUTSIDE, FILES, keys=KEYS, on_bad_signature="reject", compared=True),
    Shape("13: the keys in a plain table, no Mode, no lists",
          HEAD + FORM + BARE + INET, LOCAL + LOGIN + NO_OFFICE + OUTSIDE,
          {**FILES, "key_table": "bakery.test bakery.test:mail:{d}/keys/bakery.test/mail.private\n"
                                 "choir   choir.test:y2024:{d}/keys/choir.test/y2024.private",
           "signing_table": "*@bakery.test bakery.test\n*@choir.test   choir\n"}, keys=KEYS),
)

WITH_ONE_KEY = (
    Shape("3: one domain and key, no Mode, no lists",
          HEAD + FORM + "Domain\tbakery.test\nSelector\tdefault\nKeyFile\t{d}/keys/dkim.key\n" + INET, ONE, keys=ONE_KEY),
    Shape("6: the domains in a file, one key for them all",
          HEAD + FORM + "Domain {d}/domains\nSelector default\nKeyFile {d}/keys/dkim.key\nMode sv\n" + INET,
          (("local", "ann@bakery.test", "default/bakery.test"), ("login", "zoe@choir.test", "default/choir.test"),
           ("local", "ann@elsewhere.test", "")) + OUTSIDE,
          {"domains": "bakery.test\nchoir.test\n"}, keys=ONE_KEY, compared=True),
    Shape("8: one domain and key, both ways",
          HEAD + "Canonicalization relaxed/relaxed\nMode sv\nDomain bakery.test\nKeyFile {d}/keys/dkim.key\nSelector default\n"
          "SubDomains yes\nOn-BadSignature tempfail\n" + INET,
          (("local", "ann@bakery.test", "default/bakery.test"), ("local", "ann@deep.bakery.test", "default/bakery.test"),
           ("local", "zoe@choir.test", "")) + OUTSIDE, keys=ONE_KEY, form=RELAXED, on_bad_signature="tempfail"),
    Shape("14: no key, as the package brings it",
          "Syslog\t\t\tyes\nSyslogSuccess\t\tyes\nCanonicalization\trelaxed/simple\nOversignHeaders\tFrom\nUserID opendkim\n"
          "UMask 007\nSocket\tlocal:/run/opendkim/opendkim.sock\nPidFile /run/opendkim/opendkim.pid\n",
          (("local", "ann@bakery.test", ""), ("login", "ann@bakery.test", ""), ("stranger", "ann@bakery.test", "")), socket="unix"),
    Shape("14: no key, it checks",
          "Mode v\nAlwaysAddARHeader yes\nAuthservID in.bakery.test\n" + INET,
          (("local", "ann@bakery.test", ""), ("login", "ann@bakery.test", ""), ("stranger", "ann@bakery.test", "")),
          id="in.bakery.test"),
)

# {place} is where the database is, as OpenDBX has it: backend, user, password, port, host and the database's name.
COLUMNS = "/table={table}?keycol={key}?datacol={values}"
SQL = LOCAL + LOGIN + OUTSIDE
SCHEMA_OF_PANEL = (
    # An account has a number; the path of its key stands in the row.
    "CREATE TABLE panel_keys (id INTEGER PRIMARY KEY, domain_name VARCHAR(255), selector VARCHAR(60), key_path VARCHAR(255))",
    "INSERT INTO panel_keys VALUES (7, 'bakery.test', 'mail', '{d}/keys/bakery.test/mail.private'), "
    "(12, 'choir.test', 'y2024', '{d}/keys/choir.test/y2024.private')")
PANEL = tuple(COLUMNS.format(table="panel_keys", key=key, values=values)
              for key, values in (("id", "domain_name,selector,key_path"), ("domain_name", "id")))
SCHEMA_OF_HOST = (
    # Two tables, and the key itself in one.
    "CREATE TABLE host_keys (name VARCHAR(100) PRIMARY KEY, d VARCHAR(255), s VARCHAR(60), pem TEXT, active CHAR(1))",
    "CREATE TABLE host_signing (author VARCHAR(255), name VARCHAR(100))",
    "INSERT INTO host_keys VALUES ('one', 'bakery.test', 'mail', '{pem0}', 'y'), ('two', 'choir.test', 'y2024', '{pem1}', 'y')",
    "INSERT INTO host_signing VALUES ('bakery.test', 'one'), ('choir.test', 'two')")
HOST = tuple(COLUMNS.format(table=table, key=key, values=values)
             for table, key, values in (("host_keys", "name", "d,s,pem"), ("host_signing", "author", "name")))


def in_database(name: str, columns: tuple[str, str], more: str, **options) -> Shape:
    tables = f"KeyTable dsn:{{place}}{columns[0]}\nSigningTable dsn:{{place}}{columns[1]}\n"
    return Shape(name, HEAD + FORM + "Mode s\n" + tables + more, SQL, keys=KEYS, checks=False, compared=True, **options)
