// Reading an Authentication-Results field (RFC 8601 2.2): for tools that show one and for tests of what
// format() writes. The daemon trusts such a field only when it speaks against an author
// (authres/own_result.h); for what else it does with them see authres/forged_fields.h.
#pragma once

#include "authres/result.h"
#include "base/result.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authres {

struct ParseLimits {
    std::size_t field_bytes = std::size_t{64} * 1024;
    std::size_t results = 200;
    std::size_t properties = 100; // of one result
    std::size_t comments = 100;   // of one result
};

struct Field {
    std::string authserv_id;           // decoded
    std::optional<unsigned> version;   // absent means 1
    std::vector<MethodResult> results; // empty for "none"
};

// `body` is everything after the colon. Strict: what the grammar does not allow is refused. Results whose
// method bears a version other than 1 are left out (RFC 8601 2.6); a field with another version than 1 is
// read only up to the version.
[[nodiscard]] base::Result<Field> parse(std::string_view body, const ParseLimits& limits = {});

} // namespace authres
