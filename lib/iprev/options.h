// How iprev is evaluated.
#pragma once

#include <cstddef>

namespace iprev {

struct Limits {
    // RFC 8601 3 demands that the names are bounded and leaves the number open; RFC 7208 4.6.4 has ten.
    std::size_t names = 10; // the rest is ignored
};

struct Options {
    Limits limits{};
};

} // namespace iprev
