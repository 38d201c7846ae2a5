// Whose turn it is where the time of a run does not suffice for all domains.
#include "milter/tool/rotation/turns.h"

#include "support/catch.h"

#include <map>
#include <set>

using milter::tool::rotation::take_turns;

namespace {

constexpr int domains = 20;

std::vector<int> all_domains() {
    std::vector<int> all;
    for (int i = 0; i < domains; ++i) {
        all.push_back(i);
    }
    return all;
}

// Whose turn it was in a run that has the time for so many, in their order.
std::vector<int> run(std::mt19937& random, std::size_t time) {
    std::vector<int> had;
    const auto done = take_turns<int>(
        all_domains(), random, [&] { return had.size() >= time; },
        [&](const int& domain) { had.push_back(domain); });
    CHECK(done == had.size());
    return had;
}

} // namespace

TEST_CASE("with time for all, each has one turn") {
    std::mt19937 random(1);
    const auto had = run(random, 1000);
    CHECK(had.size() == domains);
    CHECK(std::set<int>(had.begin(), had.end()).size() == domains);
}

TEST_CASE("with time for a few, nobody is left out for ever, and nobody comes before others") {
    constexpr std::size_t few = 3;
    constexpr int runs = 2000;
    std::mt19937 random(7); // always the same numbers
    std::map<int, int> turns;
    for (int i = 0; i < runs; ++i) {
        const auto had = run(random, few);
        REQUIRE(had.size() == few);
        CHECK((had[1] == (had[0] + 1) % domains && had[2] == (had[1] + 1) % domains));
        for (const int domain : had) {
            ++turns[domain];
        }
    }
    REQUIRE(turns.size() == domains);
    for (const auto& [domain, count] : turns) { // 300 each, about
        CAPTURE(domain, count);
        CHECK((count > 200 && count < 400));
    }
}

TEST_CASE("a run without time or domains does nothing") {
    std::mt19937 random(1);
    CHECK(run(random, 0).empty());
    const auto never = [] { return false; };
    CHECK(take_turns<int>({}, random, never, [](const int&) { FAIL("there is none"); }) == 0);
}

TEST_CASE("what has its turn is what was given, not a copy that is gone afterwards") {
    const std::vector<std::string> names{"a.test", "b.test"};
    std::set<const std::string*> had;
    std::mt19937 random(1);
    take_turns<std::string>(
        names, random, [] { return false; }, [&](const std::string& name) { had.insert(&name); });
    CHECK((had.contains(&names[0]) && had.contains(&names[1])));
}
