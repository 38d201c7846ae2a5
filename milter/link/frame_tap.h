// Looks at the frames of the MTA before libmilter does. libmilter's interface does not show when a connection
// gets another client, nor for which event a macro was given, and its smfi_getsymval() reads past the end of
// an odd list of macros.
//
// libmilter reads each frame with its own function mi_rd_cmd(), which it calls through the dynamic linker.
// The program defines a function of that name, so that this one is called, and it calls the other.
#pragma once

#include "milter/link/incoming_frames.h"

#include <memory>

namespace milter::link {

struct Tap {
    int socket = -1;
    // None: libmilter was built so that its frames do not come by here, or the connection is at its end.
    std::shared_ptr<IncomingFrames> frames;
};

// Of the connection from which this thread read last. libmilter's callbacks for a frame run on the thread
// that read it.
const Tap& tap_of_this_thread();

// The connection ends.
void close_tap(const Tap& tap);

} // namespace milter::link
