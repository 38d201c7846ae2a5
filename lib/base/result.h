// Result<T>: a value, or the reason why input or environment was refused. Protocol outcomes (fail, permerror,
// no record) are not errors in this sense; they are ordinary values.
#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <string>

namespace base {

// Why an input was refused: `message` is for people, `position` is the 0-based byte offset in the input at
// which it was noticed.
struct ParseError {
    std::string message;
    std::size_t position = 0;

    bool operator==(const ParseError&) const = default;
};

template <class T, class E = ParseError>
using Result = tl::expected<T, E>;

template <class E>
[[nodiscard]] auto refuse(E error) {
    return tl::make_unexpected(std::move(error));
}

[[nodiscard]] inline auto refuse(std::string message, std::size_t position) {
    return tl::make_unexpected(ParseError{std::move(message), position});
}

} // namespace base
