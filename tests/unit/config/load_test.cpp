#include "config/load.h"

#include "support/catch.h"
#include "support/temporary_tree.h"
#include "unit/config/load_cases.h"

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <vector>

TEST_CASE("settings of every type arrive") {
    const auto loaded = config::load_text(R"(
authserv_id: "mail.example.org"
strip_authserv_ids:
  - mx1.example.org
  - mx2.example.org
listen:
  socket: unix:/run/paraph/milter.sock
  socket_mode: 0600
roles:
  sign: no
  internal_hosts: [127.0.0.0/8, 2001:db8::/32]
dns:
  timeout: 500ms
  attempts: 3
  cache_bytes: 1G
spf: {enabled: off, look_ahead: all}
dkim:
  clock_drift: 1h
signing:
  body_canonicalization: simple
  oversigned_if_present: ['*', +x-own]
  omitted_fields: [x-other]
)",
                                          "p.yaml");
    CHECK(diagnostics_of(loaded).empty());
    REQUIRE(loaded.settings);
    const config::Settings& s = *loaded.settings;
    CHECK(s.authserv_id == "mail.example.org");
    CHECK(s.strip_authserv_ids == Texts{"mx1.example.org", "mx2.example.org"});
    CHECK(s.listen.socket.print() == "unix:/run/paraph/milter.sock");
    CHECK(s.listen.socket_mode == 0600);
    CHECK_FALSE(s.roles.sign);
    CHECK(s.roles.verify);
    REQUIRE(s.roles.internal_hosts.size() == 2);
    CHECK(s.roles.internal_hosts[1].print() == "2001:db8::/32");
    CHECK(s.dns.timeout == std::chrono::milliseconds(500));
    CHECK(s.dns.attempts == 3);
    CHECK(s.dns.cache_bytes == 1024U * 1024 * 1024);
    CHECK_FALSE(s.spf.enabled);
    CHECK(s.spf.look_ahead == spf::LookAhead::all);
    CHECK(s.dkim.clock_drift == std::chrono::hours(1));
    CHECK(s.signing.body_canonicalization == dkim::Canonicalization::simple);
    CHECK(s.signing.header_canonicalization == dkim::Canonicalization::relaxed);
    CHECK(s.signing.oversigned_if_present == Texts{"*", "+x-own"});
    CHECK(s.signing.oversigned_fields == Texts{"*"});
    CHECK(s.signing.omitted_fields == Texts{"x-other"});
    CHECK(loaded.files == Texts{"p.yaml"});
}

TEST_CASE("a file may say nothing") {
    check_cases({
        {"empty", "", {}},
        {"a comment", "# nothing\n", {}},
        {"a document without content", "---\n", {}},
        {"a section whose settings are commented out", "spf:\n  #enabled: false\ndkim:\n", {}},
        {"domains without one", "domains:\n", {}},
        {"domains in braces", "domains: {}\n", {}},
    });
}

TEST_CASE("unknown names come with the name that was meant") {
    check_cases({
        {"a setting misspelt",
         "spf:\n  enable: true\n",
         {"p.yaml:2:3: error: unknown setting 'spf.enable' (did you mean 'spf.enabled'?)"}},
        {"a section misspelt",
         "sfp:\n  enabled: true\n",
         {"p.yaml:1:1: error: unknown setting 'sfp' (did you mean 'spf'?)"}},
        {"a setting of another section",
         "spf:\n  nameservers: [192.0.2.1]\n",
         {"p.yaml:2:3: error: unknown setting 'spf.nameservers' (did you mean 'dns.nameservers'?)"}},
        {"OpenDKIM's name",
         "KeyTable: /x\n",
         {"p.yaml:1:1: error: unknown setting 'KeyTable' (did you mean 'signing.key_table'?)"}},
        {"a dotted name",
         "spf.enabled: true\n",
         {"p.yaml:1:1: error: unknown setting 'spf.enabled' (write 'enabled' on a line of its own below "
          "'spf')"}},
        {"a name that several sections have",
         "dns:\n  enabled: no\n",
         {"p.yaml:2:3: error: unknown setting 'dns.enabled'"}},
        {"a name like nothing", "weather: nice\n", {"p.yaml:1:1: error: unknown setting 'weather'"}},
        {"a name with control characters",
         "\"a\\eb\": 1\n",
         {"p.yaml:1:1: error: unknown setting 'a\\x1bb'"}},
        {"a merge key", "spf: {<<: {enabled: no}}\n", {"p.yaml:1:7: error: unknown setting 'spf.<<'"}},
    });
}

