#include "dkim/uncovered.h"

#include "sample.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

TEST_CASE("which required fields a signature leaves out") {
    struct Case {
        const char* says;
        std::vector<std::string> required;
        std::vector<std::string> listed;
        const char* uncovered;
    };
    const Case cases[] = {
        {"nothing is required", {}, {"from"}, ""},
        {"what is signed", {"From", "Subject"}, {"from", "subject"}, ""},
        {"what is not", {"Subject", "From", "To"}, {"from"}, "Subject To"},
        {"what the message has not", {"Cc"}, {"from"}, ""},
        {"two fields, signed once", {"X-Two"}, {"from", "x-two"}, "X-Two"},
        {"signed twice", {"x-two"}, {"x-two", "from", "x-two"}, ""},
        {"signed once more than there are", {"Subject"}, {"from", "subject", "subject"}, ""},
        {"in any case", {"SUBJECT"}, {"from", "subject"}, ""},
    };
    const auto message = parsed("X-Two: 1\r\nX-Two: 2\r\n" + std::string(sample_message));
    for (const Case& c : cases) {
        INFO(c.says);
        CHECK(fmt::format("{}", fmt::join(dkim::uncovered_fields(c.required, c.listed, message.headers),
                                          " ")) == c.uncovered);
    }
}
