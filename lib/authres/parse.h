// Reading an Authentication-Results field (RFC 8601 2.2): for tools that show one and for tests of
// what format() writes. Nothing in the daemon believes such a field but what speaks against an author
// (authres/own_result.h); authres/forged_fields.h tells what else it does with them.
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

// `body` is all that stands after the colon. Strict: refused is what the grammar does not allow. Results
// whose method bears a version other than 1 are left out (RFC 8601 2.6); a field with another version than 1
// is read no further than to it.
[[nodiscard]] base::Result<Field> parse(std::string_view body, const ParseLimits& limits = {});

} // namespace authres
