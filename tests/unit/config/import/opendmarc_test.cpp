// opendmarc.conf as settings.
#include "support/catch.h"
#include "unit/config/import/memory_files.h"

using config::import::Effect;
using import_test::errors_of;
using import_test::has_line;
using import_test::imported;
using import_test::tells;

namespace {

config::import::Outcome of_opendmarc(const std::string& text,
                                     std::map<std::string, std::string> others = {}) {
    others["/etc/opendmarc.conf"] = text;
    return imported(std::move(others));
}

} // namespace

TEST_CASE("an option of opendmarc.conf becomes a setting") {
    struct Case {
        const char* text;
        const char* line;
    };
    const Case cases[] = {
        {"AuthservID mx.example.org\n", "authserv_id: mx.example.org"},
        {"AuthservID \"mx.example.org\"\n", "authserv_id: mx.example.org"},
        {"RejectFailures true\n", "dmarc: strict"},
        {"RejectFailures true\n", "dmarc_quarantine: accept"},
        {"RejectFailures true\nHoldQuarantinedMessages true\n", "dmarc_quarantine: quarantine"},
        {"RejectMultiValueFrom true\n", "several_domains: reject"},
        {"RejectString no entry for %s here\n", "dmarc: \"no entry for {domain} here\""},
        {"RequiredHeaders true\n", "unreadable: reject"},
        {"RequiredFrom true\n", "several_fields: reject"},
        {"RejectFailures true\nIgnoreHosts /hosts\n", "clients: [192.0.2.0/24]"},
        {"RejectFailures true\nIgnoreMailFrom a.test, b.test\n", "authors: [a.test, b.test]"},
        {"PublicSuffixList /own.dat\n", "public_suffix_list: /own.dat"},
        {"Socket inet:8893@localhost\n", "socket: inet:8893@localhost"},
        {"SyslogFacility daemon\n", "facility: daemon"},
    };
    for (const Case& test : cases) {
        INFO(test.text);
        const auto outcome = of_opendmarc(
            test.text, {{"/hosts", "127.0.0.1\n::1\nlocalhost\n192.0.2.0/24\n"}, {"/own.dat", "org\n"}});
        INFO(outcome.settings);
        CHECK(has_line(outcome.settings, test.line));
        CHECK(errors_of(outcome.settings).empty());
    }
}

TEST_CASE("who is refused for DMARC and was not, or the reverse") {
    const auto bare = of_opendmarc("RejectFailures true\n");
    CHECK(tells(bare, Effect::senders, "mail of users who log in and of internal hosts was judged as well"));
    CHECK(tells(bare, Effect::senders, "SPF was not checked, and is now"));
    CHECK(tells(bare, Effect::senders, "pct= does not count any more"));
    const auto usual =
        of_opendmarc("RejectFailures true\nIgnoreAuthenticatedClients true\nSPFSelfValidate true\n");
    CHECK_FALSE(tells(usual, Effect::senders, "users who log in"));
    CHECK_FALSE(tells(usual, Effect::senders, "SPF was not checked"));
}

TEST_CASE("without RejectFailures nothing is refused for DMARC") {
    const auto outcome = of_opendmarc("HoldQuarantinedMessages true\nIgnoreMailFrom a.test\nIgnoreHosts /h\n",
                                      {{"/h", "192.0.2.1\n"}});
    CHECK(outcome.settings.find("dmarc:") == std::string::npos);
    CHECK(outcome.settings.find("exceptions") == std::string::npos);
    CHECK(tells(outcome, Effect::note, "has no effect without RejectFailures"));
}

TEST_CASE("everybody in IgnoreHosts: DMARC does nothing, as before") {
    const auto outcome = of_opendmarc("RejectFailures true\nIgnoreHosts /h\n", {{"/h", "0.0.0.0/0\n"}});
    CHECK(outcome.settings.find("dmarc: strict") == std::string::npos);
    CHECK(tells(outcome, Effect::decide, "opendmarc judges no mail at all"));
    const auto names =
        of_opendmarc("RejectFailures true\nIgnoreHosts /h\n", {{"/h", "mx.example.org\n!192.0.2.1\n"}});
    CHECK(tells(names, Effect::decide, "'mx.example.org' is left out"));
    CHECK(tells(names, Effect::decide, "'!192.0.2.1/32'") == false);
    CHECK(tells(of_opendmarc("RejectFailures yes\nIgnoreHosts /none\n"), Effect::decide, "is judged now"));
}

