// What systemd starts a daemon with: the unit and its drop-ins, of which the last ExecStart counts.
#pragma once

#include "config/import/finding.h"

#include <string>
#include <string_view>
#include <vector>

namespace config::import {

struct UnitCommand {
    std::vector<std::string> words; // the program and its arguments; `$NAME` stands as it is
    Place place;
};

struct UnitFacts {
    std::vector<UnitCommand> commands;          // of ExecStart; an empty one takes back those before it
    std::vector<std::string> environment;       // NAME=VALUE
    std::vector<std::string> environment_files; // paths, without the `-` before one that may be missing
    std::string user;                           // of User=; empty: none
};

// Adds what a unit or a drop-in says to what was said before it.
void read_unit(std::string_view text, const std::string& file, UnitFacts& facts);

// The words of a command line of a unit: blanks part them, quotation marks join them.
[[nodiscard]] std::vector<std::string> split_words(std::string_view text);

} // namespace config::import
