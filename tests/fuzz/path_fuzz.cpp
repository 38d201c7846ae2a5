// MAIL FROM paths; what is read prints to text that both address parsers read the same, and what the grammar
// knows is never disputed.
#include "fuzz/property.h"
#include "message/mailbox.h"
#include "message/reverse_path.h"

namespace {

void read_loosely(std::string_view input, const base::Result<std::optional<message::Mailbox>>& strict) {
    const auto loose = message::read_reverse_path(input);
    fuzz::require(!loose.null || (loose.domain.empty() && !loose.disputed), "nobody has no domain");
    fuzz::require(loose.null || !loose.domain.empty() || !loose.problem.empty(),
                  "what is missing has a reason");
    if (strict && *strict) {
        fuzz::require(!loose.disputed && loose.problem.empty() && loose.local_part == (*strict)->local_part &&
                          loose.domain == (*strict)->domain,
                      "what the grammar knows is read by it");
    }
}

void run(std::string_view input) {
    const auto path = message::parse_path(input);
    read_loosely(input, path);
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
