// What the daemon answers when it is asked to read its configuration again.
#pragma once

#include <string>
#include <vector>

namespace milter::tool {

// Sorted by who reads it.
struct ReloadAnswer {
    std::vector<std::string> problems; // as check-config prints them
    std::vector<std::string> warnings;
    std::string source; // of the configuration; empty: the answer was cut off
    bool taken = false;
    bool faulty = false; // single keys cannot be used
};

[[nodiscard]] ReloadAnswer read_reload_answer(const std::vector<std::string>& lines);

} // namespace milter::tool
