// How signatures are verified: what a deployment may choose.
#pragma once

#include "dkim/limits.h"
#include "dkim/published_key.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dkim {

// RFC 6376 8.2: what to do with l= when the body is longer than what was signed.
enum class PartialBody : std::uint8_t { refuse, accept };

// What a signature is that leaves out a field it is required to cover.
enum class UncoveredFields : std::uint8_t {
    warn,   // a pass with a comment
    policy, // RFC 8601 2.7.1: verified, and not acceptable
};

struct Options {
    Limits limits{};
    PartialBody partial_body = PartialBody::refuse;
    std::vector<std::string> required_fields{}; // where the message has them, each as often as it occurs
    UncoveredFields uncovered_fields = UncoveredFields::warn;
    KeyMemo* keys = nullptr; // keys that were read before; changes no verdict
    bool steps = true;       // Verdict::steps is filled; without, no step is put into words
};

} // namespace dkim
