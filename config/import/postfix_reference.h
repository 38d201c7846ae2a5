// A reference to a parameter in a value of main.cf or master.cf: "$name", "${name}", "$(name)", and what
// depends on whether it is set: "${name?text}", "${name:text}", "${name?{text}:{other}}".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace config::import {

struct PostfixReference {
    std::string name;
    std::size_t end = 0; // behind it
    bool is_plain = true;
    std::string if_set{}, if_empty{}; // where it is not plain

    // `value`: that of the parameter; null: main.cf has none. Nothing: it stays as it is written.
    [[nodiscard]] std::optional<std::string> replacement(const std::string* value) const;
};

// The one that starts at `at`. Comparisons, "${{a}=={b}?...}", are not read.
[[nodiscard]] std::optional<PostfixReference> read_reference(std::string_view text, std::size_t at);

} // namespace config::import
