#include "message/field_name.h"

#include "base/ascii.h"

#include <algorithm>

namespace message {

bool is_field_name(std::string_view name) {
    return !name.empty() &&
           std::all_of(name.begin(), name.end(), [](char c) { return base::is_visible(c) && c != ':'; });
}

bool is_own_field_name(std::string_view name) {
    constexpr std::string_view misplaced = ";,*?\"'()<>[]{}@\\|=";
    return is_field_name(name) && name.size() <= longest_own_field_name &&
           name.find_first_of(misplaced) == std::string_view::npos;
}

} // namespace message
