// opendkim.conf: who is signed, what signatures are made of, what is done with mail that comes in.
#include "support/catch.h"
#include "unit/config/import/memory_files.h"

using config::import::Effect;
using import_test::errors_of;
using import_test::has_line;
using import_test::of_opendkim;
using import_test::tells;

namespace {

constexpr const char* one_key = "Domain example.org\nSelector mail\nKeyFile /etc/dkimkeys/mail.private\n";

} // namespace

TEST_CASE("an option of opendkim.conf becomes a setting") {
    struct Case {
        const char* text;
        const char* line;
    };
    const Case cases[] = {
        {"AuthservID mx.example.org\n", "authserv_id: mx.example.org"},
        {"AuthservID HOSTNAME\n", "authserv_id: HOSTNAME"},
        {"authservid mx.example.org\n", "authserv_id: mx.example.org"},
        {"Canonicalization relaxed/simple\n", "body_canonicalization: simple"},
        {"Canonicalization relaxed\n", "body_canonicalization: simple"},
        {"Canonicalization SIMPLE\n", "header_canonicalization: simple"},
        {"ClockDrift 60\n", "clock_drift: 1m"},
        {"DNSTimeout 5\n", "timeout: 5s"},
        {"DontSignMailTo list@example.org\n", "unsigned_recipients: [list@example.org]"},
        {"ExemptDomains a.test, b.test\n", "exempt_domains: [a.test, b.test]"},
        {"InternalHosts 127.0.0.1, 10.0.0.0/8\n", "internal_hosts: [127.0.0.1/32, 10.0.0.0/8]"},
        {"InternalHosts -\n", "internal_hosts: []"},
        {"InternalHosts -\n", "sign_local_submission: false"},
        {"InternalHosts 10.0.0.1\n", "sign_local_submission: false"},
        {"MTA ORIGINATING\n", "originating_daemons: [ORIGINATING]"},
        {"MTA csl:ORIGINATING, SMTPS\n", "originating_daemons: [ORIGINATING, SMTPS]"},
        {"Mode s\n", "mode: sign"},
        {"Mode vs\n", "mode: both"},
        {"MacroList daemon_port=587|465\n", "originating_macros: [\"{daemon_port}=587|465\"]"},
        {"MaximumHeaders 131072\n", "header_bytes: 128K"},
        {"MaximumSignaturesToVerify 5\n", "max_signatures: 5"},
        {"MinimumKeyBits 2048\n", "minimum_key_bits: 2048"},
        {"MultipleSignatures yes\n", "all_matches: true"},
        {"MustBeSigned Subject\n", "required_fields: [Subject]"},
        {"Nameservers 192.0.2.53,2001:db8::53\n", "nameservers: [192.0.2.53, 2001:db8::53]"},
        {"OmitHeaders *,+X-Trace,-Comments\n", "omitted_fields: [\"*\", \"+X-Trace\", \"-Comments\"]"},
        {"OversignHeaders From,Subject\n", "oversigned_fields: [From, Subject]"},
        {"OversignHeaders From\n", "oversigned_if_present: []"},
        {"SignHeaders *,+autocrypt,+content-type\n",
         "signed_fields: [\"*\", \"+autocrypt\", \"+content-type\"]"},
        {"SignHeaders Subject,Date\n", "signed_fields: [From, Subject, Date]"},
        {"On-BadSignature reject\n", "dkim_fail: reject"},
        {"On-NoSignature r\n", "dkim_none: reject"},
        {"On-KeyNotFound t\n", "dkim_no_key: tempfail"},
        {"On-DNSError reject\n", "dkim_temperror: tempfail"},
        {"On-Security reject\n", "over_limit: reject"},
        {"On-InternalError accept\n", "on_internal_error: accept"},
        {"On-SignatureError reject\n", "on_error: tempfail"},
        {"On-SignatureError accept\n", "on_error: unsigned"},
        {"On-BadSignature accept\nOn-Default reject\n", "dkim_fail: accept"},
        {"On-BadSignature accept\nOn-Default reject\n", "dkim_none: reject"},
        {"PeerList 192.0.2.1\n", "peers: [192.0.2.1/32]"},
        {"RemoveARFrom old.example.org\n", "strip_authserv_ids: [old.example.org]"},
        {"RequireSafeKeys false\n", "require_safe_keys: false"},
        {"RequiredHeaders yes\n", "several_fields: reject"},
        {"StrictHeaders yes\n", "missing: reject"},
        {"SenderHeaders List-Post,Sender,From\n", "- fields: [List-Post, Sender, From]"},
        {"SignatureTTL 604800\n", "lifetime: 7d"},
        {"Socket inet:8891@localhost\n", "socket: inet:8891@localhost"},
        {"Socket inet:8891@127.0.0.1\nSocket inet:8892@127.0.0.1\n", "socket: inet:8892@127.0.0.1"},
        {"Socket inet:8891\n", "socket: inet:0.0.0.0:8891"},
        {"Socket inet6:8891\n", "socket: \"inet6:[::]:8891\""},
        {"Socket inet:8891@[127.0.0.1]\n", "socket: inet:8891@127.0.0.1"},
        {"Socket inet6:8891@[::1]\n", "socket: \"inet6:8891@[::1]\""},
        {"Socket local:/run/opendkim/opendkim.sock\n", "socket: unix:/run/paraph/paraph.sock"},
        {"Socket local:/var/spool/postfix/opendkim/o.sock\n",
         "socket: unix:/var/spool/postfix/paraph/paraph.sock"},
        {"Socket local:/run/o.sock\nUMask 007\n", "socket_mode: 0660"},
        {"SyslogFacility local3\n", "facility: local3"},
    };
    for (const Case& test : cases) {
        INFO(test.text);
        const auto outcome = of_opendkim(std::string(test.text) + one_key);
        INFO(outcome.settings);
        CHECK(has_line(outcome.settings, test.line));
        CHECK(errors_of(outcome.settings).empty());
        CHECK(outcome.settings.find("# /etc/opendkim.conf:") != std::string::npos);
    }
}

