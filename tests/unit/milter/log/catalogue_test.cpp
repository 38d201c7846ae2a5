// The list of messages in paraphd(8) is made from the catalogue.
#include "milter/log/catalogue.h"

#include "support/catch.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <string>

namespace {

const std::string manual_file = PARAPH_SOURCE_DIR "/docs/man/paraphd.8.md";
constexpr std::string_view heading = "## MESSAGES\n";
constexpr std::size_t width = 118;

// A definition: the term on a line, its meaning below, folded.
std::string definition(const milter::log::Entry& entry) {
    std::string text = fmt::format("\n`{}` ({})\n:", entry.identifier, milter::log::print(entry.level));
    std::istringstream words{std::string(entry.meaning)};
    std::size_t column = 1;
    for (std::string word; words >> word; column += word.size() + 1) {
        if (column + 1 + word.size() > width) {
            text += "\n ";
            column = 1;
        }
        text += " " + word;
    }
    return text + "\n";
}

std::string messages() {
    std::string text(heading);
    for (const auto& entry : milter::log::catalogue()) {
        if (entry.event != milter::log::Event::message) { // stands without a word in brackets, see LOG
            text += definition(entry);
        }
    }
    return text;
}

std::string contents() {
    std::ifstream file(manual_file, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// The manual with its list of messages replaced.
std::string with_messages(std::string manual) {
    const auto begin = manual.find(heading);
    REQUIRE(begin != std::string::npos);
    const auto end = manual.find("\n## ", begin);
    return manual.replace(begin, end - begin, messages());
}

} // namespace

// Run as `unit_log "[.write]"` after a change of the catalogue.
TEST_CASE("write the messages into the manual", "[.write]") {
    const auto manual = with_messages(contents());
    std::ofstream(manual_file, std::ios::binary) << manual;
}

TEST_CASE("the manual lists the messages as the catalogue has them") {
    CHECK(contents() == with_messages(contents()));
}

TEST_CASE("every event has its entry") {
    CHECK(milter::log::catalogue().size() == milter::log::event_count);
    for (std::size_t i = 0; i < milter::log::event_count; ++i) {
        const auto event = static_cast<milter::log::Event>(i);
        CHECK(milter::log::describe(event).event == event);
    }
}
