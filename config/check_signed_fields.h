// What lists of signed fields leave open, and what in them cannot be meant.
#pragma once

#include "config/load_report.h"
#include "config/settings.h"
#include "dkim/field_lists.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace config {

enum class FieldWarning : std::uint8_t { omitted_from, changes_on_the_way, addable, changeable };

// The lists of one place, be it `signing` or a domain.
struct GivenLists {
    const Settings::Signing& signing; // those that are not given here are as elsewhere
    const std::string prefix;         // "signing."
    dkim::Gaps known = {};            // that others tell of
    std::function<bool(std::string_view name)> is_given;
    // Where the list stands, or one of its entries.
    std::function<Place(std::string_view name, std::optional<std::size_t> entry)> place;
    std::function<void(FieldWarning kind, const Place& place, std::string message, std::string hint)> warn;
};

// `settings`: of them, the roles.
void check_field_lists(const Settings& settings, const GivenLists& lists, Report& report);

// Those of `signing`.
void check_signed_fields(const Settings& settings, const TreeNode* root, const File& file, Report& report);

} // namespace config
