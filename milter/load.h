// What goes on in the process at once, all sessions together.
#pragma once

#include "milter/share.h"

namespace milter {

struct Load {
    Share::Total connections{0};       // of the MTA
    Share::Total messages{0};          // between MAIL FROM and the reply to the end of the message
    Share::Total waiting{0};           // of these: waiting for the DNS, each on a thread of its own
    Share::Total header_bytes{0};      // of all messages
    std::atomic<bool> draining{false}; // the daemon ends when the messages under way are done
};

} // namespace milter
