// What a domain's own settings make of the general ones.
#pragma once

#include "config/settings.h"

namespace config {

// The settings of `signing` as they are for mail of a domain.
[[nodiscard]] Settings::Signing signing_of(const Settings::Signing& general, const DomainSigning& own);

// Whether its signatures look otherwise than those of others.
[[nodiscard]] bool changes_signing(const DomainSigning& own);

} // namespace config
