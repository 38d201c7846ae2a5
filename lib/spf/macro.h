// Macro strings (RFC 7208 7): the text of domain-specs and explanations, and its expansion.
//
//     auto spec = spf::MacroString::parse("%{ir}.%{v}._spf.%{d2}", spf::MacroString::Use::domain_spec);
//     std::string name = spf::expand_name(*spec, values);   // "3.2.0.192.in-addr._spf.example.com"
#pragma once

#include "base/ip_address.h"
#include "base/result.h"
#include "base/unix_time.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spf {

// Text that was checked once and can be expanded without failing.
class MacroString {
  public:
    enum class Use {
        domain_spec,    // visible characters; ends in a top label or a macro; no c, r, t
        modifier_value, // visible characters: the value of a modifier that nobody expands
        explanation,    // also blanks
    };

    [[nodiscard]] static base::Result<MacroString> parse(std::string_view text, Use use);

    // As it was parsed: parse(text()) gives the same value again.
    [[nodiscard]] const std::string& text() const { return text_; }
    // Whether the macro `letter` (lower case) occurs, in either case.
    [[nodiscard]] bool uses(char letter) const;
    [[nodiscard]] bool uses_local_part() const { return uses('s') || uses('l'); }

    bool operator==(const MacroString&) const = default;

  private:
    std::string text_;
    std::uint32_t letters_ = 0; // bit 0 for 'a'
};

// What the letters stand for (RFC 7208 7.2). The views must outlive the call of an expansion only.
struct MacroValues {
    std::string_view local_part;     // l
    std::string_view sender_domain;  // o; and s together with l
    std::string_view domain;         // d: whose record is being evaluated
    std::string_view helo;           // h
    std::string_view receiver;       // r; empty for "unknown"
    std::string validated_name = {}; // p
    base::IpAddress client;          // i, c, v
    base::UnixTime now = 0;          // t
};

// The name a domain-spec stands for: without a trailing dot, labels dropped from the left until 253 octets
// are left (RFC 7208 7.3). What no DNS message can carry (an empty or over-long label) is still possible.
[[nodiscard]] std::string expand_name(const MacroString& domain_spec, const MacroValues& values);

// The text of an explanation; nothing when it would be longer than `limit` octets.
[[nodiscard]] std::optional<std::string> expand_text(const MacroString& explanation,
                                                     const MacroValues& values, std::size_t limit);

} // namespace spf
