#include "milter/tool/postfix_check.h"

#include "config/load.h"
#include "support/catch.h"

#include <algorithm>

namespace {

using Texts = std::vector<std::string>;

milter::tool::PostfixSettings sound() {
    milter::tool::PostfixSettings postfix;
    postfix.main = {{"cleanup_replace_stray_cr_lf", "yes"},
                    {"milter_default_action", "tempfail"},
                    {"non_smtpd_milters", "inet:127.0.0.1:8891"},
                    {"queue_directory", "/var/spool/postfix"},
                    {"smtpd_discard_ehlo_keywords", "chunking, silent-discard"},
                    {"smtpd_milters", "inet:127.0.0.1:8891"}};
    return postfix;
}

Texts judge(const milter::tool::PostfixSettings& postfix, const std::string& socket = "inet:127.0.0.1:8891") {
    auto settings = config::default_settings();
    settings.listen.socket = base::SocketName::parse(socket).value();
    Texts texts;
    for (const auto& one : milter::tool::judge_postfix(postfix, settings)) {
        texts.push_back(config::print(one));
    }
    return texts;
}

// The same where a key signs.
Texts judge_signer(const milter::tool::PostfixSettings& postfix, const std::string& more = "") {
    auto settings = config::load_text(more, "p.yaml").settings.value();
    settings.domains["example.org"].keys.push_back({.selector = "s", .file = "/s.pem", .identity = ""});
    Texts texts;
    for (const auto& one : milter::tool::judge_postfix(postfix, settings)) {
        texts.push_back(config::print(one));
    }
    return texts;
}

} // namespace

TEST_CASE("a Postfix as the guide has it is no reason for a warning") {
    CHECK(judge(sound()).empty());
}

TEST_CASE("settings of Postfix that undo the checks bring a warning") {
    struct Case {
        const char* setting;
        const char* value;
        const char* said; // nullptr: nothing
    };
    const Case cases[] = {
        {"cleanup_replace_stray_cr_lf", "no", "main.cf: warning: cleanup_replace_stray_cr_lf = no: "},
        {"cleanup_replace_stray_cr_lf", "", "does not know cleanup_replace_stray_cr_lf"},
        {"milter_default_action", "accept", "main.cf: warning: milter_default_action = accept: "},
        {"milter_default_action", "shutdown", nullptr},
        {"milter_default_action", "", nullptr},
        {"smtpd_discard_ehlo_keywords", "", nullptr}, // what BDAT lets in matters with stray line breaks only
        {"smtpd_discard_ehlo_keywords", "dsn, etrn", nullptr},
        {"smtpd_milters", "inet:127.0.0.1:8891 # paraphd", "smtpd_milters: '# paraphd' is not a comment"},
        {"smtpd_milters", "inet:127.0.0.1:8891, #paraphd", "smtpd_milters: '#paraphd' is not a comment"},
        {"smtpd_milters", "{ inet:127.0.0.1:8891, default_action=tempfail } # x", "'# x' is not a comment"},
        {"non_smtpd_milters", "inet:127.0.0.1:8891\t# signs",
         "non_smtpd_milters: '# signs' is not a comment"},
        {"milter_default_action", "accept # for now", "milter_default_action: '# for now' is not a comment"},
        {"cleanup_replace_stray_cr_lf", "yes # as built in", "'# as built in' is not a comment"},
        {"smtpd_milters", "inet:127.0.0.1:8891 unix:/run/a#b", nullptr},
        {"smtpd_discard_ehlo_keywords", "silent-discard\tCHUNKING", nullptr},
        {"smtpd_milters", "", "smtpd_milters lacks inet:127.0.0.1:8891: paraphd sees no mail"},
        {"smtpd_milters", "inet:127.0.0.1:8892", "smtpd_milters lacks"},
        {"smtpd_milters", "inet:localhost:8891", nullptr},
        {"smtpd_milters", "inet:127.0.0.1:8891, unix:/run/other", nullptr},
        {"smtpd_milters", "unix:/run/other inet:127.0.0.1:8891", "smtpd_milters: paraphd is not the first"},
        {"smtpd_milters", "{ inet:127.0.0.1:8891, connect_timeout=5s, default_action=tempfail }", nullptr},
        {"smtpd_milters", "{inet:127.0.0.1:8891, default_action=accept}, unix:/run/other",
         "smtpd_milters: default_action = accept"},
        {"smtpd_milters", "{inet:127.0.0.1:8891}, {unix:/run/other, default_action=accept}", nullptr},
        {"non_smtpd_milters", "", "non_smtpd_milters lacks inet:127.0.0.1:8891"},
        {"receive_override_options", "no_address_mappings,no_milters", "no_milters: paraphd sees no mail"},
        {"milter_macro_daemon_name", "ORIGINATING", "all mail counts as your own"},
        {"milter_macro_daemon_name", "mx.example.org", nullptr},
    };
    for (const Case& test : cases) {
        CAPTURE(test.setting, test.value);
        auto postfix = sound();
        postfix.main[test.setting] = test.value;
        const auto said = judge(postfix);
        CAPTURE(said);
        REQUIRE(said.size() == (test.said == nullptr ? 0 : 1));
        CHECK((test.said == nullptr || said.front().find(test.said) != std::string::npos));
    }
}

