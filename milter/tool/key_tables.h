// The tables of keys that the configuration names, as far as they can be listed.
#pragma once

#include "config/settings.h"
#include "keys/key_table.h"
#include "keys/signing_table.h"
#include "milter/tool/named_key.h"

#include <string>
#include <string_view>

namespace milter::tool {

struct KeyTables {
    keys::KeyTable keys = {};
    std::string keys_place = {}; // for diagnostics
    keys::SigningTable signing = {};
    // A database or a directory is asked for single names: the table that is one; empty: it is none.
    std::string keys_source = {};
    std::string signing_source = {};
};

// What is wrong with single rows is for check-config to report.
[[nodiscard]] Result<KeyTables> read_key_tables(const config::Settings& settings);

// The key of a row, for a domain. `place`: of the table.
[[nodiscard]] NamedKey named_in_table(const keys::KeyRow& row, const std::string& domain,
                                      const std::string& place);

// Why a list of all keys lacks some: a setting names a database, or a row is broken.
[[nodiscard]] std::string why_unlisted(std::string_view setting, const std::string& source);
[[nodiscard]] std::string why_unusable(const keys::KeyRow& row, const std::string& place);

} // namespace milter::tool
