// Bounds on the work one evaluation may cause. That of a tree walk is max_walk_questions (dmarc/tree_walk.h).
#pragma once

#include <cstddef>

namespace dmarc {

struct Limits {
    std::size_t record = 4096; // octets; a longer TXT is not a DMARC record
};

} // namespace dmarc
