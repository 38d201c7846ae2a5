// A zone of the differential tests: the DNS as one JSON object.
//
//     {"example.org": {"TXT": [["v=spf1 ", "-all"]], "MX": [[10, "mx.example.org"]], "A": ["192.0.2.1"]},
//      "slow.example": {"TIMEOUT": true}, "empty.example": {}}
//
// Names are lower case. A name without the type asked for has no data; one that is not there does not exist,
// whatever stands below it: the other programs see it so. Aliases were resolved by whoever wrote the zone.
#pragma once

#include "support/world/resolve.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace differential {

[[nodiscard]] test::Zone read_zone(const nlohmann::json& names);

// What was asked, in its order.
[[nodiscard]] std::vector<std::string> names_of(const std::vector<dns::Question>& asked);

} // namespace differential
