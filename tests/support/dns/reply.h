// What the test name server sends in reply to one query: packets in, packets out.
#pragma once

#include "support/dns/zone.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace support {

struct SeenQuery {
    std::string name; // as text, as it came
    std::string type;
    std::uint16_t id = 0;
    std::uint16_t port = 0; // where it came from
    bool tcp = false;
    bool edns = false;
    bool ad = false;
};

struct Outgoing {
    Bytes message;
    bool from_other_port = false;
    bool half = false; // announce all of it, send only the first half
};

struct Reply {
    SeenQuery seen;
    std::chrono::milliseconds delay{0};
    std::vector<Outgoing> send; // in this order
    bool close = false;         // TCP: hang up afterwards
};

// `fallback` holds for names the zone knows no behaviour for. Nothing when the query is no DNS message.
[[nodiscard]] std::optional<Reply> make_reply(const DnsZone& zone, const Behaviour& fallback,
                                              const Bytes& query, bool tcp);

} // namespace support
