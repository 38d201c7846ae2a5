#include "config/load.h"

#include "support/catch.h"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace {

using Texts = std::vector<std::string>;

struct Case {
    std::string name;
    std::string yaml;
    Texts diagnostics;
};

Texts diagnose(const std::string& yaml) {
    Texts texts;
    for (const auto& diagnostic : config::load_text(yaml, "p").diagnostics) {
        texts.push_back(config::print(diagnostic));
    }
    return texts;
}

std::string one_relay(const std::string& fields) {
    return fmt::format("relays:\n  hosts:\n    - {}\n", fields);
}

} // namespace

TEST_CASE("relays arrive") {
    const auto loaded = config::load_text(R"(
relays:
  most_hops: 5
  srs: decode
  srs_domains: [example.net]
  hosts:
    - addresses: [192.0.2.7, 2001:db8:7::/64, mx2.example.net]
      names: [mx2.example.net, .cluster.example.net]
      form: postfix
      inside: [127.0.0.0/8]
    - {addresses: [198.51.100.16/28], names: [Front.müller.example]}
)",
                                          "p");
    CHECK(loaded.diagnostics.empty());
    REQUIRE(loaded.settings);
    const auto& relays = loaded.settings->relays;
    CHECK(relays.most_hops == 5);
    CHECK(relays.srs == authenticate::RewrittenSender::decode);
    CHECK(relays.srs_domains == Texts{"example.net"});
    REQUIRE(relays.hosts.size() == 2);
    CHECK(relays.hosts[0].addresses == Texts{"192.0.2.7", "2001:db8:7::/64", "mx2.example.net"});
    CHECK(relays.hosts[0].names == Texts{"mx2.example.net", ".cluster.example.net"});
    CHECK(relays.hosts[0].form == message::ReceivedForm::postfix);
    CHECK(relays.hosts[0].inside == std::vector{*base::IpNetwork::parse("127.0.0.0/8")});
    CHECK(relays.hosts[0].line == 7);
    CHECK(relays.hosts[1].form == message::ReceivedForm::any);
    CHECK(relays.hosts[1].names == Texts{"front.xn--mller-kva.example"});
    CHECK(loaded.origins.at("relays.hosts").line == 6);
    CHECK(loaded.origins.at("relays.srs").line == 4);
}

TEST_CASE("what can be wrong with relays") {
    const Case cases[] = {
        {"a list at once",
         "relays:\n  - addresses: [192.0.2.7]\n",
         {"p:2:3: error: 'relays': expected settings below it, not a list (indent the list, so that it "
          "stands below "
          "'hosts:' in it)"}},
        {"no list",
         "relays:\n  hosts: 192.0.2.7\n",
         {"p:2:10: error: 'relays.hosts': expected a list, not a text"}},
        {"no mapping",
         one_relay("192.0.2.7"),
         {"p:3:7: error: 'relays.hosts': expected a mapping with addresses, not a text (write {addresses: "
          "[192.0.2.7]})"}},
        {"a key that was pasted in",
         one_relay("|\n        -----BEGIN PRIVATE KEY-----\n        MIIE\n"),
         {"p:3:7: error: 'relays.hosts': expected a mapping with addresses, not a text (keys are named by "
          "file: "
          "save it as a file that only root and the daemon can read, and write its path)"}},
        {"no addresses",
         one_relay("names: [mx2.example.net]"),
         {"p:3:7: error: 'relays.hosts.addresses' is missing"}},
        {"an empty list",
         one_relay("{addresses: [], names: [mx2.example.net]}"),
         {"p:3:19: error: 'relays.hosts.addresses' names no address"}},
        {"no address",
         one_relay("{addresses: [192.0.2], names: [mx2.example.net]}"),
         {"p:3:20: error: 'relays.hosts.addresses': '192.0.2' is neither an address nor a block nor the name "
          "of a host "
          "(write 192.0.2.1, 192.0.2.0/24, 2001:db8::1 or mx2.example.org)"}},
        {"no name",
         one_relay("{addresses: [192.0.2.7], names: [mx 2]}"),
         {"p:3:40: error: 'relays.hosts.names': 'mx 2' is not the name of a host (write mx2.example.org, or "
          ".example.org for all below it)"}},
        {"no form",
         one_relay("{addresses: [192.0.2.7], names: [mx2.example.net], form: postfx}"),
         {"p:3:64: error: 'relays.hosts.form': expected one of any, rfc5321, postfix, sendmail, exim, "
          "exchange, gmail, "
          "qmail, qmail-ldap, qsmtp, opensmtpd, haraka, mdaemon, zimbra, halon, kumomta, stalwart, mox, "
          "dovecot, "
          "zmailer, not 'postfx' (did you mean 'postfix'?)"}},
        {"a misspelt field",
         one_relay("{adresses: [192.0.2.7]}"),
         {"p:3:7: error: 'relays.hosts.addresses' is missing",
          "p:3:8: error: unknown setting 'relays.hosts.adresses' (did you mean 'addresses'?)"}},
        {"a misspelt list",
         "relays:\n  host: []\n",
         {"p:2:3: error: unknown setting 'relays.host' (did you mean 'relays.hosts'?)"}},
        {"too many hops",
         "relays: {most_hops: 1000}\n",
         {"p:1:21: error: 'relays.most_hops': expected a number from 1 to 100, not '1000'"}},
        {"a domain in its own script", "relays: {srs_domains: [müller.example], hosts: []}\n", {}},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(diagnose(c.yaml) == c.diagnostics);
    }
}

