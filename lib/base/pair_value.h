// Values of key=value pairs, as the log has them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace base {

// Unchanged if it has no blank, quote, comma or equals sign, else in double quotes with everything that is
// not plain text as \xNN, so that no text from outside can look like another pair.
[[nodiscard]] std::string pair_value(std::string_view value, std::size_t limit = 256);

} // namespace base
