// Configurations as people have them: each loads, and says what it must.
#include "support/catch.h"
#include "unit/config/import/memory_files.h"

using config::import::Effect;
using import_test::errors_of;
using import_test::has_line;
using import_test::imported;
using import_test::tells;

namespace {

using Host = std::map<std::string, std::string>;

const std::string key_table =
    "mail._domainkey.example.org example.org:mail:/etc/opendkim/keys/example.org/mail.private\n";
const std::string signing_table = "*@example.org mail._domainkey.example.org\n";
const std::string trusted = "127.0.0.1\nlocalhost\n::1\n*.example.org\n192.168.0.1/24\n";
const std::string tables =
    "KeyTable refile:/etc/opendkim/KeyTable\nSigningTable refile:/etc/opendkim/SigningTable\n";
const std::string hosts = "InternalHosts refile:/etc/opendkim/TrustedHosts\n";
const std::string ignored = "ExternalIgnoreList refile:/etc/opendkim/TrustedHosts\n";
const std::string stock =
    "Syslog yes\nSyslogSuccess yes\nLogWhy yes\nUMask 002\nUserID opendkim:opendkim\nPidFile "
    "/var/run/opendkim/opendkim.pid\nCanonicalization relaxed/simple\nOversignHeaders From\n"
    "AutoRestart Yes\nAutoRestartRate 10/1h\nSignatureAlgorithm rsa-sha256\n";

struct Shape {
    const char* name;
    std::string text;
    std::vector<std::string> lines;
    bool complete = true;
};

config::import::Outcome of_shape(const std::string& text) {
    return imported({{"/etc/opendkim.conf", text},
                     {"/etc/opendkim/KeyTable", key_table},
                     {"/etc/opendkim/SigningTable", signing_table},
                     {"/etc/opendkim/TrustedHosts", trusted},
                     {"/etc/opendkim/domains", "example.org\nexample.net\n"}});
}

void check_shapes(const std::vector<Shape>& shapes) {
    for (const Shape& shape : shapes) {
        INFO(shape.name);
        const auto outcome = of_shape(shape.text);
        INFO(outcome.settings);
        CHECK(errors_of(outcome.settings).empty());
        CHECK(outcome.problems.empty());
        CHECK(outcome.is_complete() == shape.complete);
        for (const std::string& line : shape.lines) {
            INFO(line);
            CHECK(has_line(outcome.settings, line));
        }
    }
}

} // namespace

TEST_CASE("the usual shapes of opendkim.conf with tables") {
    const std::string inet = "Socket inet:12301@localhost\n",
                      unix = "Socket local:/var/spool/postfix/opendkim/opendkim.sock\n";
    const std::string refile_key = "key_table: refile:/etc/opendkim/KeyTable";
    const std::string refile_signing = "signing_table: refile:/etc/opendkim/SigningTable";
    const std::string internal = "internal_hosts: [127.0.0.1/32, localhost, \"::1/128\"]";
    const std::string spool = "socket: unix:/var/spool/postfix/paraph/paraph.sock";
    const std::string bare =
        "KeyTable /etc/opendkim/KeyTable\nSigningTable refile:/etc/opendkim/SigningTable\n";
    check_shapes({
        {"tables, sv, inet, both lists",
         stock + tables + hosts + ignored + "Mode sv\n" + inet,
         {refile_key, refile_signing, internal, "mode: both", "socket: inet:12301@localhost"}},
        {"the same on a unix socket",
         stock + tables + hosts + ignored + "Mode sv\n" + unix,
         {refile_key, internal, spool}},
        {"a bare path, both lists",
         stock + bare + hosts + ignored + "Mode sv\n" + inet,
         {"key_table: /etc/opendkim/KeyTable", refile_signing, internal}},
        {"a bare path, internal hosts alone", stock + bare + hosts + "Mode sv\n" + inet, {internal}},
        {"Mode s", stock + tables + hosts + ignored + "Mode s\n" + inet, {"mode: sign"}},
        {"no Mode, both lists", stock + tables + hosts + ignored + inet, {internal}},
        {"no Mode, unix", stock + tables + hosts + ignored + unix, {spool}},
        {"a dead Domain and KeyFile beside tables",
         stock + tables + hosts + "Domain example.org\nSelector x\nKeyFile /x\nMode sv\n" + unix,
         {refile_key, refile_signing}},
        {"no lists", stock + bare + inet, {"originating_daemons: []"}},
    });
}

