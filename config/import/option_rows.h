// The three parts of the list of options.
#pragma once

#include "config/import/option_table.h"

namespace config::import {

[[nodiscard]] const std::vector<OptionRow>& opendkim_options();
[[nodiscard]] const std::vector<OptionRow>& opendmarc_options();
[[nodiscard]] const std::vector<OptionRow>& policyd_options();

} // namespace config::import
