// Which files of the old programs there are on a host, where nobody names them.
#pragma once

#include "config/import/import.h"

#include <string>

namespace config::import {

// What the command line names; empty: what is found.
struct Wanted {
    std::string opendkim;
    std::string opendmarc;
    std::string policyd;
    std::string postfix; // a directory
};

struct Found {
    Inputs inputs;
    std::vector<Problem> problems; // files that cannot be read
    std::vector<Finding> findings;
};

[[nodiscard]] Found find_inputs(const Wanted& wanted, const Files& files);

} // namespace config::import
