#include "milter/link/incoming_frames.h"

#include "support/catch.h"

using milter::link::IncomingFrames;
using namespace std::string_literals;

TEST_CASE("a client that libmilter does not tell of ends the connection") {
    struct Case {
        const char* name;
        std::string frames; // a letter in small is one that libmilter passes over
        std::size_t passed; // how many frames may reach libmilter
    };
    const Case cases[] = {
        {"a session", "OCHMRLNBEMLEQ", 13},       {"another client", "OCHMLEKCHMLEK", 13},
        {"QUIT_NC passed over", "OCHkCH", 4},     {"CONNECT passed over", "OCHMLEcHM", 7},
        {"negotiation passed over", "OCoCHM", 3}, {"other events may be", "OCHlbeamlMLE", 12},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        IncomingFrames frames;
        std::size_t passed = 0;
        for (const char frame : c.frames) {
            const bool told = frame < 'a';
            const char command = told ? frame : static_cast<char>(frame - 'a' + 'A');
            if (!frames.take(command, "x\0"s)) {
                break;
            }
            ++passed;
            CHECK(frames.last() == command);
            if (told) {
                frames.hear_of(command);
            }
        }
        CHECK(passed == c.passed);
        CHECK(frames.fault().empty() == (passed == c.frames.size()));
        CHECK(frames.take('M', "") == frames.fault().empty());
    }
}

TEST_CASE("each end of a client's session is told of once") {
    IncomingFrames frames;
    CHECK_FALSE(frames.hear_of('K'));
    REQUIRE(frames.take('K', ""));
    CHECK_FALSE(frames.hear_of('C'));
    CHECK(frames.hear_of('K'));
    CHECK_FALSE(frames.hear_of('K')); // what comes now is the end of the connection
}

TEST_CASE("macros follow the frames") {
    IncomingFrames frames;
    for (const auto& [command, data] : std::vector<std::pair<char, std::string>>{
             {'D', "Cj\0mx\0"s}, {'C', ""}, {'D', "M{auth_authen}\0ann\0"s}, {'M', "<>\0"s}}) {
        REQUIRE(frames.take(command, data));
        frames.hear_of(command);
    }
    CHECK(frames.macros().value("j") == "mx");
    CHECK(frames.macros().value("{auth_authen}") == "ann");
    REQUIRE(frames.take('A', ""));
    CHECK(frames.macros().value("{auth_authen}").empty());
    REQUIRE(frames.take('K', ""));
    CHECK(frames.macros().value("j").empty());
}
