// From bodies; what is read prints to text that reads the same.
#include "fuzz/property.h"
#include "message/address_text.h"
#include "message/mailbox.h"

#include <vector>

namespace {

void run(std::string_view input) {
    const auto list = message::parse_address_list(input);
    if (!list) {
        fuzz::require(list.error().position <= input.size(), "a refusal points into the text");
        return;
    }
    // Where every address has a domain none is missed. In a domain literal a comma is none.
    fuzz::require(input.find('[') != std::string_view::npos ||
                      !message::read_address_text(input).is_incomplete,
                  "addresses are told apart as the grammar does");
    fuzz::require(list->mailboxes.size() <= message::Limits{}.mailboxes, "addresses are bounded");
    for (const auto& mailbox : list->mailboxes) {
        const auto again = message::parse_address_list(message::print(mailbox));
        fuzz::require(again && again->mailboxes == std::vector{mailbox}, "a mailbox survives its own text");
    }
}

const fuzz::Target target("mailbox", run);

} // namespace
