// Which macros of a mail server tell whose mail a message is. Many hold what the client says of itself, or
// are there in every session.
#pragma once

#include "base/macro_condition.h"
#include "base/result.h"
#include "config/value.h"

#include <string_view>

namespace config {

// Refused: a condition that any stranger can meet.
[[nodiscard]] base::Result<base::MacroCondition, Refusal> read_macro_condition(std::string_view text);

// Of a client's certificate: as good as whoever issued it.
[[nodiscard]] bool is_of_certificate(const base::MacroCondition& condition);

} // namespace config
