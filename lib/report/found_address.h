// Addresses in text that anybody wrote: in a Subject, not in a field that has a grammar.
//
// Every octet in front of an @ that some reader could take for its local-part belongs to it: blanks,
// comments, words around dots and quoted strings (RFC 5322 3.4.1 and 4.4). Where that is in doubt, all text
// before it does. An @ may be escaped, as URIs and mail do.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace report {

struct FoundAddress {
    std::size_t begin = 0;    // of the local-part
    std::size_t at = 0;       // where the @ is ...
    std::size_t behind = 0;   // ... and where it ends
    std::string local_part{}; // unquoted, without comments; empty where there is none
    std::string domain{};     // as far as one can be read
};

// The last one whose @ is in front of `end`. From the end, since an @ may stand in a comment or quotes of the
// local-part of another.
[[nodiscard]] std::optional<FoundAddress> find_address(std::string_view text, std::size_t end);

} // namespace report