TEST_CASE("BDAT matters where stray line breaks stay") {
    struct Case {
        const char* stray;
        const char* keywords;
        const char* said; // of chunking; nullptr: nothing
    };
    const Case cases[] = {
        {"yes", "", nullptr},
        {"no", "chunking", nullptr},
        {"no", "", "(smtpd_discard_ehlo_keywords = chunking, or cleanup_replace_stray_cr_lf = yes)"},
        {"", "", "(smtpd_discard_ehlo_keywords = chunking, or"},
        {"no", "dsn, etrn", "(smtpd_discard_ehlo_keywords = dsn, etrn, chunking, or"},
    };
    for (const Case& test : cases) {
        CAPTURE(test.stray, test.keywords);
        auto postfix = sound();
        postfix.main["cleanup_replace_stray_cr_lf"] = test.stray;
        postfix.main["smtpd_discard_ehlo_keywords"] = test.keywords;
        const auto said = judge(postfix);
        CAPTURE(said);
        const auto found = std::find_if(said.begin(), said.end(), [](const std::string& one) {
            return one.find("lacks chunking") != std::string::npos;
        });
        REQUIRE((found != said.end()) == (test.said != nullptr));
        CHECK((test.said == nullptr || found->find(test.said) != std::string::npos));
    }
}

TEST_CASE("a unix socket is found by its path, in the chroot and outside of it") {
    const std::string ours = "unix:/var/spool/postfix/paraph/s";
    for (const char* const spelling :
         {"unix:paraph/s", "unix:/paraph/s", "unix:/var/spool/postfix/paraph/s", "{ unix:paraph/s }"}) {
        CAPTURE(spelling);
        auto postfix = sound();
        postfix.main["smtpd_milters"] = postfix.main["non_smtpd_milters"] = spelling;
        CHECK(judge(postfix, ours).empty());
        CHECK(judge(postfix, "local:/var/spool/postfix/paraph/s").empty());
        CHECK(judge(postfix, "unix:/run/paraph/s").size() == 1);
    }
}

TEST_CASE("master.cf may undo what main.cf says") {
    auto postfix = sound();
    postfix.overrides = {{"smtp/inet", "smtpd_discard_ehlo_keywords", ""},
                         {"127.0.0.1:10025/inet", "smtpd_milters", ""},
                         {"submission/inet", "milter_macro_daemon_name", "ORIGINATING"},
                         {"cleanup/unix", "cleanup_replace_stray_cr_lf", "no"}};
    const auto said = judge(postfix);
    CAPTURE(said);
    REQUIRE(said.size() == 2);
    CHECK(said[0].starts_with("master.cf: warning: smtp/inet: smtpd_discard_ehlo_keywords lacks chunking"));
    CHECK(said[1].starts_with("master.cf: warning: cleanup/unix: cleanup_replace_stray_cr_lf = no"));
}