TEST_CASE("the history for opendmarc-import goes on in another folder") {
    const auto outcome = of_opendmarc("HistoryFile /var/run/opendmarc/opendmarc.dat\n");
    CHECK(has_line(outcome.settings, "history_file: /var/lib/paraph/reports/opendmarc.dat"));
    CHECK(errors_of(outcome.settings).empty());
    CHECK(tells(outcome, Effect::replaced, "opendmarc-importstats looks for HistoryFile"));
    CHECK(of_opendmarc("").settings.find("history_file") == std::string::npos);
    CHECK(tells(of_opendmarc("IgnoreMailTo bob@a.test\n"), Effect::dropped, "mail to all recipients"));
}

TEST_CASE("what opendmarc does besides and paraphd does not") {
    CHECK(tells(of_opendmarc("FailureReports true\n"), Effect::dropped,
                "off until you set reports.failure.enabled"));
    CHECK(of_opendmarc("FailureReports false\n").is_complete());
    CHECK(tells(of_opendmarc("DomainWhitelist lists.test\n"), Effect::decide, "does not check ARC"));
    CHECK(tells(of_opendmarc("ForensicReports true\n"), Effect::dropped, "An old name"));
    CHECK(tells(of_opendmarc("Include /x\n"), Effect::dropped, "no option of this name"));
    CHECK(tells(of_opendmarc("PublicSuffixList /usr/share/publicsuffix\n",
                             {{"/usr/share/publicsuffix/public_suffix_list.dat", ""}}),
                Effect::note, "Is a directory"));
    CHECK(tells(of_opendmarc("IgnoreMailFrom /etc/list\n"), Effect::note, "not a file"));
    const auto with_dot = of_opendmarc("RejectFailures true\nIgnoreMailFrom a.test.\n");
    CHECK(tells(with_dot, Effect::note, "'a.test.' is no domain"));
    CHECK(errors_of(with_dot.settings).empty());
}

TEST_CASE("ids of two daemons: the first counts, results under the other are removed") {
    const auto outcome =
        imported({{"/etc/opendkim.conf", "AuthservID mx.example.org\n"},
                  {"/etc/opendmarc.conf", "AuthservID OpenDMARC\nTrustedAuthservIDs mx.example.org\n"}});
    CHECK(has_line(outcome.settings, "authserv_id: mx.example.org"));
    CHECK(has_line(outcome.settings, "strip_authserv_ids: [OpenDMARC]"));
    CHECK(tells(outcome, Effect::receivers, "'OpenDMARC' is not written any more"));
    CHECK_FALSE(tells(outcome, Effect::replaced, "TrustedAuthservIDs"));
    CHECK(tells(imported({{"/etc/opendmarc.conf", "AuthservID a.test\nTrustedAuthservIDs gateway.test\n"}}),
                Effect::replaced, "name it in relays.hosts instead"));
}

TEST_CASE("an opendmarc that Postfix does not call is left out") {
    const std::map<std::string, std::string> host{
        {"/etc/opendmarc.conf", "Socket inet:8893@localhost\nRejectFailures true\n"},
        {"/etc/opendkim.conf", "Socket inet:8891@localhost\n"},
        {"/etc/postfix/main.cf", "smtpd_milters = inet:localhost:8891\n"}};
    const auto outcome = imported(host);
    CHECK(outcome.settings.find("strict") == std::string::npos);
    CHECK(tells(outcome, Effect::note, "Postfix does not call opendmarc"));
    config::import::Wanted named;
    named.opendmarc = "/etc/opendmarc.conf";
    named.postfix = "/etc/postfix";
    CHECK(imported(host, named).settings.find("dmarc: strict") != std::string::npos);
}
