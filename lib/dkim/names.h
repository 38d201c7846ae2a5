// The names inside a DKIM-Signature field: domains, selectors and the identity.
#pragma once

#include "base/domain_name.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dkim {

// RFC 6376 3.5: d= needs two labels at least, s= one; neither ends in a dot. RFC 8616 5 admits
// U-labels, which become A-labels here.
[[nodiscard]] std::optional<base::DomainName> read_domain_name(std::string_view text);
[[nodiscard]] std::optional<base::DomainName> read_selector_name(std::string_view text);

// The domain of an identity, [Local-part] "@" domain-name (RFC 6376 3.5, i=), already decoded; nothing when
// it is none.
[[nodiscard]] std::optional<base::DomainName> identity_domain(std::string_view identity);

// The identity with its domain in A-labels. Nothing when it is none that a signature of `signing_domain` may
// bear (RFC 6376 3.5: the domain of i= is that of d= or below it).
[[nodiscard]] std::optional<std::string> read_identity(std::string_view text,
                                                       std::string_view signing_domain);

// Why no signature can have these names, in A-labels; empty: one can. The identity may be left out. Asked
// when keys are loaded, so that nothing is accepted that signing would refuse later.
[[nodiscard]] std::string_view signer_refusal(std::string_view domain, std::string_view selector,
                                              std::string_view identity);

// Where "._domainkey" begins in what should be a selector and is the name of a key record; npos: it is none.
[[nodiscard]] std::size_t key_record_label(std::string_view selector);

// What has the form of a domain name and yet cannot be used as one: "is an address, not a domain". Empty:
// there is nothing unusual about it.
[[nodiscard]] std::string_view domain_doubt(std::string_view domain);

} // namespace dkim
