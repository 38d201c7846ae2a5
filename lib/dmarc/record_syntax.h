// The outer syntax of a DMARC record: version, separators, tags (RFC 9989 4.8).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmarc {

struct RawTag {
    std::string_view name;  // as in tag_names
    std::string_view value; // never empty, 0x20 to 0x7E, no WSP at the ends
    bool repeated = false;  // given more than once: it has no value then
};

// Views into the record's text, which must outlive them.
struct RawRecord {
    std::vector<RawTag> tags;         // those of RFC 9989 4.7, each once, in the order of first appearance
    std::vector<std::string> remarks; // what was ignored and why; at most `max_remarks`

    [[nodiscard]] const RawTag* find(std::string_view name) const; // null when absent
};

// Nothing when the text does not begin with the version tag.
[[nodiscard]] std::optional<RawRecord> split_record(std::string_view text, std::size_t max_remarks);

} // namespace dmarc
