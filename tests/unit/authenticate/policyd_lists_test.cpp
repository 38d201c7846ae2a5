#include "authenticate/policyd_lists.h"

#include "authenticate/sender.h"
#include "support/catch.h"
#include "support/world/resolve.h"

using authenticate::ListVerdict;
using authenticate::PolicydRules;
using test::Zone;

namespace {

base::DomainName name(const std::string& text) {
    return base::DomainName::parse(text).value();
}

PolicydRules rules() {
    PolicydRules rules;
    rules.skip_addresses = {base::IpNetwork::parse("127.0.0.0/8").value()};
    rules.whitelist = {base::IpNetwork::parse("192.0.2.64/26").value(),
                       base::IpNetwork::parse("2001:db8::/32").value()};
    rules.domain_whitelist = {name("relay.test")};
    rules.helo_whitelist = {name("mx.friend.test")};
    rules.domain_whitelist_ptr = {name("hosts.test")};
    return rules;
}

const Zone zone{
    {"TXT relay.test", "v=spf1 ip4:192.0.2.1 ~all"},
    {"A mx.friend.test", "192.0.2.2"},
    {"AAAA mx.friend.test", "2001:470::2"},
    {"PTR 192.0.2.3", "a.hosts.test"},
    {"A a.hosts.test", "192.0.2.3"},
    {"PTR 192.0.2.4", "forged.hosts.test"}, // which does not lead back
    {"PTR 192.0.2.5", "a.evilhosts.test"},
    {"A a.evilhosts.test", "192.0.2.5"},
    {"PTR 192.0.2.6", "FAILED timeout"},
};

ListVerdict look_up(const std::string& client, const std::string& helo, const Zone& world = zone) {
    const PolicydRules lists = rules();
    const authenticate::ListRequest request{base::IpAddress::parse(client).value(), helo, 0};
    return test::resolve(
               [&](const dns::Answers& known) {
                   return authenticate::find_on_lists(request, known, lists, {}, {});
               },
               world, {.most_rounds = 5})
        .verdict;
}

} // namespace

TEST_CASE("which list a client is on") {
    struct Case {
        const char* name;
        const char* client;
        const char* helo;
        ListVerdict expected;
    };
    const Case cases[] = {
        {"a local one", "127.0.0.1", "x", {"skip_addresses", "127.0.0.0/8", {}}},
        {"an address", "192.0.2.70", "x", {"Whitelist", "192.0.2.64/26", {}}},
        {"an IPv6 address", "2001:db8::1", "x", {"Whitelist", "2001:db8::/32", {}}},
        {"allowed by a listed domain", "192.0.2.1", "x", {"Domain_Whitelist", "relay.test", {}}},
        {"which comes before HELO", "192.0.2.1", "mx.friend.test", {"Domain_Whitelist", "relay.test", {}}},
        {"HELO, and the address of that name",
         "192.0.2.2",
         "MX.friend.test",
         {"HELO_Whitelist", "mx.friend.test", {}}},
        {"by IPv6 too", "2001:470::2", "mx.friend.test", {"HELO_Whitelist", "mx.friend.test", {}}},
        {"HELO alone is what anybody can type", "198.51.100.1", "mx.friend.test", {}},
        {"the address without the name", "192.0.2.2", "mx.other.test", {}},
        {"a name below a listed one that leads back",
         "192.0.2.3",
         "x",
         {"Domain_Whitelist_PTR", "hosts.test", {}}},
        {"one that does not lead back", "192.0.2.4", "x", {}},
        {"one that ends alike", "192.0.2.5", "x", {}},
        {"one that cannot be asked for",
         "192.0.2.6",
         "x",
         {{}, {}, "the name of the client could not be looked up"}},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(look_up(c.client, c.helo) == c.expected);
    }
}

TEST_CASE("a list that cannot be asked for is a problem, unless another one has the client") {
    Zone broken = zone;
    broken.add("* other.test", "FAILED servfail");
    broken.set({"relay.test", dns::Type::txt}, dns::failed(dns::Failure::timeout));
    broken.set({"mx.friend.test", dns::Type::a}, dns::failed(dns::Failure::timeout));
    CHECK(look_up("192.0.2.9", "x", broken).problem == "TXT relay.test could not be looked up: timeout");
    CHECK(look_up("192.0.2.3", "x", broken) == ListVerdict{"Domain_Whitelist_PTR", "hosts.test", {}});
}

TEST_CASE("addresses need no DNS, and the rest is asked for in one round with the sender") {
    authenticate::Options options;
    options.policyd = rules();
    const auto ask = [&](const char* client) {
        authenticate::SenderVerdict verdict;
        return check_sender({base::IpAddress::parse(client), "mx.friend.test", "<a@example.org>"}, 0, {},
                            options, verdict);
    };
    CHECK(ask("192.0.2.70").size() == 2); // SPF of HELO and of MAIL FROM
    CHECK(ask("192.0.2.9").size() == 5);  // and TXT relay.test, A mx.friend.test, PTR
    options.policyd.reset();
    CHECK(ask("192.0.2.9").size() == 2);
}
