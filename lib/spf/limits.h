// RFC 7208 section 4.6.4, by name.
#pragma once

#include <cstddef>

namespace spf {

struct Limits {
    std::size_t terms = 10;         // include, a, mx, ptr, exists and redirect over the whole evaluation
    std::size_t void_lookups = 2;   // NXDOMAIN or no data; one more is permerror
    std::size_t mx_names = 10;      // one more is permerror
    std::size_t ptr_names = 10;     // the rest is ignored
    std::size_t explanation = 512;  // octets of an exp text; longer ones are dropped
};

// How far the evaluator asks ahead of what it knows to need.
enum class LookAhead { none, records, all };

} // namespace spf
