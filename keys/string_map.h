// A hash map from text that can be asked with a view, so that a lookup allocates nothing.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace keys {

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
        return std::hash<std::string_view>()(text);
    }
};

template <class Value>
using StringMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

} // namespace keys