namespace {

std::string many_names(std::size_t count) {
    std::string names = "From";
    for (std::size_t i = 1; i < count; ++i) {
        names += fmt::format(", X-{}", i);
    }
    return names;
}

} // namespace

TEST_CASE("booleans and numbers of the wrong kind are told by place and expectation") {
    check_cases({
        {"a boolean",
         "spf:\n  enabled: maybe\n",
         {"p.yaml:2:12: error: 'spf.enabled': expected true or false, not 'maybe'"}},
        {"a quoted boolean",
         "spf:\n  enabled: 'yes'\n",
         {"p.yaml:2:12: error: 'spf.enabled': expected true or false, not 'yes' (leave out the quotes)"}},
        {"a boolean in a block",
         "spf:\n  enabled: |\n    yes\n",
         {"p.yaml:2:12: error: 'spf.enabled': expected true or false, not 'yes\\x0a'"}},
        {"a number out of range",
         "dkim: {max_signatures: 0}\n",
         {"p.yaml:1:24: error: 'dkim.max_signatures': expected a number from 1 to 100, not '0'"}},
        {"a size",
         "dns: {cache_bytes: 16 MB}\n",
         {"p.yaml:1:20: error: 'dns.cache_bytes': expected a size from 0 to 4G, not '16 MB' "
          "(write '16M')"}},
        {"a size in words",
         "dns: {cache_bytes: 16MB}\n",
         {"p.yaml:1:20: error: 'dns.cache_bytes': expected a size from 0 to 4G, not '16MB' (write '16M')"}},
        {"a size in half units",
         "dns: {cache_bytes: 1.5 GiB}\n",
         {"p.yaml:1:20: error: 'dns.cache_bytes': expected a size from 0 to 4G, not '1.5 GiB' (write "
          "'1536M')"}},
        {"a size far too large",
         "dns: {cache_bytes: 16TB}\n",
         {"p.yaml:1:20: error: 'dns.cache_bytes': expected a size from 0 to 4G, not '16TB'"}},
    });
}

TEST_CASE("durations and words of the wrong kind are told by place and expectation") {
    check_cases({
        {"a duration with a blank",
         "dns: {timeout: 5 s}\n",
         {"p.yaml:1:16: error: 'dns.timeout': expected a duration from 100ms to 1m, not '5 s' (write '5s')"}},
        {"a duration in weeks",
         "signing: {lifetime: 2w}\n",
         {"p.yaml:1:21: error: 'signing.lifetime': expected a duration from 0 to 3650d in whole seconds, not "
          "'2w' (write '14d')"}},
        {"a duration in words",
         "signing: {lifetime: 1.5 Hours}\n",
         {"p.yaml:1:21: error: 'signing.lifetime': expected a duration from 0 to 3650d in whole seconds, not "
          "'1.5 Hours' (write '90m')"}},
        {"a duration in weeks that would be too long",
         "dns: {timeout: 2w}\n",
         {"p.yaml:1:16: error: 'dns.timeout': expected a duration from 100ms to 1m, not '2w' (the units are "
          "ms, s, m, h and d)"}},
        {"a duration without unit",
         "dns:\n  timeout: 2\n",
         {"p.yaml:2:12: error: 'dns.timeout': expected a duration from 100ms to 1m, not '2' (write '2s')"}},
        {"a word",
         "log: {level: warn}\n",
         {"p.yaml:1:14: error: 'log.level': expected one of debug, info, notice, warning, error, not "
          "'warn' (did you mean 'warning'?)"}},
        {"a word misspelt",
         "log: {level: warnin}\n",
         {"p.yaml:1:14: error: 'log.level': expected one of debug, info, notice, warning, error, not "
          "'warnin' (did "
          "you mean 'warning'?)"}},
        {"octal",
         "listen: {socket_mode: 999}\n",
         {"p.yaml:1:23: error: 'listen.socket_mode': expected permissions in octal such as 0660, not '999'"}},
    });
}

