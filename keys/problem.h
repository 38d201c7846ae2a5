// What is wrong with a table or a key file.
#pragma once

#include <cstddef>
#include <string>

namespace keys {

struct Problem {
    std::string file;
    std::size_t line = 0; // 1-based; 0: the file as a whole
    std::string message;
    bool warning = false; // worth telling, but everything works as it is written

    bool operator==(const Problem&) const = default;
};

// "FILE:LINE: MESSAGE"
[[nodiscard]] std::string print(const Problem& problem);

} // namespace keys