TEST_CASE("a milter of one service is wired") {
    auto postfix = sound();
    postfix.main["smtpd_milters"] = "";
    postfix.overrides = {{"smtp/inet", "smtpd_milters", "inet:127.0.0.1:8891"}};
    CHECK(judge(postfix).empty());
}

TEST_CASE("a service of master.cf that mail gets past paraphd by, or in as our own, brings a warning") {
    struct Case {
        const char* service;
        const char* setting;
        const char* value;
        const char* said; // nullptr: nothing
    };
    const Case cases[] = {
        {"smtp/inet", "milter_macro_daemon_name", "ORIGINATING",
         "smtp/inet: milter_macro_daemon_name = ORIGINATING"},
        {"192.0.2.1:25/inet", "milter_macro_daemon_name", "ORIGINATING",
         "all mail that comes in there counts"},
        {"smtpd/pass", "milter_macro_daemon_name", "ORIGINATING", "smtpd/pass: milter_macro"},
        {"submission/inet", "milter_macro_daemon_name", "ORIGINATING", nullptr},
        {"smtp/inet", "milter_macro_daemon_name", "mx.example.org", nullptr},
        {"smtp/unix", "milter_macro_daemon_name", "ORIGINATING", nullptr},
        {"smtp/inet", "receive_override_options", "no_milters",
         "no_milters: mail that comes in there is not checked"},
        {"[::]:smtp/inet", "receive_override_options", "no_address_mappings, no_milters",
         "[::]:smtp/inet: receive"},
        {"587/inet", "receive_override_options", "no_milters",
         "no_milters: mail of the users there is not signed"},
        {"127.0.0.1:10025/inet", "receive_override_options", "no_milters", nullptr},
        {"smtp/inet", "receive_override_options", "no_address_mappings", nullptr},
        {"smtp/inet", "smtpd_milters", "",
         "smtp/inet: smtpd_milters lacks inet:127.0.0.1:8891: mail that comes"},
        {"smtpd/pass", "smtpd_milters", "unix:/run/other", "smtpd/pass: smtpd_milters lacks"},
        {"submissions/inet", "smtpd_milters", "", "mail of the users there is not signed"},
        {"smtp/inet", "smtpd_milters", "$mx_milters", nullptr},
        {"smtp/inet", "smtpd_milters", "inet:127.0.0.1:8891", nullptr},
        {"127.0.0.1:10025/inet", "smtpd_milters", "", nullptr},
        {"smtp/inet", "smtpd_milter_maps", "cidr:/etc/postfix/milters",
         "smtp/inet: smtpd_milter_maps = cidr:/etc"},
        {"smtp/inet", "smtpd_milter_maps", "", nullptr},
    };
    for (const Case& test : cases) {
        CAPTURE(test.service, test.setting, test.value);
        auto postfix = sound();
        postfix.overrides = {{test.service, test.setting, test.value}};
        const auto said = judge(postfix);
        CAPTURE(said);
        REQUIRE(said.size() == (test.said == nullptr ? 0 : 1));
        CHECK((test.said == nullptr || said.front().find(test.said) != std::string::npos));
    }
    auto postfix = sound();
    postfix.main["smtpd_milter_maps"] = "inline:{192.0.2.1=DISABLE}";
    REQUIRE(judge(postfix).size() == 1);
    CHECK(judge(postfix).front().starts_with("main.cf: warning: smtpd_milter_maps = inline:"));
}

