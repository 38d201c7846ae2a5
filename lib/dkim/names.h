// The names inside a DKIM-Signature field: domains, selectors, field names and the identity.
#pragma once

#include "base/domain_name.h"

#include <optional>
#include <string_view>

namespace dkim {

// RFC 6376 3.5: d= needs two labels at least, s= one; neither ends in a dot. RFC 8616 section 4 admits
// U-labels, which become A-labels here.
[[nodiscard]] std::optional<base::DomainName> read_domain_name(std::string_view text);
[[nodiscard]] std::optional<base::DomainName> read_selector_name(std::string_view text);

// RFC 5322 3.6.8, without the semicolon, which a tag value cannot hold.
[[nodiscard]] bool is_field_name(std::string_view name);

// The domain of an identity, [Local-part] "@" domain-name (RFC 6376 3.5, i=), already decoded; nothing when
// it is none.
[[nodiscard]] std::optional<base::DomainName> identity_domain(std::string_view identity);

} // namespace dkim
