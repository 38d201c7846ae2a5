#include "config/schema.h"

#include "config/domain_schema.h"
#include "config/failure_report_schema.h"
#include "config/policy_checks.h"
#include "config/policy_schema.h"
#include "config/policyd_schema.h"
#include "config/report_schema.h"
#include "config/rotation_schema.h"
#include "config/schema_types.h"
#include "config/table_prefix.h"
#include "config/text_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace config {

namespace {

using namespace schema_types;

Section top() {
    return {"",
            "",
            {setting(
                 "authserv_id", text(check_authserv_id), [](auto& s) -> auto& { return s.authserv_id; },
                 R"(
The name under which this system signs its Authentication-Results fields (RFC 8601). Incoming fields that
bear it are forgeries and are removed. Set it: a name that stays the same is what filters can look for,
and by it our own results are recognized in mail that comes back. Empty: the name that the mail server
gives itself (Postfix: myhostname, of each service), else the name of the host; all names that it has
given since the daemon started count as ours then. The word HOSTNAME: the name of the host.)"),
             setting(
                 "strip_authserv_ids", texts(check_authserv_id),
                 [](auto& s) -> auto& { return s.strip_authserv_ids; },
                 R"(
Further authserv-ids whose incoming Authentication-Results fields are removed: former names of this
system, and those of its other gateways when their results must not reach the users.)"),
             setting(
                 "quarantine_field", {.kind = Kind::text, .minimum = 1, .check = check_own_field_name},
                 [](auto& s) -> auto& { return s.quarantine_field; },
                 R"(
The header field that marks mail which belongs in quarantine, for the filter or the delivery program that
puts it there. Incoming fields of that name are removed.)"),
             choice<mode_choices>(
                 "mode", [](auto& s) -> auto& { return s.mode; },
                 R"(
What is done, in one word. both: mail of our own is signed and all other mail is checked, as roles says.
verify: all mail is checked, our own as well, and none is signed; of our own mail only the signatures, for
the address that it comes from says nothing. sign: mail of our own is signed, all other mail is left alone
and forged results stay in it. roles.verify and roles.sign follow from verify and sign.)"),
             choice<internal_error_choices>(
                 "on_internal_error", [](auto& s) -> auto& { return s.on_internal_error; },
                 R"(
What happens to a message that a defect or a lack of memory keeps from being checked or signed. The log has
an error (INTERNAL). tempfail: 451, it comes again. accept: it is delivered unchecked and unsigned, without
forged results of ours; where not even its header could be taken in it is answered 451 all the same.)")}};
}

Section listen() {
    return {
        "listen",
        "Where the mail server reaches the daemon.",
        {setting(
             "listen.socket", socket(), [](auto& s) -> auto& { return s.listen.socket; },
             R"(
The milter socket: inet:HOST:PORT, inet6:[HOST]:PORT or unix:/PATH. OpenDKIM's ways of writing it,
inet:PORT@HOST and local:/PATH, mean the same.)"),
         setting(
             "listen.socket_mode", mode(), [](auto& s) -> auto& { return s.listen.socket_mode; },
             "Permissions of a unix socket. The mail server needs to read and write it."),
         setting(
             "listen.socket_group", text(check_name), [](auto& s) -> auto& { return s.listen.socket_group; },
             "Group of a unix socket, for example postfix. Empty: the group of the daemon."),
         setting(
             "listen.max_connections", integer(1, 100'000),
             [](auto& s) -> auto& { return s.listen.max_connections; },
             R"(
How many connections from the mail server are served at once. Further ones are answered 451. The limit is
lower where the system gives the daemon too few descriptors or threads.)"),
         setting(
             "listen.skip_bodies", boolean(), [](auto& s) -> auto& { return s.listen.skip_bodies; },
             R"(
Ask the mail server to leave out the rest of a body when no signature needs it. It then waits for a reply
to each piece: every message takes a little longer, and large unsigned ones are not copied in full.)"),
         setting(
             "listen.drain_time", duration(0, 10 * minute),
             [](auto& s) -> auto& { return s.listen.drain_time; },
             R"(
How long messages under way may take when the daemon stops. New connections are answered 451 meanwhile.)"),
         setting(
             "listen.control", {.kind = Kind::path}, [](auto& s) -> auto& { return s.listen.control; },
             R"(
A unix socket at which `paraph reload` reaches the daemon. Only root and the daemon's user may use it. Where
its directory does not exist there is none, and the daemon is told by signal alone. Empty: none.)")}};
}

Section reload() {
    return {"reload",
            "When the daemon reads its files again without being told.",
            {setting(
                "reload.watch", whole_seconds(0, day), [](auto& s) -> auto& { return s.reload.watch; },
                R"(
How often the daemon looks whether a table, an included file, a file of exceptions, the list of public
suffixes or a key file has changed. What has changed is read once it has stayed the same from one look to the
next. If that fails, what was read before stays in use, and the log says so once. The configuration file
itself is not watched: what you write there waits for a reload. 0: never, a reload reads everything.)")}};
}

Section roles() {
    return {
        "roles",
        R"(
Which mail is checked and which is signed. A message is ours to sign when it comes from an authenticated
user, from an internal host, or through an originating daemon; all other mail is checked.)",
        {setting(
             "roles.verify", boolean(), [](auto& s) -> auto& { return s.roles.verify; },
             "Check incoming mail."),
         setting(
             "roles.sign", boolean(), [](auto& s) -> auto& { return s.roles.sign; }, "Sign mail of our own."),
         setting(
             "roles.originating_daemons", texts(check_name),
             [](auto& s) -> auto& { return s.roles.originating_daemons; },
             R"(
Values of the macro {daemon_name} that mark mail of our own. Postfix sends what milter_macro_daemon_name
says, per service in master.cf.)"),
         setting(
             "roles.originating_macros", macros(),
             [](auto& s) -> auto& { return s.roles.originating_macros; },
             R"(
Further macros that mark mail of our own, as OpenDKIM's MacroList: {name} where the mail server gives it any
value, {name}=VALUE|VALUE where it is one of these. One that holds is enough. They are asked for when a
client connects and with each MAIL. Macros that any client can have as it likes are refused. They do not
count at roles.reinjection_daemons.)"),
         setting(
             "roles.reinjection_daemons", texts(check_name),
             [](auto& s) -> auto& { return s.roles.reinjection_daemons; },
             R"(
Values of {daemon_name} of the services to which a content filter hands mail back. Such mail comes from
this host whoever wrote it, so that coming from an internal host does not make it ours to sign.)"),
         setting(
             "roles.keep_reinjected_results", boolean(),
             [](auto& s) -> auto& { return s.roles.keep_reinjected_results; },
             R"(
Leave mail alone that an internal host hands back through such a service: it was checked when it came in,
and the results of then stay. Otherwise it is checked again, as mail of that host.)"),
         setting(
             "roles.internal_hosts", hosts(), [](auto& s) -> auto& { return s.roles.internal_hosts; },
             R"(
Clients whose mail is ours to sign without authentication. Giving this list replaces the default, so keep
the loopback addresses in it. An entry is an address, a block, a name such as mail.example.org, or
.example.org for all names below example.org; with ! in front it is an exception. The most specific entry
decides, names before addresses. A name counts only where the mail server says that it leads back to the
address (the macro {client_resolve} is OK), which costs no lookup of ours.)"),
         setting(
             "roles.peers", hosts(), [](auto& s) -> auto& { return s.roles.peers; },
             R"(
Clients whose mail is left alone, as OpenDKIM does with PeerList: neither checked nor signed, whoever logged
in there. Entries as in internal_hosts. Forged results of ours are removed from it all the same.)"),
         setting(
             "roles.keep_peer_results", boolean(), [](auto& s) -> auto& { return s.roles.keep_peer_results; },
             R"(
Leave our own results in mail of peers as well: they are filters that write them under our authserv_id.)"),
         setting(
             "roles.exempt_domains", texts(check_domain),
             [](auto& s) -> auto& { return s.roles.exempt_domains; },
             R"(
Domains of From whose mail is left alone, as OpenDKIM does with ExemptDomains: neither checked nor signed. No
result is written, and forged ones are removed. The domain itself counts, not those below it. Anybody can
write such a From, and what he sends is then not checked.)"),
         setting(
             "roles.report_authentication", boolean(),
             [](auto& s) -> auto& { return s.roles.report_authentication; },
             R"(
Add a result with auth=pass and the login name to mail of users who logged in (RFC 8601 2.7.4). It leaves
with the message, so that everybody who gets it learns the login name.)"),
         setting(
             "roles.sign_local_submission", boolean(),
             [](auto& s) -> auto& { return s.roles.sign_local_submission; },
             R"(
Sign mail that programs on this host submit with sendmail(1), which Postfix shows to non_smtpd_milters.)"),
         setting(
             "roles.heed_own_results", boolean(), [](auto& s) -> auto& { return s.roles.heed_own_results; },
             R"(
Leave mail unsigned that an internal host or sendmail(1) hands back with a result of our own against its
author: it came in from outside, and a list, a redirect or a filter sends it on. The result stays in it.
Our own are those under authserv_id, strip_authserv_ids, the name of the host and the names that the mail
server gives itself. Mail of a user who logged in and of roles.originating_daemons is signed all the same.)")}};
}

Section relays() {
    return {
        "relays",
        R"(
Relays of our own that hand us mail from outside: a backup MX, a front end. SPF and iprev are then checked
for the client that gave the message to the relay, which its Received field names, and not for the relay.
The guide on relays tells more.)",
        {setting(
             "relays.most_hops", integer(1, 100), [](auto& s) -> auto& { return s.relays.most_hops; },
             R"(
How many Received fields of relays are followed. With more of them the client counts as unknown.)"),
         choice<srs_choices>(
             "relays.srs", [](auto& s) -> auto& { return s.relays.srs; },
             R"(
What to do where a relay rewrote MAIL FROM (SRS). none: SPF is none, because the original sender is not
known. decode: the sender that stands in an address that begins with SRS0 is checked.)"),
         setting(
             "relays.srs_domains", texts(check_domain), [](auto& s) -> auto& { return s.relays.srs_domains; },
             R"(
The domains under which the relays rewrite MAIL FROM. An address of another domain was rewritten by
somebody else, and is checked as it is. Empty: any domain may be theirs.)")}};
}

Section dns() {
    return {
        "dns",
        R"(
Name resolution. Answers are cached for as long as their TTL allows, failures for a few seconds.)",
        {setting(
             "dns.nameservers", servers(), [](auto& s) -> auto& { return s.dns.nameservers; },
             R"(
Addresses of the resolvers to ask, each with a port if it is not 53. Empty: those of /etc/resolv.conf. A
validating resolver on this host is the best choice.)"),
         setting(
             "dns.timeout", duration(100, minute), [](auto& s) -> auto& { return s.dns.timeout; },
             "How long to wait for one answer before the question is sent again or given up."),
         setting(
             "dns.attempts", integer(1, 10), [](auto& s) -> auto& { return s.dns.attempts; },
             "How often a question is sent in all."),
         setting(
             "dns.cache_bytes", size(0, 4096 * megabyte), [](auto& s) -> auto& { return s.dns.cache_bytes; },
             R"(
Memory for cached answers. Half of it on top is for the keys and records in them in parsed form. 0: no
cache.)"),
         setting(
             "dns.message_budget", duration(100, 10 * minute),
             [](auto& s) -> auto& { return s.dns.message_budget; },
             R"(
How long a message may wait for DNS, all its questions together. What is missing then counts as a
temporary failure. Keep it well below the time that the mail server gives its filters.)"),
         setting(
             "dns.questions_per_message", integer(1, 10'000),
             [](auto& s) -> auto& { return s.dns.questions_per_message; },
             R"(
How many DNS questions one message may cause. Further ones are not asked and count as temporary failures. A
quarter of them is kept for what the header of the message makes necessary: DMARC records and DKIM keys.)")}};
}

Section spf() {
    return {"spf",
            "Sender Policy Framework (RFC 7208).",
            {setting(
                 "spf.enabled", boolean(), [](auto& s) -> auto& { return s.spf.enabled; },
                 "Check the domain of MAIL FROM against the client's address."),
             setting(
                 "spf.check_helo", boolean(), [](auto& s) -> auto& { return s.spf.check_helo; },
                 R"(
Check the name given with HELO or EHLO as well. It stands in for MAIL FROM when that is empty, whatever is
set here.)"),
             setting(
                 "spf.void_lookups", integer(0, 10), [](auto& s) -> auto& { return s.spf.void_lookups; },
                 R"(
How many terms of one record may ask for something that does not exist before the result is permerror. The
RFC recommends 2.)"),
             choice<look_ahead_choices>(
                 "spf.look_ahead", [](auto& s) -> auto& { return s.spf.look_ahead; },
                 R"(
Which questions are asked before it is known that they are needed. none: no question is wasted, slow for
deep records. records: the records that include and redirect name. all: also what a, mx and exists name.)"),
             setting(
                 "spf.report_helo", boolean(), [](auto& s) -> auto& { return s.spf.report_helo; },
                 R"(
Write the result for HELO beside that for MAIL FROM, whatever it is; otherwise only a fail. It is about the
host that connected, not about the sender: a filter that takes every spf=pass for the sender's must not be
given this.)"),
             setting(
                 "spf.received_spf", boolean(), [](auto& s) -> auto& { return s.spf.received_spf; },
                 R"(
Add a Received-SPF field (RFC 7208 9.1) to checked mail, below Authentication-Results, as policyd-spf wrote
it: SpamAssassin and opendmarc read it. Fields of that name in incoming mail that name this system as
receiver, or nobody, are removed.)")}};
}

Section dkim() {
    return {
        "dkim",
        "Checking DKIM signatures (RFC 6376).",
        {setting(
             "dkim.enabled", boolean(), [](auto& s) -> auto& { return s.dkim.enabled; },
             "Check the signatures of incoming mail."),
         setting(
             "dkim.max_signatures", integer(1, 100), [](auto& s) -> auto& { return s.dkim.max_signatures; },
             R"(
How many signatures of a message are checked, from the top. Those below are reported as not checked.)"),
         setting(
             "dkim.minimum_key_bits", integer(512, 4096),
             [](auto& s) -> auto& { return s.dkim.minimum_key_bits; },
             "The smallest RSA key whose signatures may pass. RFC 8301 asks for at least 1024."),
         setting(
             "dkim.maximum_key_bits", integer(2048, 16'384),
             [](auto& s) -> auto& { return s.dkim.maximum_key_bits; },
             R"(
The largest RSA key whose signatures are computed. Large keys cost the verifier, not the signer.)"),
         setting(
             "dkim.clock_drift", whole_seconds(0, day), [](auto& s) -> auto& { return s.dkim.clock_drift; },
             R"(
How far the signer's clock may be off when a signature says when it was made and when it expires.)"),
         setting(
             "dkim.accept_partial_body", boolean(),
             [](auto& s) -> auto& { return s.dkim.accept_partial_body; },
             R"(
Let a signature pass that covers only the first part of the body (the l= tag). Anyone can append to such a
message what the signer never saw.)"),
         setting(
             "dkim.required_fields", texts(check_field_name),
             [](auto& s) -> auto& { return s.dkim.required_fields; },
             R"(
Header fields that a signature must cover where the message has them, each as often as it occurs: what a
signature leaves out anyone can change, such as Subject.)"),
         choice<uncovered_field_choices>(
             "dkim.uncovered_fields", [](auto& s) -> auto& { return s.dkim.uncovered_fields; },
             R"(
What becomes of a good signature that leaves one of them out. warn: it passes, and a comment names the
fields. policy: its result is dkim=policy, which is no pass for DMARC either.)")}};
}

Section dmarc() {
    return {"dmarc",
            "Domain-based Message Authentication, Reporting and Conformance (RFC 9989).",
            {setting(
                 "dmarc.enabled", boolean(), [](auto& s) -> auto& { return s.dmarc.enabled; },
                 "Evaluate the policy of the author's domain. Needs SPF or DKIM."),
             choice<discovery_choices>(
                 "dmarc.discovery", [](auto& s) -> auto& { return s.dmarc.discovery; },
                 R"(
How the organizational domain is found. tree_walk: by asking the DNS, as RFC 9989 has it. psl: by the
public suffix list, as RFC 7489 had it.)"),
             setting(
                 "dmarc.public_suffix_veto", boolean(),
                 [](auto& s) -> auto& { return s.dmarc.public_suffix_veto; },
                 R"(
Do not let the tree walk take a public suffix for an organizational domain, so that a record at a registry
cannot align the mail of its customers with one another.)"),
             setting(
                 "dmarc.public_suffix_list", existing_path(),
                 [](auto& s) -> auto& { return s.dmarc.public_suffix_list; },
                 R"(
A file with the public suffix list. Empty: the one of libpsl, which the distribution keeps current.)")}};
}

Section author() {
    return {"author",
            R"(
Mail whose author cannot be determined. Mail programs may show such mail under any name its sender likes,
so its result is dmarc=permerror at best. accept: only that. mark: also adds quarantine_field. quarantine:
the mail server holds it (Postfix: the hold queue). tempfail: 451. reject: refused with 550. discard:
taken, and thrown away unseen. Where several of these apply to a message the hardest action is taken.)",
            {choice<action_choices>(
                 "author.missing", [](auto& s) -> auto& { return s.author.missing; },
                 "No From field, or an empty group in it."),
             choice<action_choices>(
                 "author.several_fields", [](auto& s) -> auto& { return s.author.several_fields; },
                 "More than one From field, counting those that only some readers take for one."),
             choice<action_choices>(
                 "author.several_domains", [](auto& s) -> auto& { return s.author.several_domains; },
                 R"(
One From field with addresses in different domains. The policy of each domain is evaluated and the
strictest one that fails is the result.)"),
             choice<action_choices>(
                 "author.unreadable", [](auto& s) -> auto& { return s.author.unreadable; },
                 R"(
A From field in which two readers could see two domains, or no address with a valid domain, or addresses in
more than ten domains, which are not evaluated.)"),
             choice<action_choices>(
                 "author.stray_line_break", [](auto& s) -> auto& { return s.author.stray_line_break; },
                 R"(
A line break in any header field that is no fold, such as a lone CR. Some mail programs take what follows
for another field, which no signature covers. A pass becomes permerror, a fail stays. In mail of our own a
blank takes its place instead.)"),
             choice<own_mail_choices>(
                 "author.own_mail", [](auto& s) -> auto& { return s.author.own_mail; },
                 R"(
What happens to mail of our own in any of these states. It is never signed, and the log has a warning
(NOT_SIGNED). accept: it goes out unsigned. tempfail: it stays with its sender, who tries again, until the
program that wrote it is fixed. Mail that comes back with a result of ours against its author is not meant.)")}};
}

Section iprev() {
    return {"iprev",
            "",
            {setting(
                "iprev.enabled", boolean(), [](auto& s) -> auto& { return s.iprev.enabled; },
                R"(
Check that the client's address and its name point to each other (RFC 8601 2.7.3) and report the result.)")}};
}

Section signing() {
    return {"signing",
            "How mail is signed. The keys are named below domains, or in OpenDKIM's tables.",
            {choice<canonicalization_choices>(
                 "signing.header_canonicalization",
                 [](auto& s) -> auto& { return s.signing.header_canonicalization; },
                 "How much of the header's layout a signature protects. relaxed survives refolding."),
             choice<canonicalization_choices>(
                 "signing.body_canonicalization",
                 [](auto& s) -> auto& { return s.signing.body_canonicalization; },
                 R"(
How much of the body's white space a signature protects. relaxed survives changes at the ends of lines.)"),
             setting(
                 "signing.signed_fields", texts(check_listed_field),
                 [](auto& s) -> auto& { return s.signing.signed_fields; },
                 R"(
The header fields to sign when they are present. "*" is the built-in list, which the guide on signed fields
explains; beside it, +NAME adds one and -NAME takes one out. Names without "*" take its place, and must hold
From. []: From, and what is oversigned.)"),
             setting(
                 "signing.oversigned_if_present", texts(check_listed_field),
                 [](auto& s) -> auto& { return s.signing.oversigned_if_present; },
                 R"(
The header fields that are signed once more than they occur where there is one, so that nobody can add
another. "*" is a built-in list: those of signed_fields that mail servers and mailing lists add only where
they are missing, such as Date, Message-ID, Sender and List-*. +NAME and -NAME change it. []: none.)"),
             setting(
                 "signing.oversigned_fields", texts(check_listed_field),
                 [](auto& s) -> auto& { return s.signing.oversigned_fields; },
                 R"(
The header fields that are signed once more than they occur, also where there is none, so that nobody can
add one (OpenDKIM's OversignHeaders). "*" is a built-in list: those that mail programs show or act on, which
the guide on signed fields explains. +NAME and -NAME change it. []: none.)"),
             setting(
                 "signing.omitted_fields", texts(check_listed_field),
                 [](auto& s) -> auto& { return s.signing.omitted_fields; },
                 R"(
The header fields that are not signed, whatever the three lists above say (OpenDKIM's OmitHeaders). "*" is
Return-Path, Received, Comments, Keywords, Bcc, Resent-Bcc and DKIM-Signature, which are in no built-in list
anyhow. From is always signed.)"),
             setting(
                 "signing.list_recipients", texts(check_address_pattern),
                 [](auto& s) -> auto& { return s.signing.list_recipients; },
                 R"(
Addresses of mailing lists, in the form of unsigned_recipients. In mail to one of them, Reply-To and Cc are
signed as "if present": a list that adds such a field, where there is none, does not break the signature;
neither does anybody else who does so.)"),
             choice<fragile_choices>(
                 "signing.fragile", [](auto& s) -> auto& { return s.signing.fragile; },
                 R"(
Mail that a mail server behind paraphd will probably change, which breaks the signature: lines that are too
long, 8-bit text, stray line breaks and more, see the guide on fragile messages. sign: it is not looked for.
warn: signed, and a warning in the log (FRAGILE). tempfail: 451, for the sending program to be mended.)"),
             setting(
                 "signing.lifetime", whole_seconds(0, 3650 * day),
                 [](auto& s) -> auto& { return s.signing.lifetime; },
                 R"(
How long a signature is valid (the x= tag). 0: for ever. Mail may wait in queues for days.)"),
             setting(
                 "signing.key_table", existing_path(table_prefixes()),
                 [](auto& s) -> auto& { return s.signing.key_table; },
                 R"(
OpenDKIM's KeyTable. A path, also after file:, is a file of rows; csl: stands before rows that are written
here, with commas between them; lmdb: and db: stand before the path of such a database, and a path that ends
in .db is one, too; sqlite:, postgresql:, mysql: and ldap: stand before a name of sources. See the guide on
tables. Needs signing_table.)"),
             setting(
                 "signing.signing_table", existing_path(table_prefixes()),
                 [](auto& s) -> auto& { return s.signing.signing_table; },
                 R"(
OpenDKIM's SigningTable, written like key_table; after refile: the rows of a file are patterns in their
order. Needs key_table.)"),
             setting(
                 "signing.all_matches", boolean(), [](auto& s) -> auto& { return s.signing.all_matches; },
                 R"(
Let every row of the signing table that matches sign, as OpenDKIM does with MultipleSignatures. Otherwise
the first one that matches, together with rows of the same pattern whose keys are of another type, so that
an RSA and an Ed25519 key sign side by side.)"),
             choice<missing_key_choices>(
                 "signing.missing_key", [](auto& s) -> auto& { return s.signing.missing_key; },
                 R"(
What happens to mail whose key is missing, unreadable or unsafe, or whose row of the key table cannot be
used. The log says which. tempfail: 451, the message waits until that is fixed. unsigned: it goes out
without that signature. Mail of other domains is not affected.)"),
             choice<missing_key_choices>(
                 "signing.on_error", [](auto& s) -> auto& { return s.signing.on_error; },
                 R"(
What happens to mail that a key should sign and does not, for a fault of the cryptography or of memory. The
log has an error (SIGNING_FAILED). tempfail: 451. unsigned: it goes out without that signature.)"),
             setting(
                 "signing.unsigned_recipients", texts(check_address_pattern),
                 [](auto& s) -> auto& { return s.signing.unsigned_recipients; },
                 R"(
Addresses to which mail goes unsigned, as with OpenDKIM's DontSignMailTo: ann@example.org, example.org for
all of that domain, .example.org for all of every name below it; * stands for anything. One of them among
the recipients is enough, since the message is one for all.)"),
             setting(
                 "signing.require_safe_keys", boolean(),
                 [](auto& s) -> auto& { return s.signing.require_safe_keys; },
                 R"(
Refuse private keys that other users of this host can read, write or replace. The file and every directory
above it must belong to root or to the daemon's user, and nobody else, no group either, may write them. In
directories with the sticky bit, such as /tmp, the owner of what lies there counts.)")}};
}

Section log() {
    return {"log",
            "",
            {choice<log_target_choices>(
                 "log.target", [](auto& s) -> auto& { return s.log.target; },
                 "Where log lines go. systemd and containers collect stderr."),
             choice<log_facility_choices>(
                 "log.facility", [](auto& s) -> auto& { return s.log.facility; }, "The syslog facility."),
             choice<log_level_choices>(
                 "log.level", [](auto& s) -> auto& { return s.log.level; },
                 "The least important lines that are written."),
             make_setting<Settings>(
                 "log.counters_every",
                 {.kind = Kind::duration, .minimum = 0, .maximum = 30ULL * 86'400'000, .step = 1000},
                 [](auto& s) -> auto& { return s.log.counters_every; },
                 R"(
How often a line (COUNTERS) tells how many messages there were, with which results, and what was done or, in
a dry run, would have been. 0: never. SIGUSR2 has the totals since the start written at once.)")}};
}

Section limits() {
    return {
        "limits",
        "What a message may cost. One whose header is over a limit is not accepted.",
        {choice<over_limit_choices>(
             "limits.over_limit", [](auto& s) -> auto& { return s.limits.over_limit; },
             R"(
What happens to a message whose header is over a limit. reject: 552, its sender learns of it at once.
tempfail: 451, it comes again, and may pass when the limit has been raised meanwhile. It is never accepted,
for what was not looked at could hide a forged field.)"),
         setting(
             "limits.header_fields", integer(50, 100'000),
             [](auto& s) -> auto& { return s.limits.header_fields; },
             "How many header fields are looked at."),
         setting(
             "limits.header_bytes", size(16 * kilobyte, 64 * megabyte),
             [](auto& s) -> auto& { return s.limits.header_bytes; }, "The size of the whole header."),
         setting(
             "limits.header_field_bytes", size(4 * kilobyte, 16 * megabyte),
             [](auto& s) -> auto& { return s.limits.header_field_bytes; }, "The size of one header field."),
         setting(
             "limits.headers_in_memory", size(1 * megabyte, 65'536 * megabyte),
             [](auto& s) -> auto& { return s.limits.headers_in_memory; },
             R"(
The headers and recipients of all messages that arrive at the same time. A message that finds no room is answered 451.
Bodies are never kept.)"),
         setting(
             "limits.waiting_messages", integer(1, 100'000),
             [](auto& s) -> auto& { return s.limits.waiting_messages; },
             R"(
How many messages may wait for the DNS at the same time, each on a thread of its own. Further ones are
answered 451.)")}};
}

} // namespace

const std::vector<Section>& schema() {
    static const std::vector<Section> sections = [] {
        std::vector<Section> policy = policy_sections();
        std::vector<Section> list{top(),  listen(), roles(),  relays(), dns(), spf(), policyd_section(),
                                  dkim(), dmarc(),  author(), iprev()};
        for (Section& section : policy) {
            list.push_back(std::move(section));
        }
        list.insert(list.end(), {signing(), senders_section(), rotation_section(), reports_section(),
                                 failure_report_section(), reload(), log(), limits()});
        return list;
    }();
    return sections;
}

const std::vector<RelaySetting>& relay_schema() {
    static const std::vector<RelaySetting> settings{
        make_required<RelayEntry>(
            "addresses", texts(check_relay_address), [](auto& r) -> auto& { return r.addresses; },
            R"(
The addresses from which the relay connects: addresses, blocks such as 192.0.2.0/24, or names of hosts,
which are looked up when the daemon starts and when it reloads.)"),
        make_setting<RelayEntry>(
            "names", texts(check_relay_name), [](auto& r) -> auto& { return r.names; },
            R"(
What stands behind "by" in the Received fields of the relay, mostly its host name; .example.net stands for
all names below example.net. A field with another name is not its own. Empty: the address behind "by", or
the form of the field, has to do.)"),
        make_choice<received_form_choices, RelayEntry>(
            "form", [](auto& r) -> auto& { return r.form; },
            R"(
The program whose form the Received fields of the relay have. No other form is read then. any: the one that
fits.)"),
        make_setting<RelayEntry>(
            "inside", networks(), [](auto& r) -> auto& { return r.inside; },
            R"(
Addresses from which the relay's own filters hand mail back to it, such as 127.0.0.0/8 with amavis. Whoever
can send mail there can name any client, so leave it empty if the relay has no such filter.)")};
    return settings;
}

const std::vector<SourceSetting>& source_schema() {
    static const std::vector<SourceSetting> settings{
        make_required<SourceEntry>(
            "connection", {.kind = Kind::text, .minimum = 1}, [](auto& s) -> auto& { return s.connection; },
            R"(
Where it is. PostgreSQL: as libpq has it, `host=/run/postgresql dbname=mail`, or a URL. MariaDB: `host=`,
`port=`, `socket=`, `dbname=`, `user=` and `ssl_ca=`. LDAP: `ldap://HOST`, `ldaps://HOST` or `ldapi://PATH`,
several with blanks between them, and `starttls` at the end. SQLite: an absolute path.)"),
        make_setting<SourceEntry>(
            "user", text(nullptr), [](auto& s) -> auto& { return s.user; },
            "Who asks: a user of the database, a DN of the directory. Empty: as its library has it."),
        make_setting<SourceEntry>(
            "password_file", {.kind = Kind::path}, [](auto& s) -> auto& { return s.password_file; },
            "A file with the password on its first line, which others may not read. Empty: none."),
        make_setting<SourceEntry>(
            "signing_query", text(nullptr), [](auto& s) -> auto& { return s.signing_query; },
            R"(
What the signing table asks: a SELECT of the name of the key and perhaps the identity for i=, with one
parameter for the address, $1 or, with MariaDB, ?. LDAP: BASE?ATTRIBUTES?SCOPE?FILTER, where $d stands for
the address. Empty: `SELECT key_name FROM dkim_signing WHERE address = $1`.)"),
        make_setting<SourceEntry>(
            "key_query", text(nullptr), [](auto& s) -> auto& { return s.key_query; },
            R"(
What the key table asks: domain, selector and private key, or the path of its file, by the name of the key.
Empty: `SELECT domain, selector, private_key FROM dkim_keys WHERE name = $1`.)"),
        make_setting<SourceEntry>(
            "sender_query", text(nullptr), [](auto& s) -> auto& { return s.sender_query; },
            R"(
What senders.table asks: addresses and domains, by the login, by `*@DOMAIN` and by `*`. LDAP: every value of
every attribute is one. Empty: `SELECT allowed FROM dkim_senders WHERE login = $1`.)"),
        make_setting<SourceEntry>(
            "domain_query", text(nullptr), [](auto& s) -> auto& { return s.domain_query; },
            R"(
What default.domain_table asks: any row, by the domain. Empty: `SELECT domain FROM dkim_domains WHERE
domain = $1`.)"),
        make_setting<SourceEntry>(
            "timeout", duration(100, minute), [](auto& s) -> auto& { return s.timeout; },
            "How long a message waits for it."),
        make_setting<SourceEntry>(
            "cache_time", whole_seconds(0, day), [](auto& s) -> auto& { return s.cache_time; },
            "How long an answer is used, also that there is no such row. While it fails, the last one goes "
            "on."),
        make_setting<SourceEntry>(
            "cache_size", size(64 * kilobyte, 1024 * megabyte), [](auto& s) -> auto& { return s.cache_size; },
            "The memory for answers, of each table."),
        make_setting<SourceEntry>(
            "connections", integer(1, 64), [](auto& s) -> auto& { return s.connections; },
            "How many connections each table may open.")};
    return settings;
}

bool needs_restart(const Setting& setting) {
    static constexpr std::array<std::string_view, 11> set_up_once{
        "listen.control",  "listen.socket", "listen.socket_mode", "listen.socket_group",
        "dns.nameservers", "dns.timeout",   "dns.attempts",       "dns.cache_bytes",
        "log.target",      "log.facility",  "log.level"};
    return std::find(set_up_once.begin(), set_up_once.end(), setting.path) != set_up_once.end();
}

std::vector<std::string> changes_that_need_restart(const Settings& before, const Settings& after) {
    std::vector<std::string> changes;
    for (const Section& section : schema()) {
        for (const Setting& setting : section.settings) {
            const Value old_value = setting.read(before);
            const Value new_value = setting.read(after);
            if (needs_restart(setting) && old_value != new_value) {
                changes.push_back(fmt::format("{} is still {}, not {},", setting.path,
                                              print(setting.type, old_value),
                                              print(setting.type, new_value)));
            }
        }
    }
    return changes;
}

const Setting* find_setting(std::string_view path) {
    for (const Section& section : schema()) {
        for (const Setting& setting : section.settings) {
            if (setting.path == path) {
                return &setting;
            }
        }
    }
    return nullptr;
}

} // namespace config
