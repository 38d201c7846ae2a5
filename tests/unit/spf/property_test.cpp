// What must hold for every zone: the verdict depends on the records alone, not on what was asked ahead, on
// the order of the answers, or on how many of them were there before.
#include "spf/evaluate.h"

#include "support/catch.h"
#include "support/plain_memo.h"
#include "unit/spf/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

using test::Lines;
using test::Zone;

namespace {

// A small world in which names meet often: loops, voids, failures and matches all happen.
class World {
  public:
    explicit World(unsigned seed) : random_(seed) {}

    Lines lines() {
        Lines lines;
        for (std::size_t i = pick(4) + 6; i > 0; --i) {
            lines.push_back({"TXT " + name(), record()});
        }
        for (std::size_t i = pick(8) + 4; i > 0; --i) {
            lines.push_back({"A " + name(), failing() ? "FAILED timeout" : address()});
        }
        for (std::size_t i = pick(8); i > 0; --i) {
            lines.push_back(
                {"MX " + name(), failing() ? "FAILED timeout" : fmt::format("{} {}", pick(3), name())});
        }
        for (std::size_t i = pick(12); i > 0; --i) {
            lines.push_back({"PTR 192.0.2.10", failing() ? "FAILED timeout" : name()});
        }
        lines.push_back({"TXT example.org", record()});
        return lines;
    }

    std::size_t pick(std::size_t below) { return static_cast<std::size_t>(random_()) % below; }

  private:
    bool failing() { return pick(8) == 0; }
    std::string name() {
        return std::string(1, static_cast<char>('a' + pick(9))) + (pick(3) == 0 ? ".example.org" : ".org");
    }
    std::string address() { return fmt::format("192.0.2.{}", pick(4) == 0 ? 10 : pick(20)); }
    std::string prefix() { return pick(3) == 0 ? fmt::format("/{}", 24 + pick(9)) : ""; }

    std::string target() {
        static const char* const specs[] = {"%{p}.org", "%{l}.org", "%{d}", "%{p}", "%{o1r}.%{d1}", "a..org"};
        return pick(6) == 0 ? specs[pick(std::size(specs))] : name();
    }

    std::string term() {
        switch (pick(9)) {
        case 0:
            return "ip4:" + address() + prefix();
        case 1:
            return "a:" + target() + prefix();
        case 2:
            return "mx:" + target() + prefix();
        case 3:
            return "exists:" + target();
        case 4:
            return pick(2) == 0 ? "ptr" : "ptr:" + target();
        case 5:
            return pick(10) == 0 ? "all" : "a";
        case 6:
            return pick(30) == 0 ? "moo" : "ip6:::1";
        default:
            return "include:" + target();
        }
    }

    std::string record() {
        std::string text = pick(20) == 0 ? "v=spf2" : "v=spf1";
        for (std::size_t i = pick(5); i > 0; --i) {
            text += " " + std::string(1, "+-~?"[pick(4)]) + term();
        }
        if (pick(4) == 0) {
            text += " redirect=" + target();
        }
        if (pick(3) == 0) {
            text += " exp=" + target();
        }
        return text + (pick(2) == 0 ? " -all" : "");
    }

    std::mt19937 random_;
};

constexpr spf::LookAhead every_look_ahead[] = {spf::LookAhead::none, spf::LookAhead::records,
                                               spf::LookAhead::all};

// One answer at a time, in any order, with questions of other rounds left lying.
spf::Verdict one_by_one(const Zone& zone, World& world, spf::LookAhead look_ahead) {
    const auto any_one = [&world](const dns::Questions& round) {
        const auto place = static_cast<std::ptrdiff_t>(world.pick(round.size()));
        return std::vector<dns::Question>{*(round.begin() + place)};
    };
    return test::evaluate(test::ann(), zone, {.look_ahead = look_ahead}, {.answered = any_one}).verdict;
}

// A part of all answers: the same verdict, or questions.
void check_part(const spf::Verdict& expected, const dns::Answers& everything, World& world) {
    dns::Answers part;
    for (const auto& [question, answer] : everything) {
        if (world.pick(4) != 0) {
            part.insert(question, answer);
        }
    }
    for (const auto look_ahead : every_look_ahead) {
        const auto outcome = spf::evaluate(test::ann(), part, {.look_ahead = look_ahead});
        if (const auto* verdict = std::get_if<spf::Verdict>(&outcome)) {
            REQUIRE(*verdict == expected);
        } else {
            REQUIRE_FALSE(std::get<dns::Questions>(outcome).empty());
        }
    }
}

dns::Answers both(const dns::Answers& some, const dns::Answers& more) {
    dns::Answers all = some;
    for (const auto& [question, answer] : more) {
        all.insert(question, answer);
    }
    return all;
}

} // namespace

