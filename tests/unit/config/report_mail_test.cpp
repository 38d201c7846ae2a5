#include "config/load.h"
#include "config/report_mail_schema.h"

#include "support/catch.h"

#include <string>

namespace {

std::string diagnostics(const std::string& text) {
    std::string all;
    for (const auto& one : config::load_text(text, "test").diagnostics) {
        all += config::print(one) + '\n';
    }
    return all;
}

} // namespace

TEST_CASE("a mail server is a name or an address, with a port or without") {
    struct Case {
        const char* text;
        const char* host; // empty: refused
        unsigned port;
        bool is_loopback;
    };
    const Case cases[] = {{"mail.example.org", "mail.example.org", 25, false},
                          {"mail.example.org:587", "mail.example.org", 587, false},
                          {"127.0.0.1:2525", "127.0.0.1", 2525, true},
                          {"localhost", "localhost", 25, true},
                          {"[::1]:25", "::1", 25, true},
                          {"[2001:db8::1]", "2001:db8::1", 25, false},
                          {"2001:db8::1", "2001:db8::1", 25, false},
                          {"192.0.2.1", "192.0.2.1", 25, false},
                          {"", "", 0, false},
                          {"x y", "", 0, false},
                          {"mail.example.org:", "", 0, false},
                          {"mail.example.org:0", "", 0, false},
                          {"mail.example.org/x", "", 0, false},
                          {"a@mail.example.org", "", 0, false},
                          {"[mail.example.org]", "", 0, false},
                          {"[::1]x", "", 0, false}};
    for (const auto& one : cases) {
        CAPTURE(one.text);
        const auto server = config::read_host_and_port(one.text, 25);
        REQUIRE(server.has_value() == (std::string(one.host) != ""));
        if (server) {
            CHECK(server->host == one.host);
            CHECK(server->port == one.port);
            CHECK(config::is_loopback(*server) == one.is_loopback);
        }
    }
}

TEST_CASE("settings of report mail that cannot be meant are refused") {
    struct Case {
        const char* settings;
        const char* said; // empty: nothing is wrong
    };
    const Case cases[] = {{"from: dmarc-reports@reports.example.org", ""},
                          {"from: a b@example.org", "is not an address"},
                          {"from: Reports <a@example.org>", "is not an address"},
                          {"from: a+b@example.org", "cannot stand before a +"},
                          {"from: a-name-that-leaves-no-room-for-a-code@example.org", "is too long"},
                          {"organization: \"a\\r\\nBcc: b\"", "control characters"},
                          {"outgoing: [mail.example.org]", "is not an address"},
                          {"user: reporter", "needs 'reports.password_file'"},
                          {"password_file: /x", "needs 'reports.user'"},
                          {"server: mail.example.org, user: a, password_file: /x", "needs 'reports.tls'"},
                          {"server: mail.example.org, user: a, password_file: /x, tls: starttls", ""},
                          {"server: 127.0.0.1, user: a, password_file: /x", ""},
                          {"give_up: 10d, keep: 9d", "longer than 'reports.keep'"},
                          {"history_file: /var/spool/dmarc/history", ""},
                          {"store: /x, history_file: /x", "'reports.history_file' is 'reports.store'"},
                          {"history_file: /x}\ndmarc: {enabled: false", "no effect without 'dmarc.enabled'"},
                          {"history_file: /x, from: a@example.org", ""},
                          {"history_file: /x, enabled: true, from: a@example.org", "get two reports"},
                          {"failure: {enabled: true}", "no effect without 'reports.enabled'"},
                          {"enabled: true, from: a@example.org, failure: {enabled: true}", ""},
                          {"enabled: true, failure: {enabled: true, per_hour_and_domain: 61}",
                           "it is more than 'reports.failure.per_hour'"},
                          {"enabled: true, failure: {enabled: true, per_day_and_domain: 301}",
                           "it is more than 'reports.failure.per_day'"},
                          {"enabled: true, failure: {enabled: true, per_hour: 301}",
                           "it is more than 'reports.failure.per_day'"}};
    for (const auto& one : cases) {
        CAPTURE(one.settings);
        const auto said = diagnostics(std::string("reports: {") + one.settings + "}\n");
        CAPTURE(said);
        CHECK((*one.said == '\0' ? said.empty() : said.find(one.said) != std::string::npos));
    }
}