TEST_CASE("values of the wrong type are told by place and expectation") {
    check_cases({
        {"a list for a text",
         "authserv_id: [a]\n",
         {"p.yaml:1:14: error: 'authserv_id': expected a text, not a list"}},
        {"a mapping for a text",
         "authserv_id: {a: b}\n",
         {"p.yaml:1:14: error: 'authserv_id': expected a text, not a mapping"}},
        {"a text for a list",
         "strip_authserv_ids: mx1\n",
         {"p.yaml:1:21: error: 'strip_authserv_ids': expected a list of texts, not 'mx1' (write [mx1])"}},
        {"a text for a section",
         "spf: yes\n",
         {"p.yaml:1:6: error: 'spf': expected settings below it, not a text"}},
        {"a list for a section",
         "spf: [enabled]\n",
         {"p.yaml:1:6: error: 'spf': expected settings below it, not a list"}},
        {"no value",
         "spf:\n  enabled:\n  check_helo: no\n",
         {"p.yaml:2:3: error: 'spf.enabled' has no value: expected true or false (leave the line out for the "
          "default)"}},
        {"null",
         "authserv_id: ~\n",
         {"p.yaml:1:1: error: 'authserv_id' has no value: expected a text (leave the line out for the "
          "default)"}},
    });
}

TEST_CASE("texts that mean nothing are told by place and expectation") {
    check_cases({
        {"bad blocks, each by its place",
         "roles:\n  internal_hosts:\n    - 10.0.0.0/8\n    - 10.0.0.0/33\n    - [::1]\n    - 10.1.2\n",
         {"p.yaml:4:7: error: 'roles.internal_hosts': expected an address, a block such as 192.0.2.0/24, or "
          "a name, not '10.0.0.0/33' (expected a prefix length from 0 to 32 after the slash)",
          "p.yaml:5:7: error: 'roles.internal_hosts': expected an address, a block such as 192.0.2.0/24, or "
          "a name, not a list",
          "p.yaml:6:7: error: 'roles.internal_hosts': expected an address, a block such as 192.0.2.0/24, or "
          "a name, not '10.1.2' (expected an address, a block such as 192.0.2.0/24, or a name such as "
          ".example.org)"}},
        {"an authserv-id with a blank",
         "authserv_id: my host\n",
         {"p.yaml:1:14: error: 'authserv_id': an authserv-id may not contain blanks (usually it is the "
          "host's name)"}},
        {"a name of a field that no line can hold",
         "signing: {signed_fields: [From, " + std::string(952, 'x') + "]}\n",
         {"p.yaml:1:33: error: 'signing.signed_fields': '" + std::string(80, 'x') +
          "...' is too long for the name of a header field (a name of at most 900 characters)"}},
        {"more names than a signature holds",
         "signing: {oversigned_fields: [" + many_names(1000) + "]}\n",
         {"p.yaml:1:30: error: 'signing.oversigned_fields' holds more names than fit into a signature (keep "
          "those that mail programs show or act on)"}},
        {"an empty socket",
         "listen: {socket: ''}\n",
         {"p.yaml:1:18: error: 'listen.socket': '' is not a socket (write inet:HOST:PORT, "
          "inet6:[HOST]:PORT or unix:/PATH)"}},
        {"a socket without an address",
         "listen: {socket: 'inet:8891'}\n",
         {"p.yaml:1:18: error: 'listen.socket': 'inet:8891' does not say on which address (write "
          "inet:HOST:PORT, inet6:[HOST]:PORT or unix:/PATH)"}},
        {"a socket",
         "listen: {socket: 8891}\n",
         {"p.yaml:1:18: error: 'listen.socket': '8891' is not a socket (write inet:HOST:PORT, "
          "inet6:[HOST]:PORT or "
          "unix:/PATH)"}},
        {"a name that is a list", "[a]: 1\n", {"p.yaml:1:1: error: expected a name, not a list"}},
        {"a text instead of settings",
         "just words\n",
         {"p.yaml:1:1: error: expected settings, not a text (a setting is a name, a colon, a blank and a "
          "value)"}},
        {"a list instead of settings",
         "- spf\n",
         {"p.yaml:1:1: error: expected settings, not a list (a setting is a name, a colon, a blank and a "
          "value)"}},
        {"a long value is cut",
         "spf: {enabled: " + std::string(200, 'x') + "}\n",
         {"p.yaml:1:16: error: 'spf.enabled': expected true or false, not '" + std::string(80, 'x') +
          "...'"}},
    });
}

