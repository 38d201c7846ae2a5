// The tables of keys that the configuration names, as far as they can be listed.
#pragma once

#include "config/settings.h"
#include "keys/key_table.h"
#include "keys/signing_table.h"
#include "milter/tool/command.h"

#include <string>

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

} // namespace milter::tool
