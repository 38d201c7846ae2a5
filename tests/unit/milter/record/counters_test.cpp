#include "milter/record/counters.h"

#include "milter/record/counter_lines.h"
#include "spf/result.h"
#include "support/catch.h"
#include "support/manual_section.h"
#include "support/memory_logger.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>

using milter::record::CounterLines;
using milter::record::Counters;
using milter::record::families;
using milter::record::Family;
using std::chrono::seconds;

namespace {

const std::string manual_file = PARAPH_SOURCE_DIR "/docs/man/paraphd.8.md";

std::string term(const milter::record::FamilyEntry& family) {
    std::string upper(family.label);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    return upper.empty() ? fmt::format("`{}`", family.word) : fmt::format("`{}.{}`", family.word, upper);
}

std::string meaning(const milter::record::FamilyEntry& family) {
    std::string values;
    for (std::size_t i = 0; i < family.size && !family.label.empty(); ++i) {
        values += fmt::format("{} {}", i == 0 ? "" : ",", family.value(i));
    }
    return std::string(family.meaning) + (values.empty() ? "" : " One of:" + values + ".");
}

std::string with_counters(std::string manual) {
    std::string text;
    for (const auto& family : families()) {
        text += test::definition(term(family), meaning(family));
    }
    return test::with_section("COUNTERS", text, std::move(manual));
}

void count_everything(Counters& counters, std::uint64_t times) {
    for (const auto& family : families()) {
        for (std::size_t value = 0; value < family.size; ++value) {
            counters.add(family.family, value, times);
        }
    }
}

} // namespace

// Run as `unit_record "[.write]"` after a change of the table.
TEST_CASE("write the counters into the manual", "[.write]") {
    const auto manual = with_counters(test::contents(manual_file));
    std::ofstream(manual_file, std::ios::binary) << manual;
}

TEST_CASE("the manual lists the counters as the table has them") {
    CHECK(test::contents(manual_file) == with_counters(test::contents(manual_file)));
}

// Of no enumerator: what print() has in reserve, if it has something.
static std::string_view value_behind(const milter::record::FamilyEntry& family) {
    try {
        return family.value(family.size);
    } catch (const std::out_of_range&) { // it looks the word up in a table
        return {};
    }
}

TEST_CASE("every value of an enum has a counter, and every counter a name of its own") {
    // What a collector takes for the name of a metric, and for a value of a label.
    const std::regex name("[a-z][a-z_]*(\\.[a-z_-]+)?");
    std::set<std::string> names;
    for (const auto& count : Counters().read()) {
        CAPTURE(count.name);
        CHECK(std::regex_match(count.name, name));
        CHECK(names.insert(count.name).second);
    }
    for (const auto& family : families()) {
        CAPTURE(family.word);
        const auto behind = value_behind(family);
        CHECK((behind.empty() || behind == "?" || behind == family.value(family.size - 1)));
    }
}

TEST_CASE("a line says what was counted since the last one, and the totals say all") {
    Counters counters;
    const CounterLines::Time start{};
    CounterLines lines(start);
    CHECK(lines.since_last(counters.read(), start + seconds(10)).empty());
    counters.add(Family::spf, spf::Result::pass);
    counters.add(Family::spf, spf::Result::pass);
    counters.add(Family::signatures, 0, 3);
    CHECK(lines.since_last(counters.read(), start + seconds(70)) == "seconds=60 spf.pass=2 signatures=3");
    CHECK(lines.since_last(counters.read(), start + seconds(80)).empty());
    counters.add(Family::spf, spf::Result::pass);
    counters.add(Family::spf, spf::Result::fail);
    CHECK(lines.since_last(counters.read(), start + seconds(100)) == "seconds=20 spf.pass=1 spf.fail=1");
    CHECK(lines.totals(counters.read(), start + seconds(100)) ==
          "seconds=100 spf.pass=3 spf.fail=1 signatures=3");
    CHECK(CounterLines(start).totals(Counters().read(), start + seconds(5)) == "seconds=5");
}

TEST_CASE("a line is due when its time has passed, and never where that is zero") {
    const CounterLines::Time start{};
    CounterLines lines(start);
    CHECK(lines.due(seconds(60)) == start + seconds(60));
    CHECK_FALSE(lines.due(seconds(0)));
    CHECK(lines.since_last({}, start + seconds(61)).empty());
    CHECK(lines.due(seconds(60)) == start + seconds(121));
}

TEST_CASE("a line with all counters, and large ones, is not cut") {
    Counters counters;
    count_everything(counters, 100'000'000'000);
    const CounterLines::Time start{};
    test::MemoryLogger logger;
    logger.write(milter::log::Event::totals, CounterLines(start).totals(counters.read(), start));
    CHECK(logger.lines.front().ends_with(" history.late=100000000000"));
    CHECK(logger.lines.front().size() < 3500); // the daemon adds some for other lines of the log
}