TEST_CASE("names given twice are told with both places") {
    check_cases({
        {"a setting",
         "spf:\n  enabled: yes\n  check_helo: no\n  enabled: no\n",
         {"p.yaml:4:3: error: 'spf.enabled' is given twice (first at p.yaml:2:3)"}},
        {"a section",
         "spf: {enabled: yes}\ndkim: {}\nspf: {enabled: no}\n",
         {"p.yaml:3:1: error: 'spf' is given twice (first at p.yaml:1:1)"}},
        {"a name of a key",
         "domains: {a.example: {subdomains: no, subdomains: no, keys: []}}\n",
         {"p.yaml:1:39: error: 'domains.a.example.subdomains' is given twice (first at p.yaml:1:23)",
          "p.yaml:1:55: warning: 'domains.a.example.keys': no key is active, mail from 'a.example' is not "
          "signed"}},
    });
}

TEST_CASE("all errors are told at once, in the order of the lines") {
    CHECK(diagnose("log: {level: loud}\nspf:\n  enabled: 1\n  helo: no\ndns: {attempts: 0}\nnonsense: 1\n") ==
          Texts{"p.yaml:1:14: error: 'log.level': expected one of debug, info, notice, warning, error, not "
                "'loud'",
                "p.yaml:3:12: error: 'spf.enabled': expected true or false, not '1'",
                "p.yaml:4:3: error: unknown setting 'spf.helo'",
                "p.yaml:5:17: error: 'dns.attempts': expected a number from 1 to 10, not '0'",
                "p.yaml:6:1: error: unknown setting 'nonsense'"});
}

TEST_CASE("more errors than anybody reads are counted") {
    std::string yaml = "strip_authserv_ids:\n";
    for (int i = 0; i < 1500; ++i) {
        yaml += "  - a;b\n";
    }
    const auto texts = diagnose(yaml);
    REQUIRE(texts.size() == 1001);
    CHECK(texts.back() == "p.yaml: error: 500 more are not shown");
}

TEST_CASE("settings that do not go together") {
    check_cases({
        {"a signing table alone",
         "signing:\n  signing_table: /dev/null/x\n",
         {"p.yaml:2:18: error: 'signing.signing_table': /dev/null/x: Not a directory",
          "p.yaml:2:18: error: 'signing.signing_table' needs 'signing.key_table' (the key table says where "
          "the keys "
          "are)"}},
        {"a database for a table",
         "signing: {key_table: 'db:/x', signing_table: 'dsn:mysql://u@h/d'}\n",
         {"p.yaml:1:46: error: 'signing.signing_table': expected a path, or what follows one of file:, "
          "refile:, "
          "csl:, lmdb:, db:, bdb:, sqlite:, postgresql:, pgsql:, mysql:, mariadb:, ldap:, not "
          "'dsn:mysql://u@h/d' (write postgresql:NAME, mysql:NAME or sqlite:NAME, and the connection and the "
          "query below sources: NAME:)"}},
        {"two sockets in one place",
         "listen: {socket: 'unix:/run/paraph/control'}\n",
         {"p.yaml: error: 'listen.control' is where 'listen.socket' is already"}},
        {"a patient filter",
         "dns: {message_budget: 300s}\n",
         {"p.yaml:1:23: warning: 'dns.message_budget' is longer than mail servers wait for a filter (5m) (a "
          "few seconds "
          "are enough)"}},
        {"an answer may take longer than the message",
         "dns: {timeout: 10s}\n",
         {"p.yaml:1:16: warning: 'dns.timeout' is longer than 'dns.message_budget' and has no effect"}},
        {"no key would do",
         "dkim: {minimum_key_bits: 4096, maximum_key_bits: 2048}\n",
         {"p.yaml:1:26: error: 'dkim.minimum_key_bits' is above 'dkim.maximum_key_bits'"}},
        {"no field would do",
         "limits: {header_bytes: 32K}\n",
         {"p.yaml: error: 'limits.header_field_bytes' is above 'limits.header_bytes'"}},
        {"nothing to do",
         "roles: {verify: no, sign: no}\n",
         {"p.yaml:1:17: warning: neither 'roles.verify' nor 'roles.sign': no mail is looked at"}},
        {"a service that is trusted and not trusted",
         "roles: {originating_daemons: [A, B], reinjection_daemons: [B]}\n",
         {"p.yaml:1:59: error: 'B' stands in 'roles.originating_daemons' as well: all mail that comes back "
          "there would be signed, whoever wrote it"}},
        {"DMARC on nothing",
         "spf: {enabled: no}\ndkim: {enabled: no}\n",
         {"p.yaml: error: 'dmarc.enabled' needs 'spf.enabled' or 'dkim.enabled' (without either, all mail "
          "would fail)"}},
        {"none of the three", "spf: {enabled: no}\ndkim: {enabled: no}\ndmarc: {enabled: no}\n", {}},
    });
}

