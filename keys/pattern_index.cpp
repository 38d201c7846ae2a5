#include "keys/pattern_index.h"

#include <algorithm>
#include <utility>

namespace keys {

namespace {

bool starts_a_tail(char c) {
    return c == '.' || c == '@';
}

} // namespace

// Behind those of the same text: rings need no list, and no memory, of their own for each text.
void PatternIndex::add_to(TextIndex& index, std::string_view text, Entry entry) {
    const auto number = static_cast<Number>(entries_.size());
    const auto [last, is_new] = index.add(lower_.lower(text), number);
    entry.next = is_new ? number : std::exchange(entries_[last].next, number);
    last = number;
    entries_.push_back(entry);
}

void PatternIndex::add(std::string_view text, Row row) {
    const Entry entry{Pattern(text), static_cast<Number>(row), 0};
    const std::string_view tail = entry.pattern.tail();
    if (!entry.pattern.has_wildcard()) {
        add_to(exact_, text, entry);
    } else if (!tail.empty() && starts_a_tail(tail.front())) {
        longest_tail_ = std::max(longest_tail_, tail.size());
        add_to(tails_, tail, entry);
    } else {
        others_.push_back(static_cast<Number>(entries_.size()));
        entries_.push_back(entry);
    }
}

void PatternIndex::add_ring(const Number* last, std::string_view subject, std::vector<Row>& rows) const {
    if (last == nullptr) {
        return;
    }
    Number number = *last;
    do {
        number = entries_[number].next;
        if (entries_[number].pattern.matches(subject)) {
            rows.push_back(entries_[number].row);
        }
    } while (number != *last);
}

void PatternIndex::add_exact(std::string_view subject, std::vector<Row>& rows) const {
    add_ring(exact_.find(subject), subject, rows);
}

void PatternIndex::add_tail(std::string_view subject, std::size_t start, std::vector<Row>& rows) const {
    add_ring(tails_.find(subject.substr(start)), subject, rows);
}

void PatternIndex::add_others(std::string_view subject, std::vector<Row>& rows) const {
    for (const Number number : others_) {
        if (entries_[number].pattern.matches(subject)) {
            rows.push_back(entries_[number].row);
        }
    }
}

// No further from the end than the longest tail reaches, or many dots in a hostile local part would each cost
// a hash.
std::vector<std::size_t> PatternIndex::tail_starts(std::string_view subject) const {
    std::vector<std::size_t> starts;
    for (std::size_t at = subject.size() - std::min(subject.size(), longest_tail_); at < subject.size();
         ++at) {
        if (starts_a_tail(subject[at])) {
            starts.push_back(at);
        }
    }
    return starts;
}

std::vector<PatternIndex::Row> PatternIndex::matches(std::string_view subject) const {
    std::vector<Row> rows;
    add_exact(subject, rows);
    for (const std::size_t start : tail_starts(subject)) {
        add_tail(subject, start, rows);
    }
    add_others(subject, rows);
    std::sort(rows.begin(), rows.end());
    return rows;
}

} // namespace keys
