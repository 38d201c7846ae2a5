// Text that could be a private key, or a part of one, that was pasted into the wrong place. No diagnostic may
// quote it: logs are read by many, and reports of errors are sent to strangers.
//
//     quoted("s2026")                       -> "'s2026'"
//     quoted("MC4CAQAwBQYDK2VwBCIEIOnN...") -> "(64 characters, not shown: they could be a key)"
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace base {

// PEM, binary, or a run of letters and digits that looks random, as base64 of a key does and names do not.
[[nodiscard]] bool may_be_key(std::string_view text);

// The same of a text that is long enough for a whole key (32 octets in base64 have 43 characters): to refuse
// it where a name is expected; the function above only decides whether to show it.
[[nodiscard]] bool is_surely_key(std::string_view text);

// The text as printable() has it, or a note in its place.
[[nodiscard]] std::string shown(std::string_view text, std::size_t limit = 80);
// The same between quotation marks.
[[nodiscard]] std::string quoted(std::string_view text, std::size_t limit = 80);

// A path of which everything below the last directory that exists may be a key. It is printed as it is.
[[nodiscard]] std::string shown_path(std::string_view path, bool (*exists)(const std::string& path));

} // namespace base
