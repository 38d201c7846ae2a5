#include "dns/awaited.h"

#include "support/catch.h"

#include <string>

namespace {

// Needs two names to be answered.
dns::Awaited<std::string> find(dns::Inquiry& dns) {
    const dns::Answer* first = dns.ask("a.example", dns::Type::txt);
    const dns::Answer* second = dns.ask("b.example", dns::Type::txt);
    if (first == nullptr || second == nullptr) {
        return dns::unanswered;
    }
    return std::string("found");
}

} // namespace

TEST_CASE("an outcome is the value, or all that was noted on the way", "[dns]") {
    dns::Answers known;
    dns::Inquiry first(known);
    const auto asks = dns::outcome(find(first), first);
    REQUIRE(std::holds_alternative<dns::Questions>(asks));
    CHECK(std::get<dns::Questions>(asks).size() == 2);
    known.insert({"a.example", dns::Type::txt}, dns::no_name());
    known.insert({"b.example", dns::Type::txt}, dns::no_data());
    dns::Inquiry second(known);
    second.expect("later.example", dns::Type::a); // what is noted for later does not hold a value back
    const auto found = dns::outcome(find(second), second);
    REQUIRE(std::holds_alternative<std::string>(found));
    CHECK(std::get<std::string>(found) == "found");
}
