// How a message came to this host, as far as it tells: the client, HELO and MAIL FROM, and the message as it
// was then, without what was written into it here.
//
// The topmost Received field with a client outside of private networks counts: those above it are of filters
// and of delivery on this host. Nothing is decided by this; whoever wrote the message can have written the
// field.
#pragma once

#include "base/ip_address.h"
#include "message/parse_message.h"
#include "milter/tool/compare/samples.h"

#include <string>

namespace milter::tool::compare {

struct Arrival {
    base::IpAddress client;
    std::string helo;
    std::string sender; // without brackets; empty: nobody
    std::string author; // the domain of From, of the first of several; empty: there is none
    message::Message message{};
};

[[nodiscard]] Arrival read_arrival(const Sample& sample, message::Message message);

} // namespace milter::tool::compare
