// The way of a message through relays of ours.
#pragma once

#include "base/ip_address.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace authenticate {

// What to make of a MAIL FROM that a relay rewrote (SRS).
enum class RewrittenSender : std::uint8_t { none, decode };

struct Passage {
    base::IpAddress relay;                 // that handed the message to us
    std::vector<base::IpAddress> relays;   // all that it passed, that one first
    std::size_t hops = 0;                  // Received fields that were read on the way
    std::optional<base::IpAddress> client; // of the outermost relay; none: it was not found
    std::string helo;                      // what that client called itself
    std::string reason;                    // why it was not found; empty if it was
    std::string hidden_sender;             // why MAIL FROM cannot be judged; empty if it can
    std::string rewritten_sender;          // what the relay made of MAIL FROM, if its original is judged

    [[nodiscard]] bool found() const { return client.has_value(); }
    bool operator==(const Passage&) const = default;
};

} // namespace authenticate
