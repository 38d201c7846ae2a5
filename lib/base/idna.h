// Internationalized domain names (RFC 5890, 5891) through libidn2.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace base {

// The name with every U-label (UTF-8) turned into an A-label by the strict IDNA2008 lookup rules. Nothing
// when the text is not UTF-8 or a label is not allowed: nothing is mapped away but the case of ASCII letters,
// so that a name with an invisible character is refused rather than taken for another name.
[[nodiscard]] std::optional<std::string> idna_to_ascii(std::string_view name);

// The same by the rules of UTS 46, which many programs follow: full-width letters and dots, invisible
// characters and the like are mapped to what they resemble. Only for finding out what a name could be
// mistaken for, never for a lookup.
[[nodiscard]] std::optional<std::string> idna_mapped_to_ascii(std::string_view name);

// Whether a label that begins with "xn--" is the A-label of a U-label (RFC 5890 2.3.2.1).
[[nodiscard]] bool is_a_label(std::string_view label);

} // namespace base
