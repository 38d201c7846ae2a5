// How signatures are verified: what a deployment may choose.
#pragma once

#include "dkim/limits.h"
#include "dkim/published_key.h"

#include <cstdint>

namespace dkim {

// RFC 6376 8.2: what to do with l= when the body is longer than what was signed.
enum class PartialBody : std::uint8_t { refuse, accept };

struct Options {
    Limits limits{};
    PartialBody partial_body = PartialBody::refuse;
    KeyMemo* keys = nullptr; // keys that were read before; changes no verdict
    bool steps = true;       // Verdict::steps is filled; without, no step is put into words
};

} // namespace dkim
