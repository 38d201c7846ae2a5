// Berkeley DB 5.3: a file, hash or btree. Values are those of table files: fields with colons.
#pragma once

#include "keys/source/options.h"
#include "keys/source/source.h"

#include <memory>

namespace keys::source {

[[nodiscard]] std::unique_ptr<Connection> make_berkeley(const Options& options);

} // namespace keys::source
