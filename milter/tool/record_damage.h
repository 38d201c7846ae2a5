// What happened to a key record on its way into the DNS: web forms cut it, zone files swallow what stands
// behind a semicolon, hands copy it in pieces.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace milter::tool {

// The value of p= without the blanks that it may hold (RFC 6376 3.6.1), from text that need not be a record.
[[nodiscard]] std::string raw_key(std::string_view text);

// How `text` came from a record that publishes `whole` (p=, base64), in words that say what to do. Empty: it
// cannot be told.
[[nodiscard]] std::string record_damage(std::string_view text, std::string_view whole);

// The same of several records: one record in pieces. Empty: they are not.
[[nodiscard]] std::string pieces_of(const std::vector<std::string>& texts, std::string_view whole);

} // namespace milter::tool