TEST_CASE("the usual shapes of opendkim.conf with one key, or none") {
    const std::string inet = "Socket inet:8891@localhost\n";
    const std::string key = "Selector mail\nKeyFile /etc/mail/dkim.key\n";
    check_shapes({
        {"one key, no Mode, no hosts",
         stock + "Domain example.org\n" + key + inet,
         {"example.org:", "- selector: mail", "file: /etc/mail/dkim.key"}},
        {"one key, sv", stock + "Domain example.org\nMode sv\n" + key + inet, {"mode: both", "example.org:"}},
        {"domains in a file",
         stock + "Domain refile:/etc/opendkim/domains\n" + key + inet,
         {"example.org:", "example.net:"}},
        {"domains in a plain file",
         stock + "Domain file:/etc/opendkim/domains\n" + key + inet,
         {"domain_table: /etc/opendkim/domains"}},
        {"no key: it checks", stock + "Mode v\n" + inet, {"mode: verify"}},
        {"the file of Debian",
         "Syslog yes\nSyslogSuccess yes\nCanonicalization relaxed/simple\nOversignHeaders From\n"
         "UserID opendkim\nUMask 007\nSocket local:/run/opendkim/opendkim.sock\nPidFile "
         "/run/opendkim/opendkim.pid\nTrustAnchorFile /usr/share/dns/root.key\n",
         {"socket: unix:/run/paraph/paraph.sock", "socket_mode: 0660", "oversigned_fields: [From]"}},
        {"open to everybody",
         stock + tables + "InternalHosts 0.0.0.0/0, ::/0\nSocket inet:8891\n",
         {"internal_hosts: [127.0.0.1/32, \"::1/128\"]", "socket: inet:0.0.0.0:8891"},
         false},
        {"nothing is internal, with a service",
         stock + tables + "InternalHosts -\nMTA ORIGINATING\nSocket inet:8891@localhost\n",
         {"internal_hosts: []", "originating_daemons: [ORIGINATING]"}},
    });
}

TEST_CASE("a host with all three, as the guides have it") {
    const auto outcome = imported(
        {{"/etc/opendkim.conf", stock + tables + hosts + "Mode sv\nSocket inet:8891@localhost\n"},
         {"/etc/opendkim/KeyTable", key_table},
         {"/etc/opendkim/SigningTable", signing_table},
         {"/etc/opendkim/TrustedHosts", trusted},
         {"/etc/opendmarc.conf",
          "AuthservID mx.example.org\nTrustedAuthservIDs mx.example.org\nRejectFailures true\n"
          "IgnoreAuthenticatedClients true\nRequiredHeaders true\nSPFSelfValidate true\n"
          "IgnoreHosts /etc/opendmarc/ignore.hosts\nSocket inet:8893@localhost\nUMask 002\n"
          "PublicSuffixList /usr/share/publicsuffix/public_suffix_list.dat\n"},
         {"/etc/opendmarc/ignore.hosts", "localhost\n192.0.2.0/24\n"},
         {"/etc/postfix-policyd-spf-python/policyd-spf.conf",
          "debugLevel = 1\nTestOnly = 1\nHELO_reject = False\nMail_From_reject = False\nPermError_reject = "
          "False\n"
          "TempError_Defer = False\nskip_addresses = 127.0.0.0/8,::ffff:127.0.0.0/104,::1\nWhitelist = "
          "192.0.2.7\n"},
         {"/etc/postfix/main.cf",
          "smtpd_milters = inet:localhost:8891, inet:localhost:8893\nnon_smtpd_milters = $smtpd_milters\n"
          "milter_default_action = accept\npolicyd-spf_time_limit = 3600\n"
          "smtpd_recipient_restrictions = permit_mynetworks, permit_sasl_authenticated, "
          "reject_unauth_destination, "
          "check_policy_service unix:private/policyd-spf\n"},
         {"/etc/postfix/master.cf", "smtp inet n - y - - smtpd\npolicyd-spf unix - n n - 0 spawn "
                                    "user=policyd-spf argv=/usr/bin/policyd-spf\n"}});
    INFO(outcome.settings);
    CHECK(errors_of(outcome.settings).empty());
    for (const char* line : {"authserv_id: mx.example.org", "dmarc: strict", "dmarc_quarantine: accept",
                             "clients: [192.0.2.0/24]", "HELO_reject: False", "Mail_From_reject: False",
                             "Whitelist: [192.0.2.7/32]", "stage: rcpt", "missing: reject"}) {
        INFO(line);
        CHECK(has_line(outcome.settings, line));
    }
    CHECK(outcome.daemons.size() == 3);
    CHECK(tells(outcome, Effect::senders, "is rejected where its domain asks for that"));
    CHECK(tells(outcome, Effect::senders, "mail is refused for SPF as before"));
}

