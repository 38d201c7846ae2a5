#include "authenticate/profile.h"

#include "support/catch.h"

#include <string>
#include <vector>

namespace {

using authenticate::covers;
using authenticate::Match;
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
    Match match = Match::no;
};

authenticate::Policy named(std::string name) {
    authenticate::Policy policy;
    policy.profile = std::move(name);
    return policy;
}

Texts names(const std::vector<const authenticate::Policy*>& policies) {
    Texts texts;
    for (const auto* policy : policies) {
        texts.push_back(policy->profile);
    }
    return texts;
}

Match match(const ProfileConditions& conditions, const ProfileFacts& facts) {
    const auto& authors = facts.author_domains;
    return authenticate::holds(conditions, facts, authors.empty() ? nullptr : &authors.front());
}

} // namespace

TEST_CASE("a profile holds where all that it states does") {
    ProfileFacts no_client = facts();
    no_client.client.reset();
    ProfileFacts too_many = facts({"example.org"}, {});
    too_many.any_recipient = true;
    ProfileFacts untold = facts({}, {});
    untold.any_author = true;
    untold.any_recipient = true;
    const ProfileConditions ours{.recipient_domains = {"ours.test"}};
    const ProfileConditions author{.author_domains = {"example.org", ".example.com"}};
    const Case cases[]{
        {"no condition", {}, facts(), Match::yes},
        {"the service", {.daemon_names = {"other", "smtpd"}}, facts(), Match::yes},
        {"another service", {.daemon_names = {"other"}}, facts(), Match::no},
        {"a name in other case", {.daemon_names = {"SMTPD"}}, facts(), Match::no},
        {"the port", {.daemon_ports = {"25"}}, facts(), Match::yes},
        {"another port", {.daemon_ports = {"2525"}}, facts(), Match::no},
        {"the client", {.clients = block("192.0.2.0/24")}, facts(), Match::yes},
        {"another client", {.clients = block("192.0.2.2/32")}, facts(), Match::no},
        {"no client known", {.clients = block("0.0.0.0/0")}, no_client, Match::no},
        {"the author", author, facts({"example.org"}), Match::yes},
        {"one below a listed name", author, facts({"a.b.example.com"}), Match::yes},
        {"the name itself is not below", author, facts({"example.com"}), Match::no},
        {"a name that only ends so", author, facts({"notexample.com"}), Match::no},
        {"one below a name without a dot", author, facts({"sub.example.org"}), Match::no},
        {"no author", author, facts({}), Match::no},
        {"an author who cannot be told", author, untold, Match::open},
        {"who does not matter", {.daemon_ports = {"25"}}, untold, Match::yes},
        {"who does not matter any more",
         {.daemon_ports = {"26"}, .author_domains = {"a.test"}},
         untold,
         Match::no},
        {"the recipients", ours, facts({}, {"<bob@ours.test>", "eve@OURS.test"}), Match::yes},
        {"one recipient elsewhere", ours, facts({}, {"<bob@ours.test>", "<eve@theirs.test>"}), Match::no},
        {"a recipient below", ours, facts({}, {"<bob@sub.ours.test>"}), Match::no},
        {"a recipient without a domain", ours, facts({}, {"<postmaster>"}), Match::no},
        {"a recipient at an address", ours, facts({}, {"<bob@[192.0.2.1]>"}), Match::no},
        {"what is no path", ours, facts({}, {"<@ours.test"}), Match::no},
        {"no recipients", ours, facts({}, {}), Match::no},
        {"too many recipients", ours, untold, Match::open},
        {"too many recipients of another author's",
         {.author_domains = {"example.com"}, .recipient_domains = {"ours.test"}},
         too_many,
         Match::no},
        {"all of several conditions",
         {.daemon_ports = {"25"}, .author_domains = {"example.org"}, .recipient_domains = {"ours.test"}},
         facts(),
         Match::yes},
        {"one of several fails",
         {.daemon_ports = {"26"}, .author_domains = {"example.org"}},
         facts(),
         Match::no}};
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(match(c.conditions, c.facts) == c.match);
    }
}

TEST_CASE("the first profile that holds is taken, else the default") {
    const std::vector<authenticate::Profile> profiles{{{.daemon_ports = {"26"}}, named("other-port")},
                                                      {{.author_domains = {"example.org"}}, named("first")},
                                                      {{.clients = block("192.0.2.0/24")}, named("second")}};
    const auto otherwise = named("default");
    CHECK(names(choose_policies(profiles, otherwise, facts())) == Texts{"first"});
    CHECK(names(choose_policies(profiles, otherwise, facts({"example.net"}))) == Texts{"second"});
    ProfileFacts elsewhere = facts({"example.net"});
    elsewhere.client = base::IpAddress::parse("203.0.113.1");
    CHECK(names(choose_policies(profiles, otherwise, elsewhere)) == Texts{"default"});
}

TEST_CASE("what cannot be told leads to every policy that it may lead to") {
    const std::vector<authenticate::Profile> profiles{
        {{.author_domains = {"example.org"}, .recipient_domains = {"ours.test"}}, named("both")},
        {{.author_domains = {"example.org"}}, named("author")},
        {{.recipient_domains = {"ours.test"}}, named("recipient")}};
    const auto chosen = [&, otherwise = named("default")](const ProfileFacts& known) {
        return names(choose_policies(profiles, otherwise, known));
    };
    CHECK(chosen(facts({"evil.test", "example.org"})) == Texts{"both", "recipient"});
    CHECK(chosen(facts({"example.org", "evil.test"}, {"<a@theirs.test>"})) == Texts{"author", "default"});
    CHECK(chosen(facts({"example.org", "example.org"})) == Texts{"both"});
    CHECK(chosen(facts({})) == Texts{"recipient"});
    ProfileFacts untold = facts({});
    untold.any_author = true;
    CHECK(chosen(untold) == Texts{"both", "author", "recipient"});
    ProfileFacts too_many = facts({"example.org"}, {});
    too_many.any_recipient = true;
    CHECK(chosen(too_many) == Texts{"both", "author"});
    too_many.author_domains.clear();
    CHECK(chosen(too_many) == Texts{"recipient", "default"});
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