TEST_CASE("relays that are surely not meant bring a warning") {
    const std::string named = ", names: [mx2.example.net]}";
    const Case cases[] = {
        {"everybody",
         one_relay("{addresses: [0.0.0.0/0]" + named),
         {"p:3:20: warning: 'relays.hosts.addresses': 0.0.0.0/0 holds strangers, who can then name any "
          "client (name the "
          "addresses of relays of your own)"}},
        {"no relay",
         "relays: {srs: decode, srs_domains: [a.example]}\npolicy: {refuse_relayed: true}\n",
         {"p:1:15: warning: 'relays.srs' has no effect without 'relays.hosts'",
          "p:1:36: warning: 'relays.srs_domains' has no effect without 'relays.hosts'",
          "p:2:26: warning: 'policy.refuse_relayed' has no effect without 'relays.hosts'"}},
        {"this host",
         one_relay("{addresses: [192.0.2.7, 127.0.0.1]" + named),
         {"p:3:31: warning: 'relays.hosts.addresses': 127.0.0.1/32 is this host itself, and every program on "
          "it can "
          "then name any client (filters of a relay's own belong in 'inside')"}},
        {"an internal host",
         "roles: {internal_hosts: [127.0.0.0/8, 10.0.0.0/8]}\n" + one_relay("{addresses: [10.0.0.7]" + named),
         {"p:4:20: warning: 'relays.hosts.addresses': 10.0.0.7/32 is in 'roles.internal_hosts' as well: the "
          "mail of a "
          "relay comes from outside, so it is checked and not signed (take it out of one of the two)"}},
        {"host bits",
         one_relay("{addresses: [192.0.2.7/24]" + named),
         {"p:3:20: warning: 'relays.hosts.addresses': '192.0.2.7/24' stands for all of 192.0.2.0/24 (write "
          "the block "
          "without host bits, or the address without a block)"}},
        {"everybody inside",
         one_relay("{addresses: [192.0.2.7], inside: [\"::/0\"]" + named),
         {"p:3:41: warning: 'relays.hosts.inside': ::/0 holds strangers, who can then name any client (name "
          "the "
          "addresses of the relay's own filters)"}},
        {"no names",
         one_relay("{addresses: [192.0.2.7]}"),
         {"p:3:7: warning: 'relays.hosts.names' is missing: a Received field of anybody passes for the "
          "relay's, if that "
          "one writes none (give the name behind \"by\" in the Received fields of the relay)"}},
        {"localhost",
         one_relay("{addresses: [192.0.2.7], names: [localhost]}"),
         {"p:3:40: warning: 'relays.hosts.names': every host is called localhost"}},
        {"twice",
         one_relay("{addresses: [192.0.2.0/28]" + named + "\n    - {addresses: [mx3.example.net, 192.0.2.7]" +
                   named),
         {"p:4:37: warning: 'relays.hosts.addresses': 192.0.2.7/32 is in 192.0.2.0/28 of another relay "
          "above, which "
          "counts"}},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(diagnose(c.yaml) == c.diagnostics);
    }
}
