// The grammar of opendkim.conf and opendmarc.conf: on each line a name, blanks, and a value.
//
// A line ends at its first `#`, also within a value; there are no quotation marks, and nothing joins lines. A
// name without a value is an error. `Include` of OpenDKIM reads another file at that place, five deep.
#pragma once

#include "config/import/files.h"
#include "config/import/options.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace config::import {

// Of one file, with `Include` as an option like any other.
[[nodiscard]] Options parse_keyword_file(std::string_view text, const std::string& file);

// With all that it includes, in place of the option.
[[nodiscard]] Options read_keyword_file(std::string_view text, const std::string& file, const Files& files);

// TtYy1 and FfNn0 begin a truth value; anything else is none.
enum class Truth : std::uint8_t { no, yes, neither };
[[nodiscard]] Truth read_truth(std::string_view value);

} // namespace config::import
