// policyd-spf.conf as settings.
#include "support/catch.h"
#include "unit/config/import/memory_files.h"

using config::import::Effect;
using import_test::errors_of;
using import_test::has_line;
using import_test::imported;
using import_test::tells;

namespace {

constexpr const char* path = "/etc/postfix-policyd-spf-python/policyd-spf.conf";

config::import::Outcome of_policyd(const std::string& text) {
    return imported({{path, text}});
}

} // namespace

TEST_CASE("an option of policyd-spf.conf becomes a setting") {
    struct Case {
        const char* text;
        const char* line;
    };
    const Case cases[] = {
        {"", "stage: rcpt"},
        {"", "received_spf: true"},
        {"HELO_reject = SPF_Not_Pass\n", "HELO_reject: SPF_Not_Pass"},
        {"HELO_reject = Null\n", "HELO_reject: Null"},
        {"HELO_reject = False\n", "HELO_reject: False"},
        {"HELO_reject = reject\n", "HELO_reject: False"},
        {"Mail_From_reject = Softfail\n", "Mail_From_reject: Softfail"},
        {"Mail_From_reject = Fail\nMail_From_reject = False\n", "Mail_From_reject: False"},
        {"PermError_reject = True\n", "PermError_reject: true"},
        {"PermError_reject = true\n", "PermError_reject: false"},
        {"TempError_Defer = True\n", "TempError_Defer: true"},
        {"No_Mail = True\n", "No_Mail: true"},
        {"TestOnly = 0\n", "TestOnly: 0"},
        {"TestOnly = 1\n", "TestOnly: 1"},
        {"skip_addresses = 127.0.0.0/8,::ffff:127.0.0.0/104,::1\n",
         "skip_addresses: [127.0.0.0/8, \"::1/128\"]"},
        {"Whitelist = 192.0.2.1,192.0.2.0/24\n", "Whitelist: [192.0.2.1/32, 192.0.2.0/24]"},
        {"Whitelist = 192.0.2.0/255.255.255.0\n", "Whitelist: [192.0.2.0/24]"},
        {"Domain_Whitelist = a.test,b.test\n", "Domain_Whitelist: [a.test, b.test]"},
        {"Domain_Whitelist_PTR = a.test\n", "Domain_Whitelist_PTR: [a.test]"},
        {"HELO_Whitelist = mx.a.test\n", "HELO_Whitelist: [mx.a.test]"},
        {"Reject_Not_Pass_Domains = a.test\n", "Reject_Not_Pass_Domains: [a.test]"},
        {"SPF_Enhanced_Status_Codes = No\n", "SPF_Enhanced_Status_Codes: false"},
        {"Hide_Receiver = Yes\n", "Hide_Receiver: true"},
        {"Void_Limit = 5\n", "void_lookups: 5"},
        {"Header_Type = AR\nAuthserv_Id = mx.a.test\n", "authserv_id: mx.a.test"},
        {"Reason_URL = https://a.test/why?s={0};id={1}\n", "Reason_URL: \"https://a.test/why?s={0};id={1}\""},
        {"Reason_Message = No: {spf}\n", "Reason_Message: \"No: {spf}\""},
    };
    for (const Case& test : cases) {
        INFO(test.text);
        const auto outcome = of_policyd(test.text);
        INFO(outcome.settings);
        CHECK(has_line(outcome.settings, test.line));
        CHECK(errors_of(outcome.settings).empty());
    }
}

TEST_CASE("what policyd-spf does not understand, it does not do, and neither does the import") {
    CHECK(tells(of_policyd("HELO_reject = SPF_Not_Pas\n"), Effect::decide, "is no value of HELO_reject"));
    CHECK(tells(of_policyd("Mail_From_reject = Null\n"), Effect::decide, "is no value of Mail_From_reject"));
    CHECK(tells(of_policyd("TempError_Defer = true\n"), Effect::decide, "only True, written so"));
    CHECK(tells(of_policyd("mail_from_reject = Fail\n"), Effect::dropped, "did you mean Mail_From_reject?"));
    CHECK(tells(of_policyd("SPF_Guess = True\n"), Effect::dropped, "had no effect"));
    CHECK(of_policyd("TestOnly = maybe\n").problems.front().text.starts_with("TestOnly: expected 0 or 1"));
    CHECK(of_policyd("HELO_reject: Fail\n").problems.size() == 1);
    CHECK(tells(of_policyd("Whitelist = 192.0.2.1,all\n"), Effect::note, "'all' is no block"));
}

TEST_CASE("Mock turned everything off, whatever stands behind it") {
    const auto outcome = of_policyd("Mock = False\nHELO_reject = Fail\n");
    CHECK(outcome.settings.find("policyd") == outcome.settings.find("policyd-spf-python"));
    CHECK(tells(outcome, Effect::decide, "turned all checks off"));
    CHECK(errors_of(outcome.settings).empty());
}

TEST_CASE("switches that are gone are told first") {
    for (const char* text :
         {"Per_User = text,/x\n", "HELO_pass_restriction = x\n", "Prospective = 192.0.2.1\n"}) {
        INFO(text);
        const auto outcome = of_policyd(text);
        REQUIRE_FALSE(outcome.findings.empty());
        CHECK(outcome.findings.front().effect == Effect::decide);
    }
    CHECK(of_policyd("debugLevel = 1\nTestOnly = 1\nHELO_reject = Fail\n").is_complete());
}

TEST_CASE("clients that came past the policy service are not judged here either") {
    const std::map<std::string, std::string> host{
        {path, "HELO_reject = Fail\n"},
        {"/etc/postfix/main.cf",
         "mynetworks = 127.0.0.0/8 [::1]/128 192.0.2.0/24 hash:/etc/postfix/nets\n"
         "smtpd_recipient_restrictions = permit_mynetworks, permit_sasl_authenticated,\n"
         "    reject_unauth_destination, check_client_access hash:/etc/postfix/ok,\n"
         "    check_policy_service unix:private/policyd-spf\n"},
        {"/etc/postfix/master.cf",
         "policyd-spf unix - n n - 0 spawn user=policyd-spf argv=/usr/bin/policyd-spf\n"}};
    const auto outcome = imported(host);
    CHECK(has_line(outcome.settings, "skip_addresses: [127.0.0.0/8, \"::1/128\", 192.0.2.0/24]"));
    CHECK(tells(outcome, Effect::senders, "check_client_access stood before the policy service"));
    CHECK(errors_of(outcome.settings).empty());
}

TEST_CASE("a policyd-spf that Postfix does not call is left out") {
    const auto outcome = imported({{path, "HELO_reject = Fail\n"},
                                   {"/etc/opendkim.conf", "Mode v\n"},
                                   {"/etc/postfix/main.cf", "smtpd_milters = inet:localhost:8891\n"}});
    CHECK(outcome.settings.find("  policyd") == std::string::npos);
    CHECK(tells(outcome, Effect::note, "Postfix does not call policyd-spf"));
}
