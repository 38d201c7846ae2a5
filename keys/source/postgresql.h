// PostgreSQL, through libpq: never blocking, so that a deadline is one. The query has one parameter, `$1`.
#pragma once

#include "keys/source/options.h"
#include "keys/source/source.h"

#include <memory>
#include <string>

namespace keys::source {

[[nodiscard]] std::string postgresql_refusal(const Options& options);
[[nodiscard]] std::unique_ptr<Connection> make_postgresql(const Options& options);

} // namespace keys::source
