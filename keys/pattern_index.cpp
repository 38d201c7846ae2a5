#include "keys/pattern_index.h"

#include <algorithm>

namespace keys {

namespace {

bool starts_a_tail(char c) {
    return c == '.' || c == '@';
}

} // namespace

void PatternIndex::add(std::string_view text, Row row) {
    Pattern pattern(text);
    const std::string_view tail = pattern.tail();
    if (!pattern.has_wildcard()) {
        exact_[pattern.text()].push_back(row);
    } else if (!tail.empty() && starts_a_tail(tail.front())) {
        longest_tail_ = std::max(longest_tail_, tail.size());
        std::string key(tail);
        tails_[std::move(key)].push_back({std::move(pattern), row});
    } else {
        others_.push_back({std::move(pattern), row});
    }
}

void PatternIndex::add_exact(std::string_view subject, std::vector<Row>& rows) const {
    if (const auto found = exact_.find(subject); found != exact_.end()) {
        rows.insert(rows.end(), found->second.begin(), found->second.end());
    }
}

void PatternIndex::add_tail(std::string_view subject, std::size_t start, std::vector<Row>& rows) const {
    const auto found = tails_.find(subject.substr(start));
    if (found == tails_.end()) {
        return;
    }
    for (const Entry& entry : found->second) {
        if (entry.pattern.matches(subject)) {
            rows.push_back(entry.row);
        }
    }
}

void PatternIndex::add_others(std::string_view subject, std::vector<Row>& rows) const {
    for (const Entry& entry : others_) {
        if (entry.pattern.matches(subject)) {
            rows.push_back(entry.row);
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
