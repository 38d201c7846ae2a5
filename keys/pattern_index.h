// Many patterns, asked at once. Patterns without a wildcard are found by their text. Those with one are found
// by what follows the last `*` when that starts at a dot or an at sign (`*@example.com`, `*@*.example.com`,
// `info*@example.com`): a subject has few places where such a tail can start, and each is one look into a
// hash map. Only the rest is tried one by one.
#pragma once

#include "keys/pattern.h"
#include "keys/string_map.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace keys {

class PatternIndex {
  public:
    using Row = std::size_t;

    void add(std::string_view pattern, Row row);

    // Of all patterns that match, in ascending order. `subject` must be in lower case already.
    [[nodiscard]] std::vector<Row> matches(std::string_view subject) const;

    // The parts of it, each appending to `rows`: equal patterns; patterns whose tail starts at that place of
    // the subject; patterns whose tail starts at neither a dot nor an at sign.
    void add_exact(std::string_view subject, std::vector<Row>& rows) const;
    void add_tail(std::string_view subject, std::size_t start, std::vector<Row>& rows) const;
    void add_others(std::string_view subject, std::vector<Row>& rows) const;

    // The places of the subject where an indexed tail may start, from left to right.
    [[nodiscard]] std::vector<std::size_t> tail_starts(std::string_view subject) const;

  private:
    struct Entry {
        Pattern pattern;
        Row row;
    };

    StringMap<std::vector<Row>> exact_;
    StringMap<std::vector<Entry>> tails_;
    std::vector<Entry> others_;
    std::size_t longest_tail_ = 0;
};

} // namespace keys
