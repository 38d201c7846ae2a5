// What each mail server puts into its Received fields.
#pragma once

#include "message/received.h"
#include "message/received_text.h"

#include <optional>
#include <span>

namespace message {

// The forms that `form` stands for: itself, those of the programs that are one host together, or all.
[[nodiscard]] std::span<const ReceivedForm> forms_of(ReceivedForm form);

// The field as that one program writes it; nothing if it does not.
[[nodiscard]] std::optional<ReceivedHop> read_form(ReceivedForm form, const ReceivedParts& parts);

} // namespace message
