// The options that a program was given, whatever the form of its file.
#pragma once

#include "config/import/finding.h"

#include <string>
#include <string_view>
#include <vector>

namespace config::import {

struct Option {
    std::string name;  // as it is written
    std::string value; // without blanks around it
    Place place;
    std::size_t value_column = 0;
};

// What a file gave, in its order, and what in it made no sense.
struct Options {
    std::vector<Option> list;
    std::vector<Problem> problems;
    bool is_template = false; // it has marks that nobody filled in
    std::string file{};       // its path
};

} // namespace config::import