TEST_CASE("what is accepted and surely not meant brings a warning") {
    check_cases({
        {"everybody is internal",
         "roles: {internal_hosts: [0.0.0.0/0, '::/0']}\n",
         {"p.yaml:1:26: warning: 'roles.internal_hosts': 0.0.0.0/0 holds strangers, whose mail is signed and "
          "not checked (name the networks of your own)",
          "p.yaml:1:37: warning: 'roles.internal_hosts': ::/0 holds strangers, whose mail is signed and not "
          "checked (name the networks of your own)"}},
        {"half of the Internet",
         "roles: {internal_hosts: [127.0.0.1, 128.0.0.0/1, '2000::/3']}\n",
         {"p.yaml:1:37: warning: 'roles.internal_hosts': 128.0.0.0/1 holds strangers, whose mail is signed "
          "and not checked (name the networks of your own)",
          "p.yaml:1:50: warning: 'roles.internal_hosts': 2000::/3 holds strangers, whose mail is signed and "
          "not checked (name the networks of your own)"}},
        {"wide, but nobody else's",
         "roles: {internal_hosts: [127.0.0.0/8, 10.0.0.0/8, '::1', 'fc00::/7', 'fe80::/10', "
         "'2001:db8::/32']}\n",
         {}},
        {"no loopback",
         "roles: {internal_hosts: [192.0.2.0/24]}\n",
         {"p.yaml:1:25: warning: 'roles.internal_hosts' lacks the loopback addresses: mail that programs on "
          "this host send by SMTP is not signed (add 127.0.0.0/8 and ::1/128)"}},
        {"no loopback, and nothing signed", "roles: {sign: no, internal_hosts: [192.0.2.0/24]}\n", {}},
        {"nobody is internal", "roles: {internal_hosts: []}\n", {}},
        {"a socket for every user",
         "listen: {socket: 'unix:/run/paraph/s', socket_mode: 0666}\n",
         {"p.yaml:1:53: warning: 'listen.socket_mode': with 0666 every user of this host can use the socket, "
          "and have mail signed (take 0660, and the mail server's group as 'listen.socket_group')"}},
        {"a mode that no socket has", "listen: {socket_mode: 0666}\n", {}},
        {"a socket for the network",
         "listen: {socket: 'inet:0.0.0.0:8891'}\n",
         {"p.yaml:1:18: warning: 'listen.socket': inet:0.0.0.0:8891 can be reached from the network, and who "
          "reaches it can have mail signed (take 127.0.0.1, or the address of an inner network behind a "
          "packet "
          "filter)"}},
        {"a socket for the network, as OpenDKIM writes it",
         "listen: {socket: 'inet6:8891@::'}\n",
         {"p.yaml:1:18: warning: 'listen.socket': inet6:8891@:: can be reached from the network, and who "
          "reaches it can have mail signed (take 127.0.0.1, or the address of an inner network behind a "
          "packet "
          "filter)"}},
        {"a socket for the network in another spelling",
         "listen: {socket: 'inet6:[0:0::0]:8891'}\n",
         {"p.yaml:1:18: warning: 'listen.socket': inet6:[0:0::0]:8891 can be reached from the network, and "
          "who "
          "reaches it can have mail signed (take 127.0.0.1, or the address of an inner network behind a "
          "packet "
          "filter)"}},
        {"a socket for one network", "listen: {socket: 'inet:10.0.0.1:8891'}\n", {}},
        {"an include of nothing",
         "include: [/dev/null/none.d/*.yaml]\n",
         {"p.yaml:1:11: warning: 'include': no file matches '/dev/null/none.d/*.yaml'"}},
        {"keys that anybody can break",
         "dkim: {minimum_key_bits: 768}\n",
         {"p.yaml:1:26: warning: 'dkim.minimum_key_bits': signatures by RSA keys of less than 1024 bits can "
          "be "
          "forged (RFC 8301 3.2: they must not pass)"}},
        {"fields that change on the way",
         "signing: {signed_fields: ['*', received, +DKIM-Signature], oversigned_fields: ['*', "
         "+Return-Path]}\n",
         {"p.yaml:1:32: warning: 'signing.signed_fields': received changes on the way, which breaks the "
          "signature (leave it out)",
          "p.yaml:1:42: warning: 'signing.signed_fields': DKIM-Signature changes on the way, which breaks "
          "the "
          "signature (leave it out)",
          "p.yaml:1:85: warning: 'signing.oversigned_fields': Return-Path changes on the way, which breaks "
          "the "
          "signature (leave it out)"}},
        {"no names of fields",
         "signing: {signed_fields: [From, 'Subject,To', 'X-*', 'a;b', 'To:']}\n",
         {"p.yaml:1:33: error: 'signing.signed_fields': 'Subject,To' is not the name of a header field "
          "(write one name, for example X-Example)",
          "p.yaml:1:47: error: 'signing.signed_fields': 'X-*' is not the name of a header field "
          "(write one name, for example X-Example)",
          "p.yaml:1:54: error: 'signing.signed_fields': 'a;b' is not the name of a header field "
          "(write one name, for example X-Example)",
          "p.yaml:1:61: error: 'signing.signed_fields': 'To:' is not the name of a header field (leave out "
          "the "
          "colon)"}},
        {"a variable for the host's name",
         "authserv_id: ${HOSTNAME}\n",
         {"p.yaml:1:14: warning: 'authserv_id': '${HOSTNAME}' is taken as it stands (write HOSTNAME for the "
          "name of this host)"}},
        {"a variable in a list",
         "strip_authserv_ids: [$HOST]\n",
         {"p.yaml:1:22: warning: 'strip_authserv_ids': '$HOST' is taken as it stands (variables have no "
          "meaning here)"}},
    });
}

