// The list of messages in paraphd(8) is made from the catalogue; the guide's page on the lines of the log is
// compared with it.
#include "milter/log/catalogue.h"

#include "support/catch.h"
#include "support/manual_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

const std::string manual_file = PARAPH_SOURCE_DIR "/docs/man/paraphd.8.md";

std::string messages() {
    std::string text;
    for (const auto& entry : milter::log::catalogue()) {
        if (entry.event != milter::log::Event::message) { // stands without a word in brackets, see LOG
            text += test::definition(
                fmt::format("`{}` ({})", entry.identifier, milter::log::print(entry.level)), entry.meaning);
        }
    }
    return text;
}

// The manual with its list of messages replaced.
std::string with_messages(std::string manual) {
    return test::with_section("MESSAGES", messages(), std::move(manual));
}

// The cells of a table's row.
std::vector<std::string> cells(const std::string& row) {
    std::vector<std::string> found;
    std::istringstream text(row.substr(1));
    for (std::string cell; std::getline(text, cell, '|');) {
        found.push_back(cell.size() > 2 ? cell.substr(1, cell.size() - 2) : std::string());
    }
    return found;
}

using Rows = std::map<std::string, std::vector<std::string>>; // what stands behind the word

// The rows of a page whose first cell is a word of the log.
Rows rows_of_words(const std::string& page) {
    Rows rows;
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| `")) {
            continue;
        }
        auto row = cells(line);
        const auto word = row.front().substr(1, row.front().size() - 2);
        if (std::ranges::all_of(word, [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; })) {
            row.erase(row.begin());
            CHECK(rows.emplace(word, std::move(row)).second);
        }
    }
    return rows;
}

} // namespace

// Run as `unit_log "[.write]"` after a change of the catalogue.
TEST_CASE("write the messages into the manual", "[.write]") {
    const auto manual = with_messages(test::contents(manual_file));
    std::ofstream(manual_file, std::ios::binary) << manual;
}

TEST_CASE("the manual lists the messages as the catalogue has them") {
    CHECK(test::contents(manual_file) == with_messages(test::contents(manual_file)));
}

TEST_CASE("the guide says of each word its level, what it means and what to do") {
    auto rows = rows_of_words(test::contents(PARAPH_SOURCE_DIR "/docs/guide/log-lines.md"));
    for (const auto& entry : milter::log::catalogue()) {
        INFO(entry.identifier);
        const auto row = rows.extract(std::string(entry.identifier));
        REQUIRE(!row.empty());
        REQUIRE(row.mapped().size() == 3);
        CHECK(row.mapped()[0] == milter::log::print(entry.level));
        CHECK(row.mapped()[1].ends_with('.'));
        CHECK(!row.mapped()[2].empty());
    }
    CHECK(rows.empty()); // words that no line bears
}

TEST_CASE("every event has its entry") {
    CHECK(milter::log::catalogue().size() == milter::log::event_count);
    for (std::size_t i = 0; i < milter::log::event_count; ++i) {
        const auto event = static_cast<milter::log::Event>(i);
        CHECK(milter::log::describe(event).event == event);
    }
}
