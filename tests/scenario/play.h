// Plays a scenario to the daemon's own session and puts what it decided into lines.
#pragma once

#include "base/result.h"
#include "scenario.h"
#include "spf/options.h"
#include "test_keys.h"

#include <cstddef>
#include <string>
#include <vector>

namespace scenario {

// Ways to play the same scenario that must not change what comes of it.
struct Manner {
    std::size_t body_chunk = 65535;
    spf::LookAhead look_ahead = spf::LookAhead::records;
};

// The error says what is wrong with the scenario itself.
[[nodiscard]] base::Result<std::vector<std::string>, std::string>
play(const Scenario& scenario, const TestKeys& keys, const Manner& manner);

} // namespace scenario
