// What every fuzz target has in common: it defines run(), and states what must hold with require().
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace fuzz {

void run(std::string_view input);

inline void require(bool holds, const char* property) {
    if (!holds) {
        std::fprintf(stderr, "does not hold: %s\n", property);
        std::abort();
    }
}

} // namespace fuzz
