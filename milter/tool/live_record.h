// What each authoritative server of a zone says about one TXT record, asked one by one: what a resolver tells
// is what one of them said, and perhaps long ago.
#pragma once

#include "dns/answer.h"
#include "milter/tool/zone_servers.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace milter::tool {

struct ServerView {
    enum class Kind : std::uint8_t {
        shown,       // it has a record
        none,        // it says that there is none
        alias,       // it says that the name is an alias, and knows no more
        lame,        // it is named as a server of the zone, and does not answer for it ("lame")
        silent,      // no answer in time, or none that can be read
        unreachable, // nobody is there
        no_way,      // this host has no route to such addresses, which says nothing of the server
    };
    Kind kind = Kind::silent;
    ZoneServer who;
    std::string zone;
    resolver::DirectReply reply;
    std::optional<std::uint32_t> serial = {};       // of its copy of the zone
    std::optional<std::uint32_t> negative_ttl = {}; // likewise
};

[[nodiscard]] const char* print(ServerView::Kind kind);

struct LiveRecord {
    std::string name; // where the record is, behind all aliases
    std::string zone; // of that name
    std::vector<ServerView> servers;
    std::vector<std::string> aliases;    // where the name asked for leads, one after the other
    std::vector<std::string> no_address; // name servers without one
    std::string problem;                 // why no server could be asked; empty: they were

    // A server that answers for the zone; null: none does.
    [[nodiscard]] const ServerView* answering() const;
};

// What a server's reply to the question for a TXT record means.
[[nodiscard]] dns::Answer answer_of(const resolver::DirectReply& reply);

[[nodiscard]] LiveRecord look_at_servers(const std::string& name, const Recursion& recursion,
                                         const AskAll& ask_all);

// Whether serial `a` is older than `b`; serials go round (RFC 1035 3.3.13).
[[nodiscard]] bool is_older(std::uint32_t a, std::uint32_t b);

} // namespace milter::tool
