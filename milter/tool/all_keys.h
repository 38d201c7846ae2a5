// Every key that the configuration names: those of `domains`, and the rows of the KeyTable.
#pragma once

#include "milter/tool/named_key.h"

#include <string>
#include <vector>

namespace milter::tool {

struct AllKeys {
    std::vector<NamedKey> keys; // in the order of the files, none twice
    // Rows for any domain (`%`) of which no domain is known, in words.
    std::vector<std::string> passed_over;
};

// A row of the KeyTable for any domain stands for the domains that the SigningTable names with it.
[[nodiscard]] Result<AllKeys> all_keys(const config::Settings& settings);

} // namespace milter::tool
