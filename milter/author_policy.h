// What the settings want done with mail whose author cannot be told.
#pragma once

#include "config/settings.h"
#include "message/from.h"
#include "milter/actions.h"

#include <cstdint>
#include <string_view>

namespace milter {

enum class AuthorAction : std::uint8_t {
    accept,
    mark, // with the field that sends a message into quarantine
    reject,
};

[[nodiscard]] std::string_view print(AuthorAction action);

// Accept for message::Author::State::one. `author` are the settings of the same name.
[[nodiscard]] AuthorAction action_for(message::Author::State state, const config::Settings::Author& author);

// What speaks most against a message.
struct Doubt {
    AuthorAction action = AuthorAction::accept;
    std::string_view word;    // for the marking field and the log; empty: nothing does
    std::string_view refusal; // for the reply
};

[[nodiscard]] Doubt worst_doubt(message::Author::State state, bool stray_line_breaks,
                                const config::Settings::Author& author);

// The state as one word, for the marking field: "no-from", "several-from". Empty for State::one.
[[nodiscard]] std::string_view mark_word(message::Author::State state);

// A refusal that says what is wrong with the From field: for good, or for now.
[[nodiscard]] Actions refuse_author(message::Author::State state);
[[nodiscard]] Actions defer_author(message::Author::State state);

// What is done with mail of our own in such a state, by the word of author.own_mail.
[[nodiscard]] Actions treat_own_author(message::Author::State state, std::string_view own_mail);

} // namespace milter
