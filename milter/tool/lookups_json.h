// What a subcommand asked the DNS, as JSON.
#pragma once

#include "milter/tool/lookups.h"

#include <nlohmann/json_fwd.hpp>

namespace milter::tool {

// Every question that was asked, in order, with its answer as an answers file has it.
[[nodiscard]] nlohmann::ordered_json to_json(const Lookups& lookups);

} // namespace milter::tool
