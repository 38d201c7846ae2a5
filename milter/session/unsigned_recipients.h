// Recipients whose mail is to arrive without a signature of ours (OpenDKIM's DontSignMailTo).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace milter::session {

// The first of the paths that one of the patterns holds, as an address; empty: none. In a pattern * stands
// for anything. One such recipient is enough: the message is one for all of them.
[[nodiscard]] std::string find_unsigned_recipient(const std::vector<std::string>& patterns,
                                                  const std::vector<std::string>& paths);

} // namespace milter::session
