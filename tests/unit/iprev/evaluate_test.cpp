#include "iprev/evaluate.h"

#include "support/catch.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using dns::Answer;
using dns::Type;

namespace {

using Zone = std::vector<std::pair<dns::Question, Answer>>;

Answer names(std::vector<std::string> list) {
    Answer answer;
    answer.status = dns::Status::found;
    answer.names = std::move(list);
    return answer;
}

Answer addresses(const std::vector<std::string>& list) {
    Answer answer;
    answer.status = dns::Status::found;
    for (const std::string& text : list) {
        answer.addresses.push_back(base::IpAddress::parse(text).value());
    }
    return answer;
}

iprev::Outcome evaluate(const std::string& client, const Zone& zone) {
    dns::Answers known;
    for (const auto& [question, answer] : zone) {
        known.insert(question, answer);
    }
    return iprev::evaluate({base::IpAddress::parse(client).value()}, known, {});
}

// "pass host.example", "fail", or "asks A host.example, ...".
std::string read(const std::string& client, const Zone& zone) {
    const auto outcome = evaluate(client, zone);
    if (const auto* verdict = std::get_if<iprev::Verdict>(&outcome)) {
        CHECK(verdict->reason.empty() == (verdict->result == iprev::Result::pass));
        return std::string(print(verdict->result)) + (verdict->name.empty() ? "" : ' ' + verdict->name);
    }
    std::string asked = "asks";
    for (const dns::Question& question : std::get<dns::Questions>(outcome)) {
        asked += ' ' + print(question);
    }
    return asked;
}

const dns::Question reverse{"1.2.0.192.in-addr.arpa", Type::ptr};
const dns::Question host_a{"a.example", Type::a};
const dns::Question host_b{"b.example", Type::a};

} // namespace

TEST_CASE("iprev gives the verdict of the answers", "[iprev][rfc8601-2.7.3]") {
    struct Case {
        const char* what;
        Zone zone;
        const char* expected;
    };
    const std::vector<Case> cases{
        {"nothing known", {}, "asks PTR 1.2.0.192.in-addr.arpa"},
        {"no such name", {{reverse, dns::no_name()}}, "permerror"},
        {"no data", {{reverse, dns::no_data()}}, "permerror"},
        {"a timeout", {{reverse, dns::failed(dns::Failure::timeout)}}, "temperror"},
        {"SERVFAIL", {{reverse, dns::failed(dns::Failure::server_failure)}}, "temperror"},
        {"malformed", {{reverse, dns::failed(dns::Failure::malformed)}}, "permerror"},
        {"all names in one round",
         {{reverse, names({"a.example", "b.example"})}},
         "asks A a.example A b.example"},
        {"it leads back",
         {{reverse, names({"a.example"})}, {host_a, addresses({"198.51.100.1", "192.0.2.1"})}},
         "pass a.example"},
        {"the second leads back",
         {{reverse, names({"a.example", "b.example"})},
          {host_a, dns::no_name()},
          {host_b, addresses({"192.0.2.1"})}},
         "pass b.example"},
        {"elsewhere", {{reverse, names({"a.example"})}, {host_a, addresses({"198.51.100.1"})}}, "fail"},
        {"nowhere", {{reverse, names({"a.example"})}, {host_a, dns::no_data()}}, "fail"},
        {"a failure beside a mismatch",
         {{reverse, names({"a.example", "b.example"})},
          {host_a, dns::failed(dns::Failure::timeout)},
          {host_b, addresses({"198.51.100.1"})}},
         "temperror"},
        {"a failure beside a match",
         {{reverse, names({"a.example", "b.example"})},
          {host_a, dns::failed(dns::Failure::timeout)},
          {host_b, addresses({"192.0.2.1"})}},
         "pass b.example"},
        {"a later match waits for an earlier name",
         {{reverse, names({"a.example", "b.example"})}, {host_b, addresses({"192.0.2.1"})}},
         "asks A a.example"},
        {"names that are none", {{reverse, names({"a b.example", "(x", ""})}}, "fail"},
    };
    for (const Case& c : cases) {
        INFO(c.what);
        CHECK(read("192.0.2.1", c.zone) == c.expected);
    }
}

TEST_CASE("ten names of a client are looked at and no more", "[iprev][rfc8601-3]") {
    std::vector<std::string> many;
    for (char letter = 'a'; letter < 'z'; ++letter) {
        many.push_back(std::string(1, letter) + ".example");
    }
    CHECK(read("192.0.2.1", {{reverse, names(many)}}) ==
          "asks A a.example A b.example A c.example A d.example A e.example A f.example A g.example "
          "A h.example A i.example A j.example");
}

TEST_CASE("an IPv6 client is looked up by AAAA, a mapped one by A", "[iprev]") {
    const auto client = base::IpAddress::parse("2001:db8::1").value();
    CHECK(read("2001:db8::1", {{{client.reverse_name(), Type::ptr}, names({"a.example"})}}) ==
          "asks AAAA a.example");
    CHECK(read("2001:db8::1", {{{client.reverse_name(), Type::ptr}, names({"a.example"})},
                               {{"a.example", Type::aaaa}, addresses({"2001:db8:0::1"})}}) ==
          "pass a.example");
    CHECK(read("::ffff:192.0.2.1", {{reverse, names({"a.example"})}}) == "asks A a.example");
}

TEST_CASE("no more than ten names are tried", "[iprev]") {
    std::vector<std::string> many;
    Zone zone;
    for (char c = 'a'; c < 'a' + 11; ++c) {
        many.push_back(std::string(1, c) + ".example");
        zone.emplace_back(dns::Question{many.back(), Type::a}, dns::no_name());
    }
    zone.emplace_back(reverse, names(many));
    zone[10].second = addresses({"192.0.2.1"});
    CHECK(read("192.0.2.1", zone) == "fail");
    zone[9].second = addresses({"192.0.2.1"});
    CHECK(read("192.0.2.1", zone) == "pass j.example");
}

TEST_CASE("the order in which answers arrive changes no verdict", "[iprev][property]") {
    const Zone zone{{reverse, names({"a.example", "b.example", "c.example"})},
                    {host_a, addresses({"198.51.100.1"})},
                    {host_b, addresses({"192.0.2.1"})},
                    {{"c.example", Type::a}, addresses({"192.0.2.1"})}};
    std::vector<std::size_t> order{0, 1, 2, 3};
    do {
        Zone known;
        for (const std::size_t index : order) {
            known.push_back(zone[index]);
            const std::string shown = read("192.0.2.1", known);
            CHECK((shown.starts_with("asks") || shown == "pass b.example"));
        }
        CHECK(read("192.0.2.1", known) == "pass b.example");
    } while (std::next_permutation(order.begin(), order.end()));
}
