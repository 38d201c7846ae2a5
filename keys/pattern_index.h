// Many patterns, asked at once. Patterns without a wildcard are found by their text. Those with one are found
// by what follows the last `*` when that starts at a dot or an at sign (`*@example.com`, `*@*.example.com`,
// `info*@example.com`): a subject has few places where such a tail can start, and each is one look into a
// hash map. Only the rest is tried one by one.
#pragma once

#include "keys/pattern.h"
#include "keys/text_index.h"
#include "keys/text_pool.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace keys {

class PatternIndex {
  public:
    using Row = std::size_t;

    // `pattern` must outlive the index. Rows come in ascending order.
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
    using Number = TextIndex::Number; // enough for the rows of the longest file: max_table_file

    struct Entry {
        Pattern pattern;
        Number row;
        Number next; // with the same text or tail; the last one's is the first one
    };

    void add_to(TextIndex& index, std::string_view text, Entry entry);
    void add_ring(const TextIndex::Number* last, std::string_view subject, std::vector<Row>& rows) const;

    std::vector<Entry> entries_;
    TextIndex exact_; // to the last entry of that text
    TextIndex tails_; // to the last entry of that tail
    std::vector<Number> others_;
    TextPool lower_; // of patterns with capital letters
    std::size_t longest_tail_ = 0;
};

} // namespace keys
