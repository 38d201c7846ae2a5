// From bodies; what is read prints to text that reads the same.
#include "fuzz/property.h"
#include "message/mailbox.h"

namespace {

void run(std::string_view input) {
    const auto mailboxes = message::parse_mailboxes(input);
    if (!mailboxes) {
        fuzz::require(mailboxes.error().position <= input.size(), "a refusal points into the text");
        return;
    }
    fuzz::require(mailboxes->size() <= message::Limits{}.mailboxes, "addresses are bounded");
    for (const auto& mailbox : *mailboxes) {
        const auto again = message::parse_mailboxes(message::print(mailbox));
        fuzz::require(again && again->size() == 1 && again->front() == mailbox,
                      "a mailbox survives its own text");
    }
}

const fuzz::Target target("mailbox", run);

} // namespace