TEST_CASE("columns count bytes, as compilers do") {
    CHECK(diagnose("{\"\xc3\xa4\xc3\xb6\": 1, spf: {enabled: x}}\n") ==
          Texts{"p.yaml:1:2: error: unknown setting '\\xc3\\xa4\\xc3\\xb6'",
                "p.yaml:1:28: error: 'spf.enabled': expected true or false, not 'x'"});
}

TEST_CASE("a byte order mark is no part of the text") {
    CHECK(diagnose("\xef\xbb\xbfspf: {enabled: no}\n").empty());
}

TEST_CASE("aliases stand for their values") {
    const auto loaded = config::load_text(
        "strip_authserv_ids: &names [a, b]\nroles: {originating_daemons: *names}\n", "p.yaml");
    CHECK(diagnostics_of(loaded).empty());
    REQUIRE(loaded.settings);
    CHECK(loaded.settings->roles.originating_daemons == Texts{"a", "b"});
}

TEST_CASE("aliases that multiply are refused before they are followed") {
    std::string yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        yaml += fmt::format("a{}: &a{} [", i, i);
        for (int j = 0; j < 10; ++j) {
            yaml += fmt::format("{}*a{}", j == 0 ? "" : ", ", i - 1);
        }
        yaml += "]\n";
    }
    const auto texts = diagnose(yaml);
    REQUIRE(texts.size() == 1);
    CHECK(texts[0].find("not valid YAML: more than 8000000 values in one file") != std::string::npos);
}

TEST_CASE("blocks of addresses that do not say what they are") {
    check_cases({
        {"host bits",
         "roles: {internal_hosts: [10.0.0.1/24, 10.1.0.0/16, '2001:db8::1/32', 127.0.0.1]}\n",
         {"p.yaml:1:26: warning: 'roles.internal_hosts': '10.0.0.1/24' stands for all of 10.0.0.0/24 (write "
          "the "
          "block without host bits, or the address without a block)",
          "p.yaml:1:52: warning: 'roles.internal_hosts': '2001:db8::1/32' stands for all of 2001:db8::/32 "
          "(write the "
          "block without host bits, or the address without a block)"}},
        {"IPv4 as IPv6", "roles: {internal_hosts: ['::ffff:127.0.0.0/104', '::ffff:127.0.0.1']}\n", {}},
        {"IPv4 as IPv6 with a prefix of IPv4",
         "roles: {internal_hosts: ['::ffff:127.0.0.0/8']}\n",
         {"p.yaml:1:26: error: 'roles.internal_hosts': expected an address, a block such as 192.0.2.0/24, or "
          "a name, not '::ffff:127.0.0.0/8' (expected a prefix length from 96 to 128 after the slash, "
          "because the "
          "block "
          "is an "
          "IPv4 one in the form of IPv6)"}},
    });
    const auto loaded = config::load_text("roles: {internal_hosts: ['::ffff:127.0.0.0/104']}\n", "p.yaml");
    REQUIRE(loaded.settings);
    CHECK(loaded.settings->roles.internal_hosts == base::HostList{*base::IpNetwork::parse("127.0.0.0/8")});
}
