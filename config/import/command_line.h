// The options of opendkim(8) and opendmarc(8) on their command lines, as the options of the files that they
// take the place of.
#pragma once

#include "config/import/options.h"

#include <cstdint>
#include <string>
#include <vector>

namespace config::import {

struct CommandLine {
    Options options;
    std::string file; // of -x or -c; empty: the default one
};

enum class Program : std::uint8_t { opendkim, opendmarc };

// `words` begin behind the name of the program.
[[nodiscard]] CommandLine parse_command_line(Program program, const std::vector<std::string>& words,
                                             const Place& place);

// Every letter that the program knows, with the option that it stands for; empty: none.
struct Letter {
    char letter;
    bool has_value;
    std::string_view option; // "Socket"
    std::string_view value;  // of a letter without one: "yes"
};
[[nodiscard]] const std::vector<Letter>& letters_of(Program program);

} // namespace config::import
