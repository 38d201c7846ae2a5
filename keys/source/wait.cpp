#include "keys/source/wait.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace keys::source {

bool wait_for(int socket, bool to_read, Time deadline) {
    while (true) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) {
            return false;
        }
        constexpr long longest = 60000;
        pollfd waiting{socket, static_cast<short>(to_read ? POLLIN : POLLOUT), 0};
        const int ready = ::poll(&waiting, 1, static_cast<int>(std::min<long>(left.count(), longest)));
        if (ready > 0 || (ready < 0 && errno != EINTR)) {
            return true; // an error shows when the socket is used
        }
    }
}

} // namespace keys::source
