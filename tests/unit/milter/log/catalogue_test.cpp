// The list of messages in paraphd(8) is made from the catalogue.
#include "milter/log/catalogue.h"

#include "support/catch.h"
#include "support/manual_section.h"

#include <fmt/format.h>

#include <fstream>
#include <string>

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

} // namespace

// Run as `unit_log "[.write]"` after a change of the catalogue.
TEST_CASE("write the messages into the manual", "[.write]") {
    const auto manual = with_messages(test::contents(manual_file));
    std::ofstream(manual_file, std::ios::binary) << manual;
}

TEST_CASE("the manual lists the messages as the catalogue has them") {
    CHECK(test::contents(manual_file) == with_messages(test::contents(manual_file)));
}

TEST_CASE("every event has its entry") {
    CHECK(milter::log::catalogue().size() == milter::log::event_count);
    for (std::size_t i = 0; i < milter::log::event_count; ++i) {
        const auto event = static_cast<milter::log::Event>(i);
        CHECK(milter::log::describe(event).event == event);
    }
}
