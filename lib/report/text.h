// Text of others as a report may carry it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace report {

// At most `limit` octets of UTF-8 in one line, without what XML 1.0 2.2 does not have, without controls and
// without characters that change the direction in which text is read; "?" stands in their place. Where it is
// cut, no character is.
[[nodiscard]] std::string clean(std::string_view text, std::size_t limit);

// Whether clean() would leave it as it is.
[[nodiscard]] bool is_clean(std::string_view text, std::size_t limit);

} // namespace report