TEST_CASE("an import signs for nobody who was not signed for") {
    const auto settings = [](const std::string& text, const std::string& list = "") {
        return import_test::settings_of(of_opendkim(text + one_key, {{"/hosts", list}}).settings).roles;
    };
    CHECK(settings("").originating_daemons.empty()); // paraphd's default would have one
    CHECK(settings("InternalHosts 0.0.0.0/0, ::/0\n").internal_hosts.size() == 2); // this host
    CHECK(settings("InternalHosts 0.0.0.0/0\n").internal_hosts.size() == 1);
    CHECK(settings("InternalHosts 0.0.0.0/0\n").sign_local_submission);
    CHECK(settings("InternalHosts 10.0.0.1/8\n").internal_hosts.empty());
    CHECK(settings("InternalHosts /hosts\n", "*.example.org\n10.0.0.*\n").internal_hosts.empty());
    CHECK(settings("InternalHosts refile:/hosts\n", "*\n").internal_hosts.empty());
    CHECK(settings("InternalHosts lua:/x\n").internal_hosts.size() == 2); // what cannot be read: this host
    CHECK(settings("InternalHosts refile:/missing\n").internal_hosts.size() == 2);
    CHECK(settings("PeerList 0.0.0.0/0\n").peers.empty());
    CHECK(settings("MacroList client_name\n").originating_macros.empty());
}

TEST_CASE("what decides who is signed or refused is told first") {
    struct Case {
        const char* name;
        const char* text;
        const char* words;
    };
    const Case cases[] = {
        {"everybody as an internal host", "InternalHosts 0.0.0.0/0\n", "'0.0.0.0/0' holds everybody"},
        {"a list that is not there", "InternalHosts refile:/none\n", "/none: No such file or directory"},
        {"a list in a script", "PeerList lua:/x\n", "a lua: table cannot be read from here"},
        {"a macro of the client's", "MacroList client_name\n",
         "is not carried over to roles.originating_macros"},
        {"a script", "ScreenPolicyScript /x.lua\n", "There are no scripts in paraphd"},
        {"POP before SMTP", "POPDBFile /x.db\n", "Debian builds opendkim without it"},
        {"forged results kept", "KeepAuthResults yes\n", "are removed"},
        {"a macro as the sender", "SenderMacro sender\n", "envelope"},
        {"an action that is none", "On-BadSignature rejct\n", "'rejct' is no action"},
        {"a socket that is a file", "Socket 8891\n", "is no socket that paraphd can have"},
        {"an id that cannot be one", "AuthservID a;b\n", "is not carried over to authserv_id"},
        {"redirection", "RedirectFailuresTo a@b.test\n", "Recipients are not changed"},
        {"a field that cannot choose the key", "SenderHeaders X-Owner,From\n",
         "'X-Owner' cannot choose the key"},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        const auto outcome = of_opendkim(std::string(test.text) + one_key);
        CHECK(tells(outcome, Effect::decide, test.words));
        CHECK_FALSE(outcome.is_complete());
        CHECK(errors_of(outcome.settings).empty());
        REQUIRE_FALSE(outcome.findings.empty());
        CHECK(outcome.findings.front().effect == Effect::decide);
    }
}

TEST_CASE("options that ask for nothing are no loss") {
    const auto outcome =
        of_opendkim("SendReports no\nStatistics /x\nMaximumSignedBytes 0\nSoftwareHeader No\n"
                    "Diagnostics false\nKeepAuthResults no\n");
    CHECK(outcome.is_complete());
    CHECK(outcome.counts.dropped == 0);
}

