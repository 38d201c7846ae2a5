// The zonedata of an SPF test suite as a DNS that answers: the rules are those of the suite's own driver.
#pragma once

#include "support/world/zone.h"

#include <yaml-cpp/yaml.h>

namespace suite {

[[nodiscard]] test::Zone read_zone(const YAML::Node& zonedata);

} // namespace suite