TEST_CASE("the verdict of a random zone depends on the zone alone") {
    constexpr unsigned zones = 1'500;
    std::array<std::size_t, 7> seen{};
    test::PlainMemo<spf::Record> memo; // one for all zones, as records repeat between domains
    for (unsigned seed = 1; seed <= zones; ++seed) {
        INFO("seed " << seed);
        World world(seed);
        const Zone zone(world.lines());
        const auto plain = test::evaluate(test::ann(), zone, {.look_ahead = spf::LookAhead::none});
        const auto all = test::evaluate(test::ann(), zone, {.look_ahead = spf::LookAhead::all});
        const auto records = test::evaluate(test::ann(), zone, {.look_ahead = spf::LookAhead::records});
        REQUIRE(records.verdict == plain.verdict);
        REQUIRE(all.verdict == plain.verdict);
        REQUIRE(plain.asked.size() == plain.rounds); // without look-ahead nothing is asked in vain
        REQUIRE(records.rounds <= plain.rounds);
        REQUIRE(all.rounds <= records.rounds);
        for (const auto look_ahead : every_look_ahead) {
            REQUIRE(one_by_one(zone, world, look_ahead) == plain.verdict);
        }
        const auto everything = both(zone.everything(), both(plain.known, all.known));
        const auto outcome = spf::evaluate(test::ann(), everything, {});
        REQUIRE(std::holds_alternative<spf::Verdict>(outcome));
        REQUIRE(std::get<spf::Verdict>(outcome) == plain.verdict);
        REQUIRE(spf::evaluate(test::ann(), everything, {.records = &memo}) == outcome);
        check_part(plain.verdict, everything, world);
        ++seen[static_cast<std::size_t>(plain.verdict.result)];
    }
    CHECK(memo.hits() > zones / 10);
    // The generator is worth its name only if every result occurs often.
    for (const std::size_t count : seen) {
        CHECK(count > zones / 100);
    }
}

TEST_CASE("the work of one evaluation is bounded whatever the zone") {
    constexpr std::size_t most_questions =
        1 + 10 * (1 + 10 + 11) + 12; // records, terms with hosts and %{p}, exp
    for (unsigned seed = 1; seed <= 500; ++seed) {
        World world(seed);
        const Zone zone(world.lines());
        for (const auto look_ahead : every_look_ahead) {
            const auto evaluated = test::evaluate(test::ann(), zone, {.look_ahead = look_ahead});
            CHECK(evaluated.asked.size() <= most_questions);
            CHECK(evaluated.verdict.terms <= 11);
            CHECK(evaluated.verdict.void_lookups <= 3);
        }
    }
}

TEST_CASE("garbage from the session and from the DNS ends in a verdict that holds printable ASCII") {
    std::mt19937 random(8616);
    const auto pick = [&](std::size_t below) { return static_cast<std::size_t>(random()) % below; };
    const auto garbage = [&](std::size_t longest) {
        std::string text;
        for (std::size_t i = pick(longest); i > 0; --i) {
            text += pick(3) == 0 ? static_cast<char>(pick(256)) : "%{ldsp}.-@:/ ="[pick(14)];
        }
        return text;
    };
    for (int i = 0; i < 2'000; ++i) {
        auto request = test::ann();
        request.local_part = garbage(400);
        request.helo = garbage(400);
        request.domain = pick(4) == 0 ? garbage(30) : "example.org";
        static const char* const prefixes[] = {"v=spf1 exists:%{l}.", "v=spf1 include:%{h}%{s}",
                                               "v=spf1 -all exp=%{p}.", "v=spf1 a:%{S}.org mx:%{L}",
                                               "v=spf1 -all exp=e.org "};
        Lines lines{{"TXT example.org", prefixes[pick(std::size(prefixes))] + garbage(10)},
                    {"TXT e.org", "%{l}%{h}" + garbage(20)},
                    {"PTR 192.0.2.10", garbage(30)}};
        const auto verdict = test::evaluate(request, Zone(lines)).verdict;
        const auto shown =
            verdict.domain + verdict.problem + verdict.explanation + verdict.mechanism +
            (verdict.steps.empty() ? "" : verdict.steps.back().domain + verdict.steps.back().what);
        REQUIRE(std::all_of(shown.begin(), shown.end(), [](char c) { return c >= 0x20 && c <= 0x7e; }));
    }
}
