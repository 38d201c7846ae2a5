// What can be done with a message, from the mildest action to the hardest.
#pragma once

#include <cstdint>
#include <string_view>

namespace authenticate {

enum class Action : std::uint8_t {
    accept,
    mark,       // delivered, with a header field for the filter behind us
    quarantine, // held by the mail server
    tempfail,   // refused for now, with 4xx
    reject,     // refused for good, with 5xx
    discard,    // taken and thrown away
};

// The word of the settings: "accept", "mark", ...
[[nodiscard]] std::string_view print(Action action);

// Whether the sender has no second try.
[[nodiscard]] bool refuses_for_good(Action action);

} // namespace authenticate
