// Short words for the types of settings, in which the lists of settings are written.
#pragma once

#include "config/schema_field.h"

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace config::schema_types {

inline constexpr std::uint64_t kilobyte = 1024;
inline constexpr std::uint64_t megabyte = 1024 * kilobyte;
inline constexpr std::uint64_t second = 1000;
inline constexpr std::uint64_t minute = 60 * second;
inline constexpr std::uint64_t day = 1440 * minute;

[[nodiscard]] inline Type boolean() {
    return {.kind = Kind::boolean};
}
[[nodiscard]] inline Type integer(std::uint64_t minimum, std::uint64_t maximum) {
    return {.kind = Kind::integer, .minimum = minimum, .maximum = maximum};
}
[[nodiscard]] inline Type size(std::uint64_t minimum, std::uint64_t maximum) {
    return {.kind = Kind::size, .minimum = minimum, .maximum = maximum};
}
[[nodiscard]] inline Type mode() {
    return {.kind = Kind::mode, .minimum = 0, .maximum = 0777};
}
[[nodiscard]] inline Type duration(std::uint64_t minimum, std::uint64_t maximum) {
    return {.kind = Kind::duration, .minimum = minimum, .maximum = maximum};
}
[[nodiscard]] inline Type whole_seconds(std::uint64_t minimum, std::uint64_t maximum) {
    return {.kind = Kind::duration, .minimum = minimum, .maximum = maximum, .step = second};
}
[[nodiscard]] inline Type text(Check check) {
    return {.kind = Kind::text, .check = check};
}
[[nodiscard]] inline Type texts(Check check) {
    return {.kind = Kind::texts, .check = check};
}
[[nodiscard]] inline Type socket() {
    return {.kind = Kind::socket};
}
[[nodiscard]] inline Type servers() {
    return {.kind = Kind::servers};
}
[[nodiscard]] inline Type networks() {
    return {.kind = Kind::networks};
}
[[nodiscard]] inline Type hosts() {
    return {.kind = Kind::hosts};
}
[[nodiscard]] inline Type macros() {
    return {.kind = Kind::macros};
}
[[nodiscard]] inline Type existing_path(std::vector<std::string_view> prefixes = {}) {
    return {.kind = Kind::path, .words = std::move(prefixes), .must_exist = true};
}

template <class Field>
Setting setting(std::string_view path, Type type, Field field, std::string_view text) {
    return make_setting<Settings>(path, std::move(type), field, text);
}

// One of the words of a table in config/choices.h.
template <const auto& choices, class Field>
Setting choice(std::string_view path, Field field, std::string_view text) {
    return make_choice<choices, Settings>(path, field, text);
}

} // namespace config::schema_types
