// The resolvers that the tool asks.
#pragma once

#include "milter/resolver/resolver.h"

#include <vector>

namespace milter::tool {

// Those of the options, else those of the system as they are now.
[[nodiscard]] std::vector<dns::Server> name_servers(const resolver::Options& options);

} // namespace milter::tool
