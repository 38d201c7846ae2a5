// The bounds on one evaluation: RFC 7208 4.6.4 by name, and our own where the RFC leaves the work
// unbounded.
#pragma once

#include <cstddef>

namespace spf {

struct Limits {
    std::size_t terms = 10;        // include, a, mx, ptr, exists and redirect over the whole evaluation
    std::size_t void_lookups = 2;  // terms that find NXDOMAIN or no data; one more is permerror
    std::size_t mx_names = 10;     // one more is permerror
    std::size_t ptr_names = 10;    // the rest is ignored
    std::size_t explanation = 512; // octets of an exp text; longer ones are dropped
    std::size_t record = 8192;     // octets of an SPF record; a longer one is permerror
    std::size_t nesting = 20;      // include and redirect inside each other; deeper is permerror
    std::size_t helo = 255;        // octets; RFC 5321 4.5.3.1.2. Longer text has no place in a macro
    std::size_t local_part = 256;  // octets; RFC 5321 4.5.3.1.3 bounds the whole path to that
    std::size_t most_steps = 100;  // lines of explanation kept in a verdict
};

} // namespace spf
