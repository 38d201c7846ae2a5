#include "message/received.h"

#include "message/received_forms.h"

namespace message {

namespace {

bool say_the_same(const ReceivedHop& one, const ReceivedHop& other) {
    return one.client == other.client && one.helo == other.helo && one.by == other.by;
}

} // namespace

base::Result<ReceivedHop> parse_received(std::string_view body, ReceivedForm form, const Limits& limits) {
    const auto parts = split_received(body, limits);
    if (!parts) {
        return base::refuse(parts.error());
    }
    std::optional<ReceivedHop> found;
    for (const ReceivedForm one : forms_of(form)) {
        auto hop = read_form(one, *parts);
        if (hop && found && !say_the_same(*found, *hop)) {
            return base::refuse("it can be read in two ways", 0);
        }
        found = found ? found : std::move(hop);
    }
    if (!found) {
        return base::refuse("it is not in the form of the program", 0);
    }
    return std::move(*found);
}

} // namespace message
