#include "milter/link/border.h"
#include "support/catch.h"

#include <stdexcept>
#include <string>

namespace {

// As libraries may throw it: no std::exception.
struct Odd {};

} // namespace

TEST_CASE("whatever is thrown ends at the border") {
    CHECK(milter::link::guarded(7, [] { return 1; }) == 1);
    CHECK(milter::link::guarded(7, []() -> int { throw std::runtime_error("x"); }) == 7);
    CHECK(milter::link::guarded(7, []() -> int { throw Odd(); }) == 7);
}

TEST_CASE("why something was thrown is remembered, unless that throws too") {
    std::string why;
    const auto remember = [&](const char* text) { why = text; };
    milter::link::noted([] {}, remember);
    CHECK(why.empty());
    milter::link::noted([] { throw std::runtime_error("no memory"); }, remember);
    CHECK(why == "no memory");
    milter::link::noted([] { throw Odd(); }, remember);
    CHECK(why == "an error of an unknown kind");
    milter::link::noted([] { throw Odd(); }, [](const char*) { throw std::runtime_error("nor for this"); });
    milter::link::noted([] { throw std::runtime_error("x"); }, [](const char*) { throw Odd(); });
}
