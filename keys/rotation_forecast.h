// What a rotation is going to do and when, if every record is shown as soon as it is published and no run is
// late: for people.
#pragma once

#include "keys/rotation.h"

#include <cstddef>
#include <vector>

namespace keys {

struct ForecastStep {
    std::chrono::sys_seconds at;
    Step step;
};

// At most `most` steps. `negative_ttl`: what the zone's servers tell.
[[nodiscard]] std::vector<ForecastStep> forecast(Rotation rotation, const RotationPlan& plan, Moment now,
                                                 std::chrono::seconds negative_ttl, std::size_t most);

} // namespace keys
