// Header block, author and forged results of arbitrary messages.
#include "authres/strip.h"
#include "fuzz/property.h"
#include "message/from.h"
#include "message/parse_message.h"

void fuzz::run(std::string_view input) {
    const auto message = message::parse_message(input);
    if (!message) {
        return;
    }
    const auto author = message::find_author(message->headers);
    require(author.state != message::Author::State::one || author.domains.size() == 1,
            "one author has one domain");
    const auto forged = authres::forged_instances(message->headers, {"mx.example.org"});
    require(forged.size() <= message->headers.count("Authentication-Results"),
            "only existing fields are removed");
}
