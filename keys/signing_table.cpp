#include "keys/signing_table.h"

#include "base/ascii.h"
#include "base/idna.h"
#include "keys/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace keys {

namespace {

// `*`, and `user@*`: what a `file:` table looks up literally.
bool is_form_with_star(std::string_view pattern) {
    return pattern == "*" || (pattern.ends_with("@*") && pattern.find('*') == pattern.size() - 1);
}

// The domain of a pattern with U-labels turned into the A-labels that authors' domains come in; labels with a
// wildcard stay.
std::optional<std::string> with_a_labels(std::string_view pattern) {
    const auto at = pattern.rfind('@');
    const std::size_t start = at == std::string_view::npos ? 0 : at + 1;
    if (base::all_ascii(pattern.substr(start))) {
        return std::string(pattern);
    }
    std::string result(pattern.substr(0, start));
    for (const std::string_view label : base::split(pattern.substr(start), '.')) {
        const auto ascii =
            base::all_ascii(label) ? std::optional(std::string(label)) : base::idna_to_ascii(label);
        if (!ascii) {
            return std::nullopt;
        }
        result += *ascii + '.';
    }
    result.pop_back();
    return result;
}

} // namespace

SigningRow SigningTable::make_row(const TableRow& source, std::string_view pattern) {
    const SigningRow before = rows_.empty() ? SigningRow() : rows_.back();
    const std::string_view value = source.value;
    const auto colon = value.find(':');
    return {source.line, texts_.keep(pattern), texts_.keep(value.substr(0, colon), before.key_name),
            texts_.keep(colon == std::string_view::npos ? "" : value.substr(colon + 1), before.signer)};
}

SigningTable SigningTable::parse(const std::vector<TableRow>& rows, TableKind kind, const std::string& file,
                                 std::vector<Problem>& problems) {
    SigningTable table;
    table.kind_ = kind;
    table.rows_.reserve(rows.size());
    for (const TableRow& source : rows) {
        const auto pattern = with_a_labels(source.name);
        if (pattern) {
            table.add(table.make_row(source, *pattern), file, problems);
        } else {
            problems.push_back(
                {file, source.line,
                 fmt::format("'{}' holds what is not a domain name", base::printable(source.name, 80))});
        }
    }
    return table;
}

void SigningTable::add(const SigningRow& row, const std::string& file, std::vector<Problem>& problems) {
    const bool wildcard = row.pattern.find('*') != std::string_view::npos;
    if (kind_ == TableKind::patterns || (wildcard && !is_form_with_star(row.pattern))) {
        if (!wildcard && row.pattern.find('@') == std::string_view::npos) {
            problems.push_back(
                {file, row.line,
                 fmt::format("'{}' matches no address; write '*@{}'", row.pattern, row.pattern), true});
        }
        by_pattern_.add(row.pattern, rows_.size());
    } else if (const auto [known, is_new] =
                   by_form_.add(texts_.lower(row.pattern), static_cast<TextIndex::Number>(rows_.size()));
               !is_new) {
        problems.push_back(
            {file, row.line,
             fmt::format("'{}' has a row in line {} already and this one is not used; with refile: both "
                         "would sign",
                         row.pattern, rows_[known].line),
             true});
        return;
    }
    rows_.push_back(row);
}

void SigningTable::add_form(std::string_view form, Rows& rows) const {
    if (const auto* row = by_form_.find(form)) {
        rows.push_back(*row);
    }
}

SigningTable::Rows SigningTable::match_forms(std::string_view address, std::size_t at) const {
    const std::string_view host = address.substr(at + 1);
    const auto starts = by_pattern_.tail_starts(address);
    auto start = starts.begin();
    std::string with_user(address.substr(0, at + 1)); // and one host after the other
    const auto add_with_user = [&](std::string_view text, Rows& rows) {
        with_user.replace(at + 1, std::string::npos, text);
        add_form(with_user, rows);
    };
    Rows rows;
    add_form(address, rows);
    add_form(host, rows);
    for (; start != starts.end() && *start <= at; ++start) {
        by_pattern_.add_tail(address, *start, rows);
    }
    for (auto dot = host.find('.'); dot != std::string_view::npos; dot = host.find('.', dot + 1)) {
        const std::string_view parent = host.substr(dot);
        add_with_user(parent, rows);
        add_form(parent, rows);
        if (std::binary_search(start, starts.end(), at + 1 + dot)) {
            by_pattern_.add_tail(address, at + 1 + dot, rows);
        }
    }
    add_with_user("*", rows);
    add_form("*", rows);
    by_pattern_.add_others(address, rows);
    return rows;
}

std::vector<const SigningRow*> SigningTable::match(std::string_view local_part,
                                                   const base::DomainName& domain) const {
    if (local_part.size() > max_local_part) {
        return {};
    }
    const std::string address = base::to_lower(local_part) + '@' + domain.text();
    const Rows rows =
        kind_ == TableKind::patterns ? by_pattern_.matches(address) : match_forms(address, local_part.size());
    std::vector<const SigningRow*> result;
    result.reserve(rows.size());
    std::transform(rows.begin(), rows.end(), std::back_inserter(result),
                   [&](std::size_t row) { return &rows_[row]; });
    return result;
}

} // namespace keys