TEST_CASE("bundles of mail servers") {
    struct Bundle {
        const char* name;
        Host files;
        std::vector<std::string> lines;
    };
    const Bundle bundles[] = {
        {"containers: the whole network, a name with quotation marks",
         {{"/etc/opendkim.conf",
           tables + "InternalHosts refile:/etc/opendkim/TrustedHosts\nMode sv\nSocket inet:8891@0.0.0.0\n"},
          {"/etc/opendkim/KeyTable", key_table},
          {"/etc/opendkim/SigningTable", signing_table},
          {"/etc/opendkim/TrustedHosts", "127.0.0.1\nlocalhost\n172.16.0.0/12\n"},
          {"/etc/opendmarc.conf", "AuthservID \"mail.example.org\"\nTrustedAuthservIDs "
                                  "\"mail.example.org\"\nSocket inet:8893@localhost\n"}},
         {"authserv_id: mail.example.org", "internal_hosts: [127.0.0.1/32, localhost, 172.16.0.0/12]",
          "socket: inet:8891@0.0.0.0"}},
        {"boxes: peers, a long list, both daemons",
         {{"/etc/opendkim.conf",
           "Canonicalization relaxed/simple\nMinimumKeyBits 1024\nExternalIgnoreList "
           "refile:/etc/opendkim/TrustedHosts\n"
           "InternalHosts refile:/etc/opendkim/TrustedHosts\nKeyTable refile:/etc/opendkim/KeyTable\n"
           "SigningTable refile:/etc/opendkim/SigningTable\nSocket inet:8891@127.0.0.1\nRequireSafeKeys "
           "false\n"},
          {"/etc/opendkim/KeyTable", key_table},
          {"/etc/opendkim/SigningTable", signing_table},
          {"/etc/opendkim/TrustedHosts", "127.0.0.1\n"},
          {"/etc/opendmarc.conf", "Syslog true\nSocket inet:8893@[127.0.0.1]\nFailureReports "
                                  "false\nSPFIgnoreResults true\nSPFSelfValidate true\n"}},
         {"minimum_key_bits: 1024", "require_safe_keys: false", "internal_hosts: [127.0.0.1/32]"}},
        {"panels: tables in PostgreSQL",
         {{"/etc/opendkim.conf",
           "KeyTable "
           "dsn:pgsql://modoboa:pw@localhost/modoboa/"
           "table=dkim?keycol=id?datacol=domain_name,selector,private_key_path\n"
           "SigningTable dsn:pgsql://modoboa:pw@localhost/modoboa/table=dkim?keycol=domain_name?datacol=id\n"
           "Mode s\nSocket inet:12345@localhost\n"}},
         {"key_table: postgresql:opendkim", "mode: sign", "password_file: /etc/paraph/opendkim.password"}},
        {"amavis in front: it only checks",
         {{"/etc/opendkim.conf", "Mode v\nSocket inet:8891@127.0.0.1\nAlwaysAddARHeader yes\n"}},
         {"mode: verify"}},
        {"apps: keys by domain, service and macro",
         {{"/etc/opendkim.conf", "AutoRestart Yes\nCanonicalization relaxed/simple\nExternalIgnoreList "
                                 "refile:/etc/opendkim/TrustedHosts\n"
                                 "InternalHosts refile:/etc/opendkim/TrustedHosts\nKeyTable "
                                 "refile:/etc/opendkim/KeyTable\nMode sv\n"
                                 "SigningTable refile:/etc/opendkim/SigningTable\nSocket "
                                 "inet:8891@localhost\nMTA ORIGINATING\nDomain *\n"},
          {"/etc/opendkim/KeyTable", "example.org example.org:mail:/etc/dkim/example.org.mail.key\n"},
          {"/etc/opendkim/SigningTable", "*@example.org example.org\n"},
          {"/etc/opendkim/TrustedHosts", "127.0.0.1\n::1\n10.0.0.0/8\n"}},
         {"originating_daemons: [ORIGINATING]", "internal_hosts: [127.0.0.1/32, \"::1/128\", 10.0.0.0/8]"}},
        {"hosting: many domains in plain tables",
         {{"/etc/opendkim.conf", "KeyTable /etc/opendkim/KeyTable\nSigningTable "
                                 "/etc/opendkim/SigningTable\nMode s\nSocket inet:8891@localhost\n"},
          {"/etc/opendkim/KeyTable", "a a.test:default:/k/a\nb b.test:default:/k/b\n"},
          {"/etc/opendkim/SigningTable", "a.test a\nb.test b\n"}},
         {"key_table: /etc/opendkim/KeyTable", "signing_table: /etc/opendkim/SigningTable"}},
    };
    for (const Bundle& bundle : bundles) {
        INFO(bundle.name);
        const auto outcome = imported(bundle.files);
        INFO(outcome.settings);
        CHECK(errors_of(outcome.settings).empty());
        CHECK(outcome.is_complete());
        for (const std::string& line : bundle.lines) {
            INFO(line);
            CHECK(has_line(outcome.settings, line));
        }
    }
}
