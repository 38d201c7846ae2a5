// Recipients whose mail is to arrive without a signature of ours (OpenDKIM's DontSignMailTo).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace milter::session {

// The first of the paths that one of the patterns (authenticate/pattern.h) holds, as an address; empty: none.
// One such recipient is enough: the message is one for all of them.
[[nodiscard]] std::string find_unsigned_recipient(const std::vector<std::string>& patterns,
                                                  const std::vector<std::string>& paths);

// Whether one of them is an address that one of the patterns holds.
[[nodiscard]] bool goes_to(const std::vector<std::string>& patterns, const std::vector<std::string>& paths);

} // namespace milter::session
