#include "config/load.h"

#include "support/catch.h"

#include <algorithm>
#include <string>

namespace {

// Whether an error of this place and with these words is found.
bool is_refused(const std::string& yaml, const std::string& place, const std::string& words) {
    const auto loaded = config::load_text(yaml, "p.yaml");
    return !loaded.settings &&
           std::any_of(loaded.diagnostics.begin(), loaded.diagnostics.end(), [&](const auto& diagnostic) {
               const auto line = print(diagnostic);
               return line.starts_with("p.yaml:" + place) && line.find(words) != std::string::npos;
           });
}

// The same of a warning: the settings can be used.
bool is_warned_of(const std::string& yaml, const std::string& place, const std::string& words) {
    const auto loaded = config::load_text(yaml, "p.yaml");
    return loaded.settings && loaded.diagnostics.size() == 1 &&
           print(loaded.diagnostics.front()).starts_with("p.yaml:" + place) &&
           print(loaded.diagnostics.front()).find(words) != std::string::npos;
}

} // namespace

TEST_CASE("an id that could not be written whole is refused") {
    const std::string longest(255, 'a');
    CHECK(config::load_text("authserv_id: " + longest + "\n", "p.yaml").settings);
    CHECK(is_refused("authserv_id: " + longest + "a\n", "1:14", "255 characters"));
    CHECK(is_refused("strip_authserv_ids: [" + longest + "a]\n", "1:22", "255 characters"));
}

TEST_CASE("a header that never fits into memory is no header to allow") {
    CHECK(is_refused("limits: {headers_in_memory: 1M, header_bytes: 64M}\n",
                     "1:", "'limits.header_bytes' is above 'limits.headers_in_memory'"));
}

TEST_CASE("signatures of ours do not swear that there is no other") {
    CHECK(is_refused("signing: {oversigned_fields: [From, dkim-signature]}\n", "1:", "cannot be oversigned"));
    CHECK(is_refused("signing: {oversigned_if_present: [DKIM-Signature]}\n", "1:", "cannot be oversigned"));
}

TEST_CASE("mode says what roles.verify and roles.sign are, and they may not say otherwise") {
    const auto roles_of = [](const char* yaml) {
        return config::load_text(yaml, "p.yaml").settings.value().roles;
    };
    CHECK((roles_of("mode: verify\n").verify && !roles_of("mode: verify\n").sign));
    CHECK((!roles_of("mode: sign\n").verify && roles_of("mode: sign\n").sign));
    CHECK((roles_of("mode: both\n").verify && roles_of("mode: both\n").sign));
    CHECK_FALSE(roles_of("roles: {sign: no}\n").sign);
    CHECK(roles_of("mode: sign\nroles: {verify: no}\n").sign);
    for (const char* yaml : {"mode: verify\nroles: {sign: yes}\n", "mode: sign\nroles: {sign: no}\n",
                             "mode: both\nroles: {sign: no}\n"}) {
        CAPTURE(yaml);
        CHECK(is_refused(yaml, "2:15", "'roles.sign' contradicts 'mode'"));
    }
    CHECK(is_refused("mode: sign\nroles: {verify: yes}\n", "2:17", "'roles.verify' contradicts 'mode'"));
}

TEST_CASE("macros that any client can have make no mail ours") {
    for (const char* name :
         {"mail_addr", "{rcpt_addr}", "{client_name}", "client_ptr=mail.example.org", "{auth_author}", "s",
          "{i}", "j", "{client_resolve}=OK", "{tls_version}=TLSv1.3", "_"}) {
        CAPTURE(name);
        CHECK(is_refused("roles: {originating_macros: ['" + std::string(name) + "']}\n", "1:30",
                         "does not tell whose mail it is"));
    }
    for (const char* name : {"{daemon_name}", "daemon_port", "{client_addr}", "{verify}"}) {
        CAPTURE(name);
        CHECK(is_refused("roles: {originating_macros: ['" + std::string(name) + "']}\n", "1:30",
                         "every message has "));
    }
    for (const char* name : {"{cert_issuer}=Our CA", "{verify}=OK"}) {
        CAPTURE(name);
        CHECK(is_warned_of("roles: {originating_macros: ['" + std::string(name) + "']}\n", "1:30",
                           "is of a certificate"));
    }
    CHECK(config::load_text("roles: {originating_macros: ['{daemon_port}=587|465', auth_type]}\n", "p.yaml")
              .diagnostics.empty());
    CHECK(is_refused("roles: {originating_macros: ['{a b}']}\n", "1:30", "expected a macro"));
}

TEST_CASE("hosts by name that many own bring a warning") {
    CHECK(is_warned_of("roles: {internal_hosts: [127.0.0.1, .com]}\n", "1:37", ".com holds strangers"));
    CHECK(is_warned_of("roles: {peers: [0.0.0.0/0]}\n", "1:17",
                       "0.0.0.0/0 holds strangers, whose mail is not checked"));
    CHECK(is_warned_of("roles: {peers: ['!10.0.0.1/8']}\n", "1:17",
                       "'10.0.0.1/8' stands for all of 10.0.0.0/8"));
    CHECK(config::load_text("roles: {internal_hosts: ['!0.0.0.0/0', '::1', .example.org, localhost]}\n",
                            "p.yaml")
              .diagnostics.empty());
    CHECK(is_refused("roles: {peers: ['-']}\n", "1:17", "for no host at all write []"));
    CHECK(is_refused("roles: {peers: ['*.example.org']}\n", "1:17", "example.org and .example.org"));
}

TEST_CASE("settings that leave mail unchecked or unsigned say so") {
    CHECK(is_warned_of("roles: {exempt_domains: [example.org]}\n", "1:26",
                       "whoever writes example.org in From"));
    CHECK(is_refused("roles: {exempt_domains: [ann@example.org]}\n", "1:26", "is not a domain"));
    CHECK(is_warned_of("signing: {unsigned_recipients: ['*@*']}\n", "1:33", "no mail is signed at all"));
    CHECK(is_warned_of("signing: {unsigned_recipients: ['*.*']}\n", "1:33", "no mail is signed at all"));
    CHECK(config::load_text(
              "signing: {unsigned_recipients: [example.org, .example.org, 'a*@müller.example']}\n", "p.yaml")
              .diagnostics.empty());
    CHECK(is_refused("signing: {unsigned_recipients: ['a@b@c d']}\n", "1:33", "is not an address"));
    CHECK(is_warned_of("dkim: {uncovered_fields: policy}\n", "1:26",
                       "no effect without 'dkim.required_fields'"));
    CHECK(is_refused("roles: {report_authentication: yes}\nsigning: {signed_fields: [From, "
                     "Authentication-Results]}\n",
                     "2:33", "would break the signature"));
}
