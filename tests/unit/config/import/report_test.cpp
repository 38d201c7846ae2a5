// The report in words.
#include "config/import/report.h"
#include "support/catch.h"
#include "unit/config/import/memory_files.h"

using config::import::print_command;
using config::import::print_report;

TEST_CASE("the report has what matters first, and the counts last") {
    const auto outcome = import_test::of_opendkim("InternalHosts 0.0.0.0/0\nSoftwareHeader yes\nAutoRestart "
                                                  "yes\nAutoRestartRate 10/1h\nMode sv\nNoHeaderB x\n");
    const std::string text = print_report(outcome, {"a key"});
    const auto at = [&](const char* words) { return text.find(words); };
    CHECK(at("LINES THAT MAKE NO SENSE") == 0);
    CHECK(at("NoHeaderB: expected yes or no, found 'x'") < at("DECIDE BEFORE YOU SWITCH"));
    CHECK(at("DECIDE BEFORE YOU SWITCH") < at("NOT CARRIED OVER"));
    CHECK(at("NOT CARRIED OVER") < at("WHAT CHANGES FOR RECEIVERS"));
    CHECK(at("KEYS\n  a key") < at("THE SWITCH, STEP BY STEP"));
    CHECK(at("  /etc/opendkim.conf:3 AutoRestart\n  /etc/opendkim.conf:4 AutoRestartRate\n      systemd does "
             "it") != std::string::npos);
    CHECK(text.ends_with(
        "\n6 options: 2 carried over, 0 the same anyhow, 2 done in another way, 2 not carried over\n"));
    for (const auto line : base::split(text, '\n')) {
        CHECK(line.size() <= 110);
    }
}

TEST_CASE("what files hold cannot write lines of the report") {
    const auto outcome = import_test::of_opendkim("AuthservID a\x1b[2Jb\nX\x7f\x01 y\nDomain \xff\xfe\n");
    const std::string text = print_report(outcome, {});
    for (const char c : text) {
        CHECK((c == '\n' || (c >= ' ' && c <= '~')));
    }
}

TEST_CASE("passwords and keys are in no report and no comment") {
    const auto outcome = import_test::of_opendkim(
        "KeyTable dsn:mysql://u:geheim@h/d/table=t?keycol=k?datacol=a,b,c\nSigningTable "
        "lua:/x\nLDAPBindPassword "
        "geheim2\nDomain MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDCZx\n");
    const std::string text = print_report(outcome, {}) + outcome.settings;
    CHECK(text.find("geheim") == std::string::npos);
    CHECK(text.find("MIIEvQIBADANBgkqhkiG9w0") == std::string::npos);
}

TEST_CASE("commands are written as a shell reads them") {
    CHECK(print_command({"postconf", "-e", "a=$b c"}) == "postconf -e 'a=$b c'");
    CHECK(print_command({"rm", "it's"}) == "rm 'it'\\''s'");
    CHECK(print_command({""}) == "''");
}
