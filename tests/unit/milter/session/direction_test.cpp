#include "milter/session/direction.h"

#include "support/catch.h"

using milter::record::Mode;
using milter::session::Client;
using milter::session::decide;
using milter::session::Origin;

namespace {

config::Settings::Roles roles() {
    config::Settings::Roles roles;
    roles.internal_hosts = {*base::IpNetwork::parse("127.0.0.0/8"), *base::IpNetwork::parse("::1"),
                            *base::IpNetwork::parse("10.1.0.0/16")};
    roles.reinjection_daemons = {"AFTERFILTER"};
    return roles;
}

constexpr std::uint16_t some_port = 54321;

Client at(const char* address, std::uint16_t port = some_port, const char* name = "host.example") {
    const auto parsed = base::IpAddress::parse(address);
    return {parsed, parsed ? std::optional(port) : std::nullopt, name};
}

struct Case {
    const char* name;
    Client client;
    const char* daemon;
    const char* auth_type;
    const char* login;
    Mode mode;
    const char* why;
};

} // namespace

TEST_CASE("whether a message is signed or verified, and why") {
    const Case cases[] = {
        {"a stranger is verified", at("192.0.2.1"), "smtpd", "", "", Mode::verify, "external host 192.0.2.1"},
        {"an authenticated user is signed", at("192.0.2.1"), "smtpd", "PLAIN", "ann", Mode::sign,
         "authenticated as ann"},
        {"a client certificate counts as authentication", at("192.0.2.1"), "smtpd", "EXTERNAL", "",
         Mode::sign, "authenticated as "},
        {"a type and a login of blanks are none", at("192.0.2.1"), "smtpd", " \t", " ", Mode::verify,
         "external host 192.0.2.1"},
        {"the originating daemon signs", at("192.0.2.1"), "ORIGINATING", "", "", Mode::sign,
         "originating daemon ORIGINATING"},
        {"daemon names are compared exactly", at("192.0.2.1"), "originating", "", "", Mode::verify,
         "external host 192.0.2.1"},
        {"an internal host is signed", at("10.1.2.3"), "smtpd", "", "", Mode::sign, "internal host 10.1.2.3"},
        {"loopback is internal by default", at("127.0.0.1"), "smtpd", "", "", Mode::sign,
         "internal host 127.0.0.1"},
        {"IPv6 loopback too", at("::1"), "smtpd", "", "", Mode::sign, "internal host ::1"},
        {"a mapped address is the IPv4 address it stands for", at("::ffff:10.1.2.3"), "smtpd", "", "",
         Mode::sign, "internal host 10.1.2.3"},
        {"loopback on the reinjection daemon is no reason to sign", at("127.0.0.1"), "AFTERFILTER", "", "",
         Mode::verify, "reinjection daemon AFTERFILTER"},
        {"authentication on the reinjection daemon is", at("127.0.0.1"), "AFTERFILTER", "PLAIN", "ann",
         Mode::sign, "authenticated as ann"},
        {"a client without an address is not trusted", at(""), "smtpd", "", "", Mode::verify,
         "unknown client"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        const auto direction = decide({c.client, c.daemon, c.auth_type, c.login}, roles());
        CHECK(direction.mode == c.mode);
        CHECK(direction.why == c.why);
    }
}

TEST_CASE("mail of sendmail(1) is told by the port that no connection has") {
    struct LocalCase {
        const char* name;
        Client client;
        const char* daemon;
        const char* why;
    };
    const LocalCase cases[] = {
        {"as Postfix shows it", at("127.0.0.1", 0, "localhost"), "smtpd", "local submission"},
        {"where IPv6 comes first", at("::1", 0, "localhost"), "smtpd", "local submission"},
        {"a mapped address", at("::ffff:127.0.0.1", 0, "localhost"), "smtpd", "local submission"},
        {"a connection from loopback", at("127.0.0.1", some_port, "localhost"), "smtpd",
         "external host 127.0.0.1"},
        {"a stranger who is called localhost", at("192.0.2.1", some_port, "localhost"), "smtpd",
         "external host 192.0.2.1"},
        {"a stranger whose port the MTA was not told", at("192.0.2.1", 0, "mx.example"), "smtpd",
         "external host 192.0.2.1"},
        {"both", at("192.0.2.1", 0, "localhost"), "smtpd", "external host 192.0.2.1"},
        {"loopback without a port, but with a name of its own", at("127.0.0.1", 0, "webmail.example"),
         "smtpd", "external host 127.0.0.1"},
        {"no address", at("", 0, "localhost"), "smtpd", "unknown client"},
        {"handed back by a content filter", at("127.0.0.1", 0, "localhost"), "AFTERFILTER",
         "reinjection daemon AFTERFILTER"},
    };
    auto no_internal_hosts = roles();
    no_internal_hosts.internal_hosts.clear();
    for (const LocalCase& c : cases) {
        INFO(c.name);
        const auto direction = decide({c.client, c.daemon, "", ""}, no_internal_hosts);
        CHECK(direction.why == c.why);
        CHECK((direction.mode == Mode::sign) == (direction.why == "local submission"));
    }
}

TEST_CASE("a host by its name is one whose name the mail server confirms") {
    auto named = roles();
    named.internal_hosts = {base::HostPattern::parse(".example.org").value(),
                            base::HostPattern::parse("!guest.example.org").value()};
    named.peers = {base::HostPattern::parse("peer.example.org").value()};
    const auto from = [](const char* name, bool confirmed) {
        auto client = at("192.0.2.1", some_port, name);
        client.name_confirmed = confirmed;
        return Origin{client, "smtpd", "", ""};
    };
    const auto inside = decide(from("mail.example.org", true), named);
    CHECK(inside.mode == Mode::sign);
    CHECK(inside.why == "internal host mail.example.org 192.0.2.1");
    CHECK(inside.may_be_returned);
    CHECK(decide(from("mail.example.org", false), named).mode == Mode::verify);
    CHECK(decide(from("guest.example.org", true), named).mode == Mode::verify);
    CHECK(decide(from("example.org", true), named).mode == Mode::verify);
    CHECK(decide(from("peer.example.org", true), named).why == "peer peer.example.org 192.0.2.1");
    CHECK(decide(from("peer.example.org", false), named).mode == Mode::verify);
}

TEST_CASE("mail of a peer is left alone whoever sends it") {
    auto with_peers = roles();
    with_peers.peers = {*base::IpNetwork::parse("192.0.2.0/24")};
    for (const auto* daemon : {"smtpd", "ORIGINATING", "AFTERFILTER"}) {
        for (const auto* login : {"", "ann"}) {
            CAPTURE(daemon, login);
            const auto direction = decide({at("192.0.2.1"), daemon, "", login}, with_peers);
            CHECK(direction.mode == Mode::keep);
            CHECK(direction.why == "peer 192.0.2.1");
            CHECK_FALSE(direction.keeps_results);
        }
    }
    CHECK(decide({at("198.51.100.1"), "smtpd", "", ""}, with_peers).mode == Mode::verify);
    with_peers.keep_peer_results = true;
    CHECK(decide({at("192.0.2.1"), "smtpd", "", ""}, with_peers).keeps_results);
}

TEST_CASE("where all mail is verified, what would be signed is as well, but for its client") {
    const Origin ours[] = {{at("192.0.2.1"), "smtpd", "PLAIN", "ann"},
                           {at("192.0.2.1"), "ORIGINATING", "", ""},
                           {at("127.0.0.1", 0, "localhost"), "smtpd", "", ""},
                           {at("10.1.2.3"), "smtpd", "", ""}};
    for (const auto& origin : ours) {
        const auto usual = decide(origin, roles());
        CHECK(usual.mode == Mode::sign);
        const auto verified = decide(origin, roles(), config::Mode::verify);
        CHECK(verified.mode == Mode::verify);
        CHECK(verified.client_is_filter);
        CHECK(verified.why == usual.why);
        CHECK(decide(origin, roles(), config::Mode::sign).mode == Mode::sign);
    }
    const auto stranger = decide({at("192.0.2.1"), "smtpd", "", ""}, roles(), config::Mode::verify);
    CHECK(stranger.mode == Mode::verify);
    CHECK_FALSE(stranger.client_is_filter);
}

TEST_CASE("a macro marks mail of our own where no content filter hands it back") {
    auto by_macro = roles();
    by_macro.originating_macros = {base::MacroCondition::parse("{site_own}=yes").value(),
                                   base::MacroCondition::parse("{other}").value()};
    const auto with = [](const char* name, const char* value, const char* daemon = "smtpd") {
        return Origin{at("192.0.2.1"), daemon, "", "", {{name, value}}};
    };
    const auto marked = decide(with("{site_own}", "yes"), by_macro);
    CHECK(marked.mode == Mode::sign);
    CHECK(marked.why == "originating macro {site_own}=yes");
    CHECK(marked.may_be_returned);
    CHECK(decide(with("{other}", "x"), by_macro).mode == Mode::sign);
    CHECK(decide(with("{other}", ""), by_macro).mode == Mode::verify);
    CHECK(decide(with("{site_own}", "no"), by_macro).mode == Mode::verify);
    CHECK(decide(with("{third}", "yes"), by_macro).mode == Mode::verify);
    CHECK(decide(with("{site_own}", "yes", "AFTERFILTER"), by_macro).mode == Mode::verify);
    CHECK(decide(with("{site_own}", "yes"), roles()).mode == Mode::verify);
}

TEST_CASE("settings that change the direction") {
    auto changed = roles();
    const Origin local{at("127.0.0.1", 0, "localhost"), "smtpd", "", ""};
    const Origin handed_back{at("127.0.0.1"), "AFTERFILTER", "", ""};
    const Origin stranger{at("192.0.2.1"), "AFTERFILTER", "", ""};

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
    SECTION("what no login speaks for may be mail from outside that is handed back") {
        CHECK(decide(local, changed).may_be_returned);
        CHECK(decide({at("10.1.2.3"), "smtpd", "", ""}, changed).may_be_returned);
        CHECK_FALSE(decide({at("10.1.2.3"), "smtpd", "PLAIN", "ann"}, changed).may_be_returned);
        CHECK_FALSE(decide({at("10.1.2.3"), "ORIGINATING", "", ""}, changed).may_be_returned);
    }
    SECTION("a content filter's address says nothing about the sender, a stranger's does") {
        CHECK(decide(handed_back, changed).client_is_filter);
        CHECK_FALSE(decide(stranger, changed).client_is_filter);
    }
}

TEST_CASE("mail of a relay is checked, whoever logs in there and at whatever service it arrives") {
    struct RelayCase {
        const char* name;
        Client client;
        const char* daemon;
        const char* login;
        Mode mode;
        const char* why;
        bool is_walked;
    };
    const RelayCase cases[] = {
        {"a relay", at("192.0.2.7"), "smtpd", "", Mode::verify, "relay 192.0.2.7", true},
        {"that is an internal host", at("10.1.2.3"), "smtpd", "", Mode::verify, "relay 10.1.2.3", true},
        {"that logs in", at("192.0.2.7"), "smtpd", "ann", Mode::verify, "relay 192.0.2.7", true},
        {"at the originating daemon", at("192.0.2.7"), "ORIGINATING", "", Mode::verify, "relay 192.0.2.7",
         true},
        {"at the reinjection daemon", at("10.1.2.3"), "AFTERFILTER", "", Mode::verify,
         "reinjection daemon AFTERFILTER", true},
        {"sendmail(1), where this host is named a relay", at("127.0.0.1", 0, "localhost"), "smtpd", "",
         Mode::sign, "local submission", false},
    };
    for (const RelayCase& c : cases) {
        INFO(c.name);
        const Origin origin{c.client, c.daemon, "", c.login, {}, true};
        const auto direction = decide(origin, roles());
        CHECK(direction.mode == c.mode);
        CHECK(direction.why == c.why);
        CHECK(direction.client_is_relay == c.is_walked);
        CHECK_FALSE(direction.client_is_filter);
    }
}
