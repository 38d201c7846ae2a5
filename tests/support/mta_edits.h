// What a mail server makes of a message with our edits.
#pragma once

#include "base/ascii.h"
#include "message/header_list.h"
#include "milter/session/actions.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace test {

// One field after the other, as Postfix and Sendmail do it: changes and deletions count the fields of a name
// in the message as it was received, each insertion becomes the first field.
inline message::HeaderList delivered(const message::HeaderList& received,
                                     const milter::session::Actions& actions) {
    std::vector<std::string> texts;
    for (const auto& field : received) {
        texts.push_back(field.text());
    }
    const auto find = [&](std::string_view name, std::size_t instance) {
        std::size_t index = 0;
        for (std::size_t seen = 0; index < received.size(); ++index) {
            if (base::iequals(received[index].name(), name) && ++seen == instance) {
                break;
            }
        }
        return index;
    };
    for (const auto& change : actions.changes) {
        if (const auto index = find(change.name, change.instance); index < texts.size()) {
            texts[index] = change.name + ":" + change.body;
        }
    }
    for (const auto& deletion : actions.deletions) {
        if (const auto index = find(deletion.name, deletion.instance); index < texts.size()) {
            texts[index].clear();
        }
    }
    message::HeaderList result;
    for (auto field = actions.insertions.rbegin(); field != actions.insertions.rend(); ++field) {
        result.add(message::HeaderField(field->name, field->body));
    }
    for (const auto& text : texts) {
        if (!text.empty()) {
            result.add(message::HeaderField::from_text(text));
        }
    }
    return result;
}

} // namespace test
