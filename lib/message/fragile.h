// What mail servers change on the way although nobody asked them to, which breaks a signature. Standards
// allow none of it in mail (RFC 5322 2.1.1, 2.3; RFC 5321 2.3.8), or only between servers that agree on it
// (RFC 6152, RFC 6531).
#pragma once

#include "message/body_scan.h"
#include "message/header_list.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace message {

enum class Fragility : std::uint8_t {
    long_body_line,
    long_header_line,
    eight_bit_body,
    eight_bit_header,
    stray_line_break, // in the body; see message/line_breaks.h for the header
    nul,
    incomplete_address,
    address_layout, // behind Sendmail
    missing_field,  // a signature says that there is none; the last one, see fragility_count
};

inline constexpr std::size_t fragility_count = static_cast<std::size_t>(Fragility::missing_field) + 1;

// A word for logs and counters: "long-body-line".
[[nodiscard]] std::string_view print(Fragility kind);
// "a line of the body is longer than 998 octets"
[[nodiscard]] std::string_view in_words(Fragility kind);
// What to do about it.
[[nodiscard]] std::string_view remedy(Fragility kind);
// All of them in one line, each remedy once.
[[nodiscard]] std::string in_words(const std::vector<Fragility>& kinds);

// The names of what a signature covers.
struct CoveredFields {
    const std::vector<std::string>& where_present;
    const std::vector<std::string>& also_absent; // and of these it says that there is no further one
};

// What a message has of it; each kind once, in the order of the kinds.
[[nodiscard]] std::vector<Fragility> find_fragile(const HeaderList& headers, const BodyTraits& body,
                                                  const CoveredFields& covered, bool by_sendmail);

} // namespace message
