// Which keys a subcommand of `paraph key` is about: those of a domain, of a file, or all.
#pragma once

#include "milter/tool/all_keys.h"

#include <string>
#include <vector>

namespace milter::tool {

struct KeySelection {
    std::string domain;   // empty: all keys of the configuration
    std::string selector; // empty: all of the domain
    std::string key;      // a file in place of the configuration's keys
};

// Never empty. Rows for any domain that cannot be told apart are in `passed_over`.
[[nodiscard]] Result<AllKeys> select_keys(const KeySelection& wanted, const config::Settings& settings);

} // namespace milter::tool
