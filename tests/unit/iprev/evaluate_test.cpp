#include "iprev/evaluate.h"

#include "support/catch.h"
#include "support/world/zone.h"

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

using test::Lines;
using test::Zone;

namespace {

// "pass host.example", "fail", or "asks A host.example, ...".
std::string read(const std::string& client, const dns::Answers& known) {
    const auto outcome = iprev::evaluate({base::IpAddress::parse(client).value()}, known, {});
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

// With the answers that the lines give, and no others.
std::string read(const std::string& client, const Lines& lines) {
    return read(client, Zone(lines).answers());
}

} // namespace

TEST_CASE("iprev gives the verdict of the answers", "[iprev][rfc8601-2.7.3]") {
    struct Case {
        const char* what;
        Lines lines;
        const char* expected;
    };
    const std::vector<Case> cases{
        {"nothing known", {}, "asks PTR 1.2.0.192.in-addr.arpa"},
        {"no such name", {{"PTR 192.0.2.1", "NXDOMAIN"}}, "permerror"},
        {"no data", {{"PTR 192.0.2.1", "NODATA"}}, "permerror"},
        {"a timeout", {{"PTR 192.0.2.1", "FAILED timeout"}}, "temperror"},
        {"SERVFAIL", {{"PTR 192.0.2.1", "FAILED servfail"}}, "temperror"},
        {"malformed", {{"PTR 192.0.2.1", "FAILED malformed"}}, "permerror"},
        {"all names in one round",
         {{"PTR 192.0.2.1", "a.example"}, {"PTR 192.0.2.1", "b.example"}},
         "asks A a.example A b.example"},
        {"it leads back",
         {{"PTR 192.0.2.1", "a.example"}, {"A a.example", "198.51.100.1"}, {"A a.example", "192.0.2.1"}},
         "pass a.example"},
        {"the second leads back",
         {{"PTR 192.0.2.1", "a.example"},
          {"PTR 192.0.2.1", "b.example"},
          {"A a.example", "NXDOMAIN"},
          {"A b.example", "192.0.2.1"}},
         "pass b.example"},
        {"elsewhere", {{"PTR 192.0.2.1", "a.example"}, {"A a.example", "198.51.100.1"}}, "fail"},
        {"nowhere", {{"PTR 192.0.2.1", "a.example"}, {"A a.example", "NODATA"}}, "fail"},
        {"a failure beside a mismatch",
         {{"PTR 192.0.2.1", "a.example"},
          {"PTR 192.0.2.1", "b.example"},
          {"A a.example", "FAILED timeout"},
          {"A b.example", "198.51.100.1"}},
         "temperror"},
        {"a failure beside a match",
         {{"PTR 192.0.2.1", "a.example"},
          {"PTR 192.0.2.1", "b.example"},
          {"A a.example", "FAILED timeout"},
          {"A b.example", "192.0.2.1"}},
         "pass b.example"},
        {"a later match waits for an earlier name",
         {{"PTR 192.0.2.1", "a.example"}, {"PTR 192.0.2.1", "b.example"}, {"A b.example", "192.0.2.1"}},
         "asks A a.example"},
        {"names that are none",
         {{"PTR 192.0.2.1", "a b.example"}, {"PTR 192.0.2.1", "(x"}, {"PTR 192.0.2.1", ""}},
         "fail"},
    };
    for (const Case& c : cases) {
        INFO(c.what);
        CHECK(read("192.0.2.1", c.lines) == c.expected);
    }
}

TEST_CASE("ten names of a client are looked at and no more", "[iprev][rfc8601-3]") {
    Lines lines;
    for (char letter = 'a'; letter < 'z'; ++letter) {
        lines.push_back({"PTR 192.0.2.1", std::string(1, letter) + ".example"});
    }
    CHECK(read("192.0.2.1", lines) ==
          "asks A a.example A b.example A c.example A d.example A e.example A f.example A g.example "
          "A h.example A i.example A j.example");
}

TEST_CASE("an IPv6 client is looked up by AAAA, a mapped one by A", "[iprev]") {
    const Lines pointer{{"PTR 2001:db8::1", "a.example"}};
    CHECK(read("2001:db8::1", pointer) == "asks AAAA a.example");
    CHECK(read("2001:db8::1", {pointer.front(), {"AAAA a.example", "2001:db8:0::1"}}) == "pass a.example");
    CHECK(read("::ffff:192.0.2.1", {{"PTR 192.0.2.1", "a.example"}}) == "asks A a.example");
}

TEST_CASE("no more than ten names are tried", "[iprev]") {
    const auto with_match_at = [](char matching) {
        Lines lines;
        for (char letter = 'a'; letter < 'a' + 11; ++letter) {
            const std::string host = std::string(1, letter) + ".example";
            lines.push_back({"PTR 192.0.2.1", host});
            lines.push_back({"A " + host, letter == matching ? "192.0.2.1" : "NXDOMAIN"});
        }
        return read("192.0.2.1", lines);
    };
    CHECK(with_match_at('k') == "fail");
    CHECK(with_match_at('j') == "pass j.example");
}

TEST_CASE("the order in which answers arrive changes no verdict", "[iprev][property]") {
    const Zone zone{{"PTR 192.0.2.1", "a.example"}, {"PTR 192.0.2.1", "b.example"},
                    {"PTR 192.0.2.1", "c.example"}, {"A a.example", "198.51.100.1"},
                    {"A b.example", "192.0.2.1"},   {"A c.example", "192.0.2.1"}};
    std::vector<dns::Question> order{{"1.2.0.192.in-addr.arpa", dns::Type::ptr},
                                     {"a.example", dns::Type::a},
                                     {"b.example", dns::Type::a},
                                     {"c.example", dns::Type::a}};
    std::sort(order.begin(), order.end());
    do {
        dns::Answers known;
        for (const dns::Question& question : order) {
            known.insert(question, zone.answer(question));
            const std::string shown = read("192.0.2.1", known);
            CHECK((shown.starts_with("asks") || shown == "pass b.example"));
        }
        CHECK(read("192.0.2.1", known) == "pass b.example");
    } while (std::next_permutation(order.begin(), order.end()));
}