TEST_CASE("what receivers see is told where the file says nothing of it") {
    const auto silent = of_opendkim(one_key);
    CHECK(tells(silent, Effect::receivers, "SignHeaders is not given"));
    CHECK(tells(silent, Effect::receivers, "OversignHeaders is not given"));
    CHECK(tells(silent, Effect::receivers, "Canonicalization is not given"));
    CHECK(tells(silent, Effect::receivers, "DMARC is new"));
    const auto signs_nothing = of_opendkim("Mode v\n");
    CHECK_FALSE(tells(signs_nothing, Effect::receivers, "SignHeaders"));
    CHECK_FALSE(tells(of_opendkim(std::string("SignatureAlgorithm rsa-sha256\n") + one_key),
                      Effect::receivers, "rsa-sha1"));
    CHECK(tells(of_opendkim(std::string("SignatureAlgorithm rsa-sha1\n") + one_key), Effect::receivers,
                "rsa-sha256 now"));
}

TEST_CASE("Mode s beside opendmarc checks mail all the same") {
    const auto outcome = import_test::imported({{"/etc/opendkim.conf", std::string("Mode s\n") + one_key},
                                                {"/etc/opendmarc.conf", "Socket inet:8893@localhost\n"}});
    CHECK(import_test::settings_of(outcome.settings).mode == config::Mode::both);
    CHECK(tells(outcome, Effect::receivers, "checked for DKIM as well"));
}

TEST_CASE("the last of two counts, and both are told") {
    const auto outcome = of_opendkim("Mode s\nMode v\nSyslog yes\nSyslog yes\n");
    CHECK(has_line(outcome.settings, "mode: verify"));
    CHECK(tells(outcome, Effect::note,
                "/etc/opendkim.conf:2 Mode: is given twice; this one counts, not that in line 1"));
    CHECK_FALSE(tells(outcome, Effect::note, "Syslog"));
}

TEST_CASE("names that opendkim does not know") {
    const auto outcome = of_opendkim("TrustedHosts /x\nInternalHost 10.0.0.1\n");
    CHECK(tells(outcome, Effect::dropped, "opendkim has no option of this name and does not start with it"));
    CHECK(tells(outcome, Effect::dropped, "did you mean InternalHosts?"));
    CHECK(outcome.counts.dropped == 2);
}

TEST_CASE("the command line of the unit beats the file, drop-ins beat the unit") {
    const std::map<std::string, std::string> host{
        {"/etc/opendkim.conf", "Socket inet:8891@localhost\n"},
        {"/lib/systemd/system/opendkim.service", "[Service]\nExecStart=/usr/sbin/opendkim\n"},
        {"/etc/systemd/system/opendkim.service.d/override.conf",
         "[Service]\nExecStart=\nExecStart=/usr/sbin/opendkim -p inet:12301@127.0.0.1\n"},
        {"/etc/default/opendkim", "SOCKET=inet:54321\n"}};
    const auto outcome = import_test::imported(host);
    CHECK(has_line(outcome.settings, "socket: inet:12301@127.0.0.1"));
    CHECK(has_line(outcome.settings, "# /etc/systemd/system/opendkim.service.d/override.conf:3 Socket"));
    CHECK(tells(outcome, Effect::note, "'inet:54321' is not used"));
}

TEST_CASE("/etc/default counts where nothing else names a socket, and where there is no unit") {
    CHECK(has_line(import_test::imported(
                       {{"/etc/opendkim.conf", "Syslog yes\n"},
                        {"/lib/systemd/system/opendkim.service", "[Service]\nExecStart=/usr/sbin/opendkim\n"},
                        {"/etc/default/opendkim", "SOCKET=\"inet:8891@localhost\"\n"}})
                       .settings,
                   "socket: inet:8891@localhost"));
    CHECK(has_line(import_test::imported(
                       {{"/etc/opendkim.conf", "Socket inet:1@localhost\n"},
                        {"/etc/default/opendkim", "SOCKET=inet:8891@localhost\nDAEMON_OPTS=\"-b v\"\n"}})
                       .settings,
                   "socket: inet:8891@localhost"));
    CHECK(has_line(import_test::imported({{"/etc/my.conf", "Mode v\n"},
                                          {"/usr/lib/systemd/system/opendkim.service",
                                           "[Service]\nEnvironmentFile=-/etc/sysconfig/opendkim\n"
                                           "ExecStart=/usr/sbin/opendkim $OPTIONS\n"},
                                          {"/etc/sysconfig/opendkim", "OPTIONS=\"-x /etc/my.conf -f\"\n"}})
                       .settings,
                   "mode: verify"));
}
