// How much is told apart, the more rows a policy domain has: a flood of names, signers or clients ends in a
// bounded number of rows, in which every message is counted.
#pragma once

#include "milter/reports/pending.h"
#include "report/aggregate.h"

#include <cstddef>
#include <string>
#include <unordered_set>

namespace milter::reports {

using RowKeys = std::unordered_set<report::Key, KeyHash>;

struct ReducedRow {
    report::Key key{};
    std::string content;
    bool is_reduced = false;
};

// The row as it is when it is one of `known`, or when there is room for it. `rows`: how many the domain has
// on that day, of `most`. What cannot be read stays as it is.
[[nodiscard]] ReducedRow fit(const report::Key& key, const std::string& content, const std::string& domain,
                             std::size_t rows, std::size_t most, const RowKeys& known);

// The row with the least that a row can tell.
[[nodiscard]] ReducedRow nobody_of(const report::Key& key, const std::string& content,
                                   const std::string& domain);

// Below that many rows everything is told.
[[nodiscard]] constexpr std::size_t full_detail(std::size_t most) {
    return most / 2;
}

} // namespace milter::reports
