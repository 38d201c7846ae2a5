// From the settings of a table to the source that has it.
#pragma once

#include "config/settings.h"
#include "keys/source/options.h"

#include <cstdint>
#include <optional>
#include <string>

namespace milter::runtime {

enum class Table : std::uint8_t { signing, keys, senders, domains };

// Nothing: the table is one in memory.
[[nodiscard]] std::optional<keys::source::Options> source_options(const config::Settings& settings,
                                                                  const std::string& table, Table which);

} // namespace milter::runtime
