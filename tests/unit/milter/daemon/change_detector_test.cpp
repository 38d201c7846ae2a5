#include "milter/daemon/change_detector.h"

#include "support/catch.h"

#include <vector>

using milter::daemon::ChangeDetector;

namespace {

// What each look of a row of states says.
std::vector<bool> looks(ChangeDetector& detector, const std::vector<std::uint64_t>& states) {
    std::vector<bool> told;
    told.reserve(states.size());
    for (const auto state : states) {
        told.push_back(detector.look(state));
    }
    return told;
}

ChangeDetector after(std::optional<std::uint64_t> state) {
    ChangeDetector detector;
    detector.read(state);
    return detector;
}

} // namespace

TEST_CASE("files are read once they rest") {
    struct Case {
        const char* what;
        std::optional<std::uint64_t> read;
        std::vector<std::uint64_t> states;
        std::vector<bool> told;
    };
    const std::vector<Case> cases{
        {"nothing changes", 1, {1, 1, 1}, {false, false, false}},
        {"a change that stays", 1, {2, 2}, {false, true}},
        {"a change in two steps", 1, {2, 3, 3}, {false, false, true}},
        {"a change that is taken back", 1, {2, 1, 2, 2}, {false, false, false, true}},
        {"a change while they were read", std::nullopt, {1, 1}, {false, true}},
    };
    for (const Case& c : cases) {
        INFO(c.what);
        auto detector = after(c.read);
        CHECK(looks(detector, c.states) == c.told);
    }
}

TEST_CASE("what was read, or refused, is not read again") {
    auto detector = after(1);
    CHECK(looks(detector, {2, 2}) == std::vector<bool>{false, true});
    detector.read(2);
    CHECK(looks(detector, {2, 2, 2}) == std::vector<bool>{false, false, false});
}

TEST_CASE("files that never rest are read now and then") {
    auto detector = after(0);
    std::uint64_t state = 1;
    int looked = 1;
    while (!detector.look(state++) && looked < 100) {
        ++looked;
    }
    CHECK(looked == ChangeDetector::most_looks);
}
