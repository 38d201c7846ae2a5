// SQLite: a file, read and never written. The query has one parameter (`?`, `?1`, `$1`, `:name`).
#pragma once

#include "keys/source/options.h"
#include "keys/source/source.h"

#include <memory>

namespace keys::source {

[[nodiscard]] std::unique_ptr<Connection> make_sqlite(const Options& options);

} // namespace keys::source
