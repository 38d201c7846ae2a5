// Numbers with units, as a configuration writes them. Nothing when the text is anything else or does not fit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace config {

[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view text);
[[nodiscard]] std::optional<std::uint64_t> parse_octal(std::string_view text); // "660", "0660", "0o660"

// Bytes: "1000", "256K", "16M", "1G".
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);
[[nodiscard]] std::string print_size(std::uint64_t bytes);

// "200ms", "5s", "10m", "1h", "2d", and plain "0". A bare number has no unit and is refused.
[[nodiscard]] std::optional<std::uint64_t> parse_milliseconds(std::string_view text);
[[nodiscard]] std::string print_milliseconds(std::uint64_t milliseconds);

// "2027-01-31": the first second after that day in UTC, as Unix time.
[[nodiscard]] std::optional<std::uint64_t> parse_last_day(std::string_view text);
[[nodiscard]] std::string print_last_day(std::uint64_t end);

// What other spellings mean: "16MB", "5 s", "2 weeks", "1.5h". For suggestions only.
[[nodiscard]] std::optional<std::uint64_t> guess_size(std::string_view text);
[[nodiscard]] std::optional<std::uint64_t> guess_milliseconds(std::string_view text);

} // namespace config
