#include "milter/direction.h"

#include "support/catch.h"

using milter::decide;
using milter::Mode;
using milter::Origin;

namespace {

config::Settings::Roles roles() {
    config::Settings::Roles roles;
    roles.internal_hosts = {*base::IpNetwork::parse("127.0.0.0/8"), *base::IpNetwork::parse("::1"),
                            *base::IpNetwork::parse("10.1.0.0/16")};
    roles.reinjection_daemons = {"AFTERFILTER"};
    return roles;
}

struct Case {
    const char* name;
    const char* client; // empty: none
    const char* daemon;
    const char* auth_type;
    const char* login;
    bool bare_path;
    Mode mode;
    const char* why;
};

} // namespace

TEST_CASE("whether a message is signed or verified, and why") {
    const Case cases[] = {
        {"a stranger is verified", "192.0.2.1", "smtpd", "", "", false, Mode::verify, "external host 192.0.2.1"},
        {"an authenticated user is signed", "192.0.2.1", "smtpd", "PLAIN", "ann", false, Mode::sign,
         "authenticated as ann"},
        {"a client certificate counts as authentication", "192.0.2.1", "smtpd", "EXTERNAL", "", false, Mode::sign,
         "authenticated as "},
        {"the originating daemon signs", "192.0.2.1", "ORIGINATING", "", "", false, Mode::sign,
         "originating daemon ORIGINATING"},
        {"daemon names are compared exactly", "192.0.2.1", "originating", "", "", false, Mode::verify,
         "external host 192.0.2.1"},
        {"an internal host is signed", "10.1.2.3", "smtpd", "", "", false, Mode::sign, "internal host 10.1.2.3"},
        {"loopback is internal by default", "127.0.0.1", "smtpd", "", "", false, Mode::sign,
         "internal host 127.0.0.1"},
        {"IPv6 loopback too", "::1", "smtpd", "", "", false, Mode::sign, "internal host ::1"},
        {"a mapped address is the IPv4 address it stands for", "::ffff:10.1.2.3", "smtpd", "", "", false, Mode::sign,
         "internal host 10.1.2.3"},
        {"sendmail(1) is signed", "127.0.0.1", "smtpd", "", "", true, Mode::sign, "local submission"},
        {"sendmail(1) without an address is signed", "", "smtpd", "", "", true, Mode::sign, "local submission"},
        {"queued again, mail of a stranger is still a stranger's", "192.0.2.1", "smtpd", "", "", true, Mode::verify,
         "external host 192.0.2.1"},
        {"loopback on the reinjection daemon is no reason to sign", "127.0.0.1", "AFTERFILTER", "", "", false,
         Mode::verify, "reinjection daemon AFTERFILTER"},
        {"authentication on the reinjection daemon is", "127.0.0.1", "AFTERFILTER", "PLAIN", "ann", false, Mode::sign,
         "authenticated as ann"},
        {"a client without an address is not trusted", "", "smtpd", "", "", false, Mode::verify, "unknown client"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        const Origin origin{base::IpAddress::parse(c.client), c.daemon, c.auth_type, c.login, c.bare_path};
        const auto direction = decide(origin, roles());
        CHECK(direction.mode == c.mode);
        CHECK(direction.why == c.why);
    }
}

TEST_CASE("settings that change the direction") {
    auto changed = roles();
    const Origin local{base::IpAddress::parse("127.0.0.1"), "smtpd", "", "", true};
    const Origin handed_back{base::IpAddress::parse("127.0.0.1"), "AFTERFILTER", "", "", false};
    const Origin stranger{base::IpAddress::parse("192.0.2.1"), "AFTERFILTER", "", "", false};

    SECTION("without internal hosts, sendmail(1) still signs") {
        changed.internal_hosts.clear();
        CHECK(decide(local, changed).mode == Mode::sign);
    }
    SECTION("unless local submission is off as well") {
        changed.internal_hosts.clear();
        changed.sign_local_submission = false;
        CHECK(decide(local, changed).mode == Mode::verify);
    }
    SECTION("a content filter's mail is kept as it is when it was verified before") {
        changed.keep_reinjected_results = true;
        CHECK(decide(handed_back, changed).mode == Mode::keep);
        CHECK(decide(stranger, changed).mode == Mode::verify);
    }
    SECTION("a content filter's address says nothing about the sender, a stranger's does") {
        CHECK(decide(handed_back, changed).client_is_filter);
        CHECK_FALSE(decide(stranger, changed).client_is_filter);
    }
}
