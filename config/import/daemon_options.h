// All that a daemon is started with: its file, what its unit or init script says on the command line, and the
// drop-ins of systemd. The command line beats the file.
#pragma once

#include "config/import/command_line.h"
#include "config/import/files.h"
#include "config/import/import.h"

namespace config::import {

struct Started {
    Options options;
    std::string file; // that the command line names; empty: the default one
    std::vector<Finding> findings;
};

// Of the unit and the defaults alone.
[[nodiscard]] Started command_line_of(Program program, const std::vector<Text>& units,
                                      const std::optional<Text>& defaults, const Files& files);

// With the options of the file before those of the command line.
[[nodiscard]] Started options_of(Program program, const Text& file, const std::vector<Text>& units,
                                 const std::optional<Text>& defaults, const Files& files);

} // namespace config::import
