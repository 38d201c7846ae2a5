// What goes on in the process at once, all sessions together.
#pragma once

#include "milter/threads/share.h"

namespace milter::runtime {

struct Load {
    threads::Share::Total connections{0};  // of the MTA
    threads::Share::Total messages{0};     // between MAIL FROM and the reply to the end of the message
    threads::Share::Total waiting{0};      // of these: waiting for the DNS, each on a thread of its own
    threads::Share::Total header_bytes{0}; // of all messages
    std::atomic<bool> draining{false};     // the daemon ends when the messages under way are done
};

} // namespace milter::runtime
