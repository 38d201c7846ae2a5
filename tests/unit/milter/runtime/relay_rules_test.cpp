#include "milter/runtime/relay_rules.h"

#include "support/catch.h"

using milter::runtime::HostAddresses;
using milter::runtime::KnownHosts;

namespace {

// A DNS with one name.
HostAddresses look_up(const std::string& name) {
    if (name == "mx2.example.net") {
        return milter::runtime::Addresses{*base::IpAddress::parse("192.0.2.7"),
                                          *base::IpAddress::parse("2001:db8::7")};
    }
    return base::refuse(std::string("no such name"));
}

config::Settings::Relays two_relays() {
    config::Settings::Relays settings;
    settings.most_hops = 3;
    settings.hosts.resize(2);
    settings.hosts[0].addresses = {"198.51.100.0/28", "mx2.example.net"};
    settings.hosts[0].names = {"mx2.example.net"};
    settings.hosts[0].form = message::ReceivedForm::exim;
    settings.hosts[1].addresses = {"gone.example.net"};
    settings.hosts[1].named_in = "p.yaml";
    settings.hosts[1].line = 9;
    return settings;
}

base::IpAddress address(const char* text) {
    return *base::IpAddress::parse(text);
}

} // namespace

TEST_CASE("relays are known by their blocks and by the addresses of their names") {
    const auto loaded = milter::runtime::relay_rules(two_relays(), look_up, {});
    CHECK(loaded.rules.most_hops == 3);
    REQUIRE(loaded.rules.relays.size() == 2);
    for (const char* const known : {"198.51.100.1", "192.0.2.7", "2001:db8::7"}) {
        INFO(known);
        CHECK(authenticate::find_relay(loaded.rules, address(known)) == loaded.rules.relays.data());
    }
    for (const char* const other : {"198.51.100.16", "192.0.2.8", "2001:db8::8", "0.0.0.0"}) {
        INFO(other);
        CHECK(authenticate::find_relay(loaded.rules, address(other)) == nullptr);
    }
    CHECK(loaded.rules.relays[0].form == message::ReceivedForm::exim);
    CHECK(loaded.hosts.size() == 1);
}

TEST_CASE("a name that cannot be looked up is told, and keeps the addresses that it had") {
    auto loaded = milter::runtime::relay_rules(two_relays(), look_up, {});
    REQUIRE(loaded.unknown.size() == 1);
    CHECK(loaded.unknown[0].file == "p.yaml");
    CHECK(loaded.unknown[0].line == 9);
    CHECK(loaded.unknown[0].problem == "the relay 'gone.example.net' cannot be looked up: no such name");
    CHECK(loaded.unknown[0].name == "gone.example.net");
    CHECK_FALSE(loaded.unknown[0].keeps_addresses);
    const KnownHosts before{{"gone.example.net", {address("203.0.113.1")}},
                            {"mx2.example.net", {address("203.0.113.2")}}};
    loaded = milter::runtime::relay_rules(two_relays(), look_up, before);
    CHECK(authenticate::find_relay(loaded.rules, address("203.0.113.1")) == &loaded.rules.relays[1]);
    CHECK(authenticate::find_relay(loaded.rules, address("203.0.113.2")) == nullptr); // it has moved
    REQUIRE(loaded.unknown.size() == 1);
    CHECK(loaded.unknown[0].problem ==
          "the relay 'gone.example.net' cannot be looked up, and keeps its addresses: no such name");
    CHECK(loaded.unknown[0].keeps_addresses);
    CHECK(loaded.hosts.at("gone.example.net") == before.at("gone.example.net")); // for the next time
}

TEST_CASE("the system looks up hosts, as /etc/hosts has them") {
    const auto found = milter::runtime::look_up_host("localhost");
    REQUIRE(found);
    CHECK(std::all_of(found->begin(), found->end(), [](const auto& one) { return one.is_loopback(); }));
}

TEST_CASE("domains of rewritten senders are compared as A-labels, however they are written") {
    config::Settings::Relays settings;
    settings.srs_domains = {"Müller.example", "example.net"};
    CHECK(milter::runtime::relay_rules(settings, look_up, {}).rules.srs_domains ==
          std::vector<std::string>{"xn--mller-kva.example", "example.net"});
}
