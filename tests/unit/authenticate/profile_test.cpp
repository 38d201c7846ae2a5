#include "authenticate/profile.h"

#include "support/catch.h"

#include <string>
#include <vector>

namespace {

using authenticate::covers;
using authenticate::ProfileConditions;
using authenticate::ProfileFacts;
using Texts = std::vector<std::string>;

ProfileFacts facts(Texts authors = {"example.org"}, Texts recipients = {"<bob@ours.test>"}) {
    ProfileFacts known{.daemon_name = "smtpd",
                       .daemon_port = "25",
                       .client = base::IpAddress::parse("192.0.2.1"),
                       .author_domains = {},
                       .recipients = std::move(recipients)};
    for (const std::string& author : authors) {
        known.author_domains.push_back(base::DomainName::parse(author).value());
    }
    return known;
}

std::vector<base::IpNetwork> block(std::string_view text) {
    return {base::IpNetwork::parse(text).value()};
}

struct Case {
    std::string name;
    ProfileConditions conditions;
    ProfileFacts facts;
    bool holds;
};

authenticate::Policy named(std::string name) {
    authenticate::Policy policy;
    policy.profile = std::move(name);
    return policy;
}

} // namespace

TEST_CASE("a profile holds where all that it states does") {
    ProfileFacts no_client = facts();
    no_client.client.reset();
    const ProfileConditions ours{.recipient_domains = {"ours.test"}};
    const ProfileConditions author{.author_domains = {"example.org", ".example.com"}};
    const Case cases[]{
        {"no condition", {}, facts(), true},
        {"the service", {.daemon_names = {"other", "smtpd"}}, facts(), true},
        {"another service", {.daemon_names = {"other"}}, facts(), false},
        {"a name in other case", {.daemon_names = {"SMTPD"}}, facts(), false},
        {"the port", {.daemon_ports = {"25"}}, facts(), true},
        {"another port", {.daemon_ports = {"2525"}}, facts(), false},
        {"the client", {.clients = block("192.0.2.0/24")}, facts(), true},
        {"another client", {.clients = block("192.0.2.2/32")}, facts(), false},
        {"no client known", {.clients = block("0.0.0.0/0")}, no_client, false},
        {"the author", author, facts({"example.org"}), true},
        {"one below a listed name", author, facts({"a.b.example.com"}), true},
        {"the name itself is not below", author, facts({"example.com"}), false},
        {"a name that only ends so", author, facts({"notexample.com"}), false},
        {"one below a name without a dot", author, facts({"sub.example.org"}), false},
        {"all authors", author, facts({"example.org", "a.example.com"}), true},
        {"one author beside", author, facts({"example.org", "evil.test"}), false},
        {"no author that could be told", author, facts({}), false},
        {"the recipients", ours, facts({}, {"<bob@ours.test>", "eve@OURS.test"}), true},
        {"one recipient elsewhere", ours, facts({}, {"<bob@ours.test>", "<eve@theirs.test>"}), false},
        {"a recipient below", ours, facts({}, {"<bob@sub.ours.test>"}), false},
        {"a recipient without a domain", ours, facts({}, {"<postmaster>"}), false},
        {"a recipient at an address", ours, facts({}, {"<bob@[192.0.2.1]>"}), false},
        {"what is no path", ours, facts({}, {"<@ours.test"}), false},
        {"recipients that are not known", ours, facts({}, {}), false},
        {"all of several conditions",
         {.daemon_ports = {"25"}, .author_domains = {"example.org"}, .recipient_domains = {"ours.test"}},
         facts(),
         true},
        {"one of several fails",
         {.daemon_ports = {"26"}, .author_domains = {"example.org"}},
         facts(),
         false}};
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(authenticate::holds(c.conditions, c.facts) == c.holds);
    }
}

TEST_CASE("the first profile that holds is taken, else the default") {
    const std::vector<authenticate::Profile> profiles{{{.daemon_ports = {"26"}}, named("other-port")},
                                                      {{.author_domains = {"example.org"}}, named("first")},
                                                      {{.clients = block("192.0.2.0/24")}, named("second")}};
    const auto otherwise = named("default");
    CHECK(choose_policy(profiles, otherwise, facts()).profile == "first");
    CHECK(choose_policy(profiles, otherwise, facts({"example.net"})).profile == "second");
    ProfileFacts elsewhere = facts({"example.net"});
    elsewhere.client = base::IpAddress::parse("203.0.113.1");
    CHECK(choose_policy(profiles, otherwise, elsewhere).profile == "default");
}

TEST_CASE("a profile that an earlier one covers can be told") {
    const ProfileConditions narrow{.daemon_names = {"a"}, .clients = block("192.0.2.0/24")};
    CHECK(covers({}, narrow));
    CHECK(covers({.daemon_names = {"a", "b"}}, narrow));
    CHECK(covers(narrow, narrow));
    CHECK_FALSE(covers({.daemon_names = {"b"}}, narrow));
    CHECK_FALSE(covers({.author_domains = {"example.org"}}, narrow));
    CHECK_FALSE(covers(narrow, {.daemon_names = {"a"}}));
    CHECK_FALSE(covers({.daemon_names = {"a"}}, {.daemon_names = {"a", "b"}}));
}
