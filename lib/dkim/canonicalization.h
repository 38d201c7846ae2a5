// The two ways to canonicalize a header or a body (RFC 6376 3.4), by name.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dkim {

enum class Canonicalization : std::uint8_t { simple, relaxed };

[[nodiscard]] std::string_view print(Canonicalization canonicalization); // "simple", "relaxed"
[[nodiscard]] std::optional<Canonicalization> parse_canonicalization(std::string_view name); // any case

} // namespace dkim
