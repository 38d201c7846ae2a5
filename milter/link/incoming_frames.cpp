#include "milter/link/incoming_frames.h"

#include <fmt/format.h>

#include <utility>

namespace milter::link {

namespace {

bool must_be_heard_of(char command) {
    return command == IncomingFrames::negotiate || command == IncomingFrames::connect ||
           command == IncomingFrames::quit_new_connection;
}

} // namespace

bool IncomingFrames::take(char command, std::string_view data) {
    if (unheard_ != '\0') {
        fault_ = fmt::format("'{}' came where libmilter passes over it; the connection was closed, because "
                             "nobody could tell whose mail follows",
                             unheard_);
        return false;
    }
    last_ = command;
    unheard_ = must_be_heard_of(command) ? command : '\0';
    follow(command, data);
    return true;
}

void IncomingFrames::follow(char command, std::string_view data) {
    switch (command) {
    case macro:
        return macros_.give(data);
    case abort:
        return macros_.drop_message();
    case quit_new_connection:
        return macros_.drop_all();
    default:
        return macros_.begin(command);
    }
}

bool IncomingFrames::hear_of(char command) {
    return unheard_ == command && std::exchange(unheard_, '\0') != '\0';
}

} // namespace milter::link
