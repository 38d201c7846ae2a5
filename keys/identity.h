// The i= tag of a signature.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace keys {

// "[local-part]@domain" with the domain in A-labels. Nothing when it is no identity that a signature of
// `signing_domain` may bear (RFC 6376 3.5: the domain of i= is that of d= or below it).
[[nodiscard]] std::optional<std::string> make_identity(std::string_view text,
                                                       std::string_view signing_domain);

} // namespace keys
