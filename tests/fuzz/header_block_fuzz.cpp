// Messages: header block, author and forged results.
#include "authres/forged_fields.h"
#include "fuzz/property.h"
#include "message/from.h"
#include "message/parse_message.h"

#include <algorithm>

namespace {

std::string print(const message::Message& message) {
    std::string text;
    for (const auto& field : message.headers) {
        text += field.text() + "\r\n";
    }
    return text + "\r\n" + message.body;
}

// The header as a milter hands it over field by field; lines without a colon never get that far.
message::HeaderList handed_over(const message::HeaderList& headers) {
    message::HeaderList list;
    for (const auto& field : headers) {
        const std::string_view text = field.text();
        const auto colon = text.find(':');
        if (colon != std::string_view::npos) {
            list.add(message::HeaderField(text.substr(0, colon), text.substr(colon + 1)));
        }
    }
    return list;
}

void check_author(const message::HeaderList& headers) {
    using State = message::Author::State;
    const auto author = message::find_author(headers);
    fuzz::require(author.state != State::one || author.domains.size() == 1, "one author has one domain");
    fuzz::require(author.state != State::one || headers.count("From") == 1, "one author stands in one field");
    fuzz::require(author.state == State::one || !author.problem.empty(), "a doubtful author has a reason");
    const auto lookalikes = std::count_if(headers.begin(), headers.end(), message::resembles_from);
    fuzz::require(lookalikes < 2 || author.state == State::several_fields,
                  "a second From is never passed over");
    const auto again = message::find_author(handed_over(headers));
    fuzz::require(again.domains == author.domains, "the milter's view names the same author");
}

void check_forged(const message::HeaderList& headers) {
    const auto forged = authres::forged_instances(headers, {"mx.example.org"});
    const auto count = headers.count("Authentication-Results");
    fuzz::require(std::is_sorted(forged.rbegin(), forged.rend()) &&
                      std::adjacent_find(forged.begin(), forged.end()) == forged.end(),
                  "instances are removed from the highest down");
    fuzz::require(forged.empty() || (forged.front() <= count && forged.back() >= 1),
                  "only existing fields are removed");
}

void run(std::string_view input) {
    const auto message = message::parse_message(input);
    if (!message) {
        return;
    }
    const message::Limits limits;
    fuzz::require(message->headers.size() <= limits.header_fields &&
                      message->headers.byte_count() <= limits.header_bytes,
                  "a header is bounded");
    const auto text = print(*message);
    if (!text.starts_with("From ")) { // which an mbox file would have in front
        const auto again = message::parse_message(text);
        fuzz::require(again && print(*again) == text, "a message survives its own text");
    }
    check_author(message->headers);
    check_forged(message->headers);
}

const fuzz::Target target("header_block", run);

} // namespace