TEST_CASE("names of hosts are of no use to a Postfix that looks up none") {
    auto settings = config::default_settings();
    auto postfix = sound();
    postfix.main["smtpd_peername_lookup"] = "no";
    CHECK(milter::tool::judge_postfix(postfix, settings).empty());
    settings.roles.peers = {base::HostPattern::parse(".example.org").value()};
    const auto said = milter::tool::judge_postfix(postfix, settings);
    REQUIRE(said.size() == 1);
    CHECK(config::print(said.front()).starts_with("main.cf: warning: smtpd_peername_lookup = no: "));
    postfix.main["smtpd_peername_lookup"] = "yes";
    CHECK(milter::tool::judge_postfix(postfix, settings).empty());
}

TEST_CASE("settings of Postfix that change signed mail bring a warning where mail is signed") {
    struct Case {
        const char* setting;
        const char* value;
        const char* said; // nullptr: nothing
    };
    const Case cases[] = {
        {"disable_mime_output_conversion", "no", "disable_mime_output_conversion = no: 8-bit text"},
        {"disable_mime_output_conversion", "yes", nullptr},
        {"smtp_header_checks", "pcre:/etc/x", "(header_checks: it comes before paraphd)"},
        {"smtp_mime_header_checks", "pcre:/etc/x", "(mime_header_checks: it comes before"},
        {"smtp_nested_header_checks", "pcre:/etc/x",
         "smtp_nested_header_checks = pcre:/etc/x: what it changes"},
        {"smtp_body_checks", "pcre:/etc/x", "smtp_body_checks = pcre:/etc/x"},
        {"smtp_generic_maps", "hash:/etc/x", "(canonical_maps: they change the address"},
        {"header_checks", "pcre:/etc/x", nullptr}, // before us
        {"smtp_line_length_limit", "998", nullptr},
        {"smtp_line_length_limit", "0", nullptr},
        {"smtp_line_length_limit", "500", "smtp_line_length_limit = 500: lines that mail may have are cut"},
        {"always_add_missing_headers", "no", nullptr},
        {"content_filter", "smtp:[127.0.0.1]:10024", nullptr},
    };
    for (const Case& test : cases) {
        CAPTURE(test.setting, test.value);
        auto postfix = sound();
        postfix.main[test.setting] = test.value;
        CHECK(judge(postfix).empty()); // nothing is signed
        const auto said = judge_signer(postfix);
        CAPTURE(said);
        REQUIRE(said.size() == (test.said == nullptr ? 0 : 1));
        CHECK((test.said == nullptr || said.front().find(test.said) != std::string::npos));
    }
}

TEST_CASE("8-bit text is recoded before it is signed where Postfix can") {
    auto postfix = sound();
    postfix.main["disable_mime_output_conversion"] = "no";
    postfix.main["force_mime_input_conversion"] = "no";
    REQUIRE(judge_signer(postfix).size() == 1);
    CHECK(judge_signer(postfix).front().starts_with("main.cf: warning: force_mime_input_conversion = no"));
    CHECK(judge_signer(postfix, "signing: {fragile: sign}\n").empty());
    postfix.main["force_mime_input_conversion"] = "yes";
    CHECK(judge_signer(postfix).empty());
}

