// From bodies and envelope paths; what is read prints to text that reads the same.
#include "fuzz/property.h"
#include "message/mailbox.h"

void fuzz::run(std::string_view input) {
    (void)message::parse_path(input);
    const auto mailboxes = message::parse_mailboxes(input);
    if (!mailboxes) {
        return;
    }
    for (const auto& mailbox : *mailboxes) {
        const auto again = message::parse_mailboxes(message::print(mailbox));
        require(again && again->size() == 1 && again->front() == mailbox, "a mailbox survives its own text");
    }
}
