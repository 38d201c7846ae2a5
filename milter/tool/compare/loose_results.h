// Authentication-Results as the old programs write it, which is not always by the grammar of RFC 8601: values
// that would have to stand between quotation marks stand there without. For comparing what is written;
// nothing is believed for it.
#pragma once

#include "authres/parse.h"

#include <optional>
#include <string_view>

namespace milter::tool::compare {

// What is no result is passed over. Nothing: it does not even have an id.
[[nodiscard]] std::optional<authres::Field> read_loosely(std::string_view body);

} // namespace milter::tool::compare
