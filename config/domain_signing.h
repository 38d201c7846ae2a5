// What a domain's own settings make of the general ones.
#pragma once

#include "config/settings.h"
#include "dkim/field_lists.h"

#include <string_view>

namespace config {

// The settings of `signing` as they are for mail of a domain.
[[nodiscard]] Settings::Signing signing_of(const Settings::Signing& general, const DomainSigning& own);

// The lists that say which fields are signed.
[[nodiscard]] dkim::FieldLists field_lists(const Settings::Signing& signing);

// Whether the setting of that name is one of these lists.
[[nodiscard]] bool is_field_list(std::string_view name);

// Whether a setting is among those that it has of its own.
[[nodiscard]] bool is_given(const DomainSigning& own, std::string_view name);

// Whether its signatures look otherwise than those of others.
[[nodiscard]] bool changes_signing(const DomainSigning& own);

} // namespace config
