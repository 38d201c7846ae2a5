// A file that the daemon finds when it looks for it, made by whoever comes first.
#pragma once

#include <string>
#include <string_view>

namespace milter::reports {

// With mode 0600 and all of its text at once, unless it is there already. Where root makes it, it belongs to
// whom its directory belongs to. False, with errno: it could not be made.
[[nodiscard]] bool make_file(const std::string& path, std::string_view text);

} // namespace milter::reports
