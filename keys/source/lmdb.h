// LMDB: a copy in memory of a file or a directory, as mdb_load makes them. Values are those of table files:
// fields with colons.
#pragma once

#include "keys/source/options.h"
#include "keys/source/source.h"

#include <memory>

namespace keys::source {

[[nodiscard]] std::unique_ptr<Connection> make_lmdb(const Options& options);

} // namespace keys::source