TEST_CASE("where a content filter hands mail back paraphd is not asked again") {
    using Override = milter::tool::PostfixSettings::Override;
    const std::string back = "127.0.0.1:10025/inet";
    const Override off{back, "content_filter", ""};
    struct Case {
        const char* name;
        std::vector<Override> overrides;
        bool warns;
    };
    const Case cases[] = {
        {"nothing is said there", {off}, true},
        {"other options", {off, {back, "receive_override_options", "no_header_body_checks"}}, true},
        {"called by its own list", {off, {back, "smtpd_milters", "inet:localhost:8891"}}, true},
        {"a name that says nothing", {off, {back, "milter_macro_daemon_name", "amavis"}}, true},
        {"no milters", {off, {back, "smtpd_milters", ""}}, false},
        {"another milter", {off, {back, "smtpd_milters", "inet:localhost:1"}}, false},
        {"no_milters", {off, {back, "receive_override_options", "no_milters"}}, false},
        {"mail of users", {off, {back, "milter_macro_daemon_name", "ORIGINATING"}}, false},
        {"named as what comes back", {off, {back, "milter_macro_daemon_name", "REINJECTION"}}, false},
        {"the filter is on", {{back, "content_filter", "a:b"}}, false},
        {"not by SMTP", {{"pickup/unix", "content_filter", ""}}, false},
        {"where users submit", {{"submission/inet", "content_filter", ""}}, false},
        {"where users submit, on a port of one's own", {off, {back, "smtpd_sasl_auth_enable", "yes"}}, false},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        auto settings =
            config::load_text("roles: {reinjection_daemons: [REINJECTION]}\n", "p.yaml").settings.value();
        auto postfix = sound();
        postfix.overrides = test.overrides;
        // There is no filter, or the service has it.
        CHECK(milter::tool::judge_postfix(postfix, settings).empty());
        postfix.main["content_filter"] = "amavis:[127.0.0.1]:10024";
        const auto said = milter::tool::judge_postfix(postfix, settings);
        REQUIRE(said.size() == (test.warns ? 1 : 0));
        CHECK((said.empty() ||
               config::print(said.front())
                   .starts_with("master.cf: warning: 127.0.0.1:10025/inet: content_filter is empty")));
    }
}

TEST_CASE("a content filter may stand in a service alone") {
    auto postfix = sound();
    postfix.overrides = {{"smtp/inet", "content_filter", "amavis:[127.0.0.1]:10024"},
                         {"127.0.0.1:10025/inet", "content_filter", ""}};
    const auto said = judge(postfix);
    REQUIRE(said.size() == 1);
    CHECK(said.front().starts_with("master.cf: warning: 127.0.0.1:10025/inet: content_filter is empty"));
    postfix.overrides.push_back({"127.0.0.1:10025/inet", "smtpd_milters", ""});
    CHECK(judge(postfix).empty());
}

TEST_CASE("what a content filter hands back is not to be changed a second time") {
    auto postfix = sound();
    postfix.main["content_filter"] = "smtp:[127.0.0.1]:10024";
    postfix.main["header_checks"] = "pcre:/etc/x";
    postfix.main["local_header_rewrite_clients"] = "permit_inet_interfaces";
    const auto said = judge_signer(postfix);
    REQUIRE(said.size() == 2);
    CHECK(said[0].find("header_checks: applied once more") != std::string::npos);
    CHECK(said[1].find("local_header_rewrite_clients: incomplete addresses") != std::string::npos);
    postfix.overrides = {
        {"127.0.0.1:10025/inet", "receive_override_options", "no_milters,no_header_body_checks"},
        {"127.0.0.1:10025/inet", "local_header_rewrite_clients", ""}};
    CHECK(judge_signer(postfix).empty());
}

TEST_CASE("a Date that is sworn absent is better added before") {
    auto postfix = sound();
    postfix.main["always_add_missing_headers"] = "no";
    const char* const swears = "signing: {oversigned_fields: ['*', +date]}\n";
    REQUIRE(judge_signer(postfix, swears).size() == 1);
    CHECK(judge_signer(postfix, swears).front().find("always_add_missing_headers = no") != std::string::npos);
    postfix.main["always_add_missing_headers"] = "yes";
    CHECK(judge_signer(postfix, swears).empty());
}

TEST_CASE("keys of a list of domains sign as well") {
    auto postfix = sound();
    postfix.main["disable_mime_output_conversion"] = "no";
    postfix.main["force_mime_input_conversion"] = "no";
    auto settings = config::load_text("", "p.yaml").settings.value();
    CHECK(milter::tool::judge_postfix(postfix, settings).empty());
    settings.default_keys.given = true;
    CHECK(milter::tool::judge_postfix(postfix, settings).size() == 1);
}
