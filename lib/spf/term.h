// One mechanism as text (RFC 7208 5). Internal to lib/spf: record.cpp cuts the record into terms.
#pragma once

#include "spf/record.h"

namespace spf {

// `argument` is what follows the name: empty, or beginning with a colon or a slash. Positions in errors count
// from the beginning of the name.
[[nodiscard]] base::Result<Mechanism> parse_mechanism(std::string_view name, std::string_view argument);

} // namespace spf
