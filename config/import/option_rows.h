// The three parts of the list of options.
#pragma once

#include "config/import/option_table.h"

namespace config::import {

[[nodiscard]] std::span<const OptionRow> opendkim_options();
[[nodiscard]] std::span<const OptionRow> opendmarc_options();
[[nodiscard]] std::span<const OptionRow> policyd_options();

} // namespace config::import
