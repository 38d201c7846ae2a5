// Queries and responses as bytes (RFC 1035 4), and what a response says as a value.
//
// Read here and not by a library: a zone's owner chooses every octet of a response, and a library that turns
// each record and each string of it into objects of its own makes a hundred times the memory of it.
#pragma once

#include "dns/answer.h"
#include "dns/question.h"
#include "milter/resolver/wire_name.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace milter::resolver {

using Packet = std::vector<std::uint8_t>;

// What one server is told we can take over UDP: fits every path without fragments (the DNS flag day's 1232).
constexpr std::uint16_t edns_payload = 1232;

struct Limits {
    // A chain of aliases longer than this is broken or hostile; validating resolvers stop at 8 to 16. Nor can
    // more CNAME records be meant, in whatever order.
    static constexpr std::size_t aliases = 16;
    // Records of the type asked for. More cannot be meant for a mail server; the answer is then refused as a
    // whole, because what is cut off could matter.
    static constexpr std::size_t records = 1024;
};

struct Response {
    dns::Answer answer;
    bool edns_refused = false; // the server does not know EDNS: worth asking again without
    bool edns = false;         // it does: there was an OPT record
};

// A number that nobody can foresee (RFC 5452 9.2).
[[nodiscard]] std::uint16_t random_id();

// Nothing when no message can carry the name (see dns::make_question).
[[nodiscard]] std::optional<Packet> make_query(const dns::Question& question, std::uint16_t id, bool edns);

// Whether the packet is a response with the query's id and question. Nothing else of it is looked at.
[[nodiscard]] bool is_reply_to(PacketView packet, PacketView query);
// Of a packet that is_reply_to a query.
[[nodiscard]] bool is_truncated(PacketView reply);

// Reads whatever came back for make_query(question, id, ...). Anything that is no DNS message, or is none for
// this query, is failed(malformed). `ttl` is as received: the cache applies the operator's bounds. A mail
// host whose name text cannot hold (a dot or a NUL in a label) is in the answer with a dot in front, which
// keeps it from being asked for.
[[nodiscard]] Response read_response(PacketView packet, const dns::Question& question, std::uint16_t id);

} // namespace milter::resolver
