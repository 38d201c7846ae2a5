// "Did you mean ...?"
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace config {

// The least number of characters to insert, delete, replace or swap with their neighbour that turn one text
// into the other.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// The word that was probably meant: the same but for case, hyphens and underscores, or the nearest that
// differs in no more than a third of its characters.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view text,
                                                      const std::vector<std::string_view>& words);

// Equal but for case, hyphens and underscores: "KeyTable" and "key_table".
[[nodiscard]] bool same_name(std::string_view a, std::string_view b);

} // namespace config
