#include "milter/link/frame_tap.h"

#include "milter/threads/lock_guarded.h"

#include <dlfcn.h>
#include <sys/time.h>

#include <cstdlib>
#include <string_view>
#include <unordered_map>

namespace milter::link {

namespace {

using Open = std::unordered_map<int, std::shared_ptr<IncomingFrames>>;

// libmilter's own words for what it read in place of a command.
constexpr char first_command = ' ';
constexpr char end_of_file = 5;

threads::LockGuarded<Open>& open_taps() {
    static threads::LockGuarded<Open> taps;
    return taps;
}

thread_local Tap latest;

// A connection begins with the negotiation. libmilter would take other events as well, from nobody knows
// whom, and none of them has frames.
void turn_to(int socket, char command) {
    open_taps().with([&](Open& open) {
        if (command == IncomingFrames::negotiate) {
            open[socket] = std::make_shared<IncomingFrames>();
        }
        latest.socket = socket;
        if (const auto found = open.find(socket); found == open.end()) {
            latest.frames = nullptr;
        } else if (latest.frames != found->second) { // counting costs
            latest.frames = found->second;
        }
    });
}

bool may_pass(int socket, char command, std::string_view data) noexcept {
    try {
        turn_to(socket, command);
        return latest.frames && latest.frames->take(command, data);
    } catch (...) {
        return false;
    }
}

} // namespace

const Tap& tap_of_this_thread() {
    return latest;
}

void close_tap(const Tap& tap) {
    open_taps().with([&](Open& open) { open.erase(tap.socket); });
}

} // namespace milter::link

// In the place of libmilter's function. What it returns is the caller's to free.
extern "C" __attribute__((visibility("default"))) char* mi_rd_cmd(int socket, timeval* timeout, char* command,
                                                                  std::size_t* size, char* name) {
    using Read = char* (*)(int, timeval*, char*, std::size_t*, char*);
    static const auto read = reinterpret_cast<Read>(dlsym(RTLD_NEXT, "mi_rd_cmd"));
    char* data = read(socket, timeout, command, size, name);
    if (data == nullptr && *command < milter::link::first_command) {
        milter::link::latest = {socket, nullptr}; // the connection has ended
        return nullptr;
    }
    if (milter::link::may_pass(socket, *command, data == nullptr ? "" : std::string_view(data, *size))) {
        return data;
    }
    milter::link::latest.frames = nullptr; // what libmilter tells next is the end of the connection
    std::free(data);                       // NOLINT: libmilter's
    *command = milter::link::end_of_file;
    *size = 0;
    return nullptr;
}
