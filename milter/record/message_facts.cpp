#include "milter/record/message_facts.h"

#include "base/ascii.h"

namespace milter::record {

const char* print(Mode mode) {
    switch (mode) {
    case Mode::verify:
        return "verify";
    case Mode::sign:
        return "sign";
    case Mode::keep:
        return "keep";
    }
    return "?";
}

std::string_view print(Unsigned reason) {
    switch (reason) {
    case Unsigned::off:
        return "off";
    case Unsigned::author:
        return "author";
    case Unsigned::no_key:
        return "no_key";
    case Unsigned::not_allowed:
        return "not_allowed";
    case Unsigned::key:
        return "key";
    case Unsigned::own_result:
        return "own_result";
    case Unsigned::header:
        return "header";
    case Unsigned::submitter:
        return "submitter";
    case Unsigned::fragile:
        return "fragile";
    case Unsigned::recipient:
        return "recipient";
    }
    return "?";
}

std::vector<std::string> from_in_words(const message::Author& author, const message::HeaderList& headers) {
    std::vector<std::string> words;
    for (const auto& mailbox : author.mailboxes) {
        // Of some only the domain can be told.
        words.push_back(mailbox.local_part.empty() ? "@" + mailbox.domain : message::print(mailbox));
    }
    if (words.empty()) {
        for (const auto index : headers.indexes_of("From")) {
            words.emplace_back(base::trim_fws(headers[index].body()));
        }
    }
    return words;
}

} // namespace milter::record
