// The private keys of the old configuration: which they are, and under which names copies of them lie.
#pragma once

#include "config/import/job.h"

#include <string>

namespace config::import {

// Remembers the key; where keys are copied, the path of the copy.
[[nodiscard]] std::string copied_key(Job& job, const Option& option, const std::string& path,
                                     const std::string& wanted_name);

// Remembers the keys of a KeyTable. Where keys are copied the table is as well, with the new paths: its name
// then, else `table` as it is.
[[nodiscard]] std::string copy_keys_of_table(Job& job, const Option& option, const std::string& table);

} // namespace config::import
