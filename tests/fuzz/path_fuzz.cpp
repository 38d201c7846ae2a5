// MAIL FROM paths; what is read prints to text that both address parsers read the same.
#include "fuzz/property.h"
#include "message/mailbox.h"

namespace {

void run(std::string_view input) {
    const auto path = message::parse_path(input);
    if (!path || !*path) {
        return;
    }
    fuzz::require(input.size() <= message::Limits{}.path_bytes, "a path is bounded");
    const auto text = message::print(**path);
    const auto again = message::parse_path('<' + text + '>');
    fuzz::require(again && *again == *path, "a path survives its own text");
    const auto bare = message::parse_path(text);
    fuzz::require(bare && *bare == *path, "angle brackets say nothing");
}

const fuzz::Target target("path", run);

} // namespace
