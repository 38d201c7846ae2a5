#include "config/load.h"

#include "support/catch.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

using authenticate::RejectOn;

namespace {

config::Loaded load(const std::string& line) {
    return config::load_text("spf:\n  policyd:\n    " + line + "\n", "p.yaml");
}

const config::Settings::Spf::Policyd& policyd(const config::Loaded& loaded) {
    REQUIRE(loaded.settings);
    return loaded.settings->spf.policyd;
}

bool says(const config::Loaded& loaded, const std::string& words) {
    return std::any_of(loaded.diagnostics.begin(), loaded.diagnostics.end(), [&](const auto& diagnostic) {
        return print(diagnostic).find(words) != std::string::npos;
    });
}

} // namespace

TEST_CASE("the section turns policyd-spf's switches on, with its defaults") {
    CHECK_FALSE(config::default_settings().spf.policyd.on);
    CHECK_FALSE(config::load_text("spf:\n  enabled: true\n", "p.yaml").settings->spf.policyd.on);
    for (const char* text :
         {"spf:\n  policyd:\n", "spf:\n  policyd: {}\n", "spf:\n  policyd:\n    TestOnly: 1\n"}) {
        const auto loaded = config::load_text(text, "p.yaml");
        CHECK(loaded.diagnostics.empty());
        const auto& switches = policyd(loaded);
        CHECK(switches.on);
        CHECK(switches.stage == config::PolicydStage::end_of_message);
        CHECK(switches.helo_reject == RejectOn::fail);
        CHECK(switches.mail_from_reject == RejectOn::fail);
        CHECK(switches.act);
        CHECK(switches.skip_addresses == config::loopback());
    }
}

TEST_CASE("values are those of policyd-spf.conf, and what YAML makes of them") {
    struct Case {
        const char* word;
        RejectOn value;
    };
    const Case cases[] = {
        {"SPF_Not_Pass", RejectOn::not_pass},
        {"Softfail", RejectOn::softfail},
        {"Fail", RejectOn::fail},
        {"Null", RejectOn::null},
        {"null", RejectOn::null},
        {"\"Null\"", RejectOn::null},
        {"False", RejectOn::never},
        {"false", RejectOn::never},
        {"no", RejectOn::never},
        {"\"False\"", RejectOn::never},
        {"No_Check", RejectOn::no_check},
    };
    for (const Case& c : cases) {
        INFO(c.word);
        CHECK(policyd(load(fmt::format("HELO_reject: {}", c.word))).helo_reject == c.value);
        if (c.value != RejectOn::null) {
            CHECK(policyd(load(fmt::format("Mail_From_reject: {}", c.word))).mail_from_reject == c.value);
        }
    }
    for (const char* word : {"True", "true", "Yes", "on"}) {
        CHECK(policyd(load(fmt::format("PermError_reject: {}", word))).permerror_reject);
    }
    CHECK_FALSE(policyd(load("TestOnly: 0")).act);
}

TEST_CASE("what is no value, and what is set elsewhere, is told with what to write") {
    struct Case {
        const char* line;
        const char* words;
    };
    const Case cases[] = {
        {"HELO_reject:", "has no value"},
        {"HELO_reject: ~", "has no value"},
        {"HELO_reject: fail", "did you mean 'Fail'?"},
        {"HELO_reject: True", "expected one of SPF_Not_Pass, Softfail, Fail, Null, False, No_Check"},
        {"Mail_From_reject: Null", "expected one of SPF_Not_Pass, Softfail, Fail, False, No_Check"},
        {"TestOnly: true", "expected one of 1, 0"},
        {"PermError_reject: Null", "has no value"},
        {"helo_reject: Fail", "did you mean 'spf.policyd.HELO_reject'?"},
        {"Void_Limit: 2", "set spf.void_lookups"},
        {"Header_Type: AR", "spf.received_spf adds Received-SPF"},
        {"Lookup_Time: 20", "dns.message_budget"},
        {"Whitelist: 192.0.2.0/24,198.51.100.1", "write [192.0.2.0/24,198.51.100.1]"},
        {"Domain_Whitelist: ['*.relay.test']", "'*.relay.test' is not a domain"},
        {"Reject_Not_Pass_Domains: ['*']", "'*' is not a domain"},
        {"Reason_Message: '{who} is it'", "the placeholders are {rejectdefer}, {spf} and {url}"},
        {"Reason_Message: ''", "may not be empty"},
        {"Reason_URL: 'https://x.test/{4}'", "the placeholders {0} to {3}"},
        {"Reason_URL: 'https://x.test/ {0}'", "the placeholders {0} to {3}"},
    };
    for (const Case& c : cases) {
        INFO(c.line);
        const auto loaded = load(c.line);
        CHECK_FALSE(loaded.settings);
        for (const auto& diagnostic : loaded.diagnostics) {
            UNSCOPED_INFO(print(diagnostic));
        }
        CHECK(says(loaded, c.words));
    }
}

TEST_CASE("switches that refuse what nobody forged bring a warning, and sound ones none") {
    struct Case {
        const char* line;
        const char* words; // empty: no warning
    };
    const Case cases[] = {
        {"HELO_reject: SPF_Not_Pass", "'spf.policyd.HELO_reject': SPF_Not_Pass refuses mail"},
        {"Mail_From_reject: Softfail", "'spf.policyd.Mail_From_reject': Softfail refuses mail"},
        {"Reject_Not_Pass_Domains: [com]", "com stands for all names below it"},
        {"Whitelist: [0.0.0.0/0]", "holds strangers, whose mail is not judged"},
        {"Reason_Message: 'see {url}'", "'spf.policyd.Reason_URL' is empty"},
        {"Reject_Not_Pass_Domains: [example.com]", ""},
        {"PermError_reject: True", ""},
        {"TempError_Defer: True", ""},
        {"No_Mail: True", ""},
    };
    for (const Case& c : cases) {
        INFO(c.line);
        const auto loaded = load(c.line);
        CHECK(loaded.settings);
        CHECK(loaded.diagnostics.empty() == std::string(c.words).empty());
        CHECK(says(loaded, c.words) == !loaded.diagnostics.empty());
    }
    CHECK(says(config::load_text("spf: {enabled: false, policyd: {}}\n", "p.yaml"), "needs 'spf.enabled'"));
    CHECK(says(config::load_text("spf: {check_helo: false, policyd: {}}\n", "p.yaml"),
               "empty MAIL FROM alone"));
    CHECK(config::load_text("spf: {check_helo: false, policyd: {HELO_reject: Null}}\n", "p.yaml")
              .diagnostics.empty());
    CHECK(says(config::load_text("spf: {policyd: {stage: rcpt}}\ndns: {message_budget: 40s}\n", "p.yaml"),
               "the answer to a recipient"));
}

TEST_CASE("errors are rejected, and the limit for them is below the standard's") {
    const auto told = [](int lookups) {
        return config::load_text(
            fmt::format("spf: {{void_lookups: {}, policyd: {{PermError_reject: yes}}}}\n", lookups),
            "p.yaml");
    };
    CHECK(told(2).diagnostics.empty());
    CHECK(says(told(0), "'spf.void_lookups' at 0, records"));
}
