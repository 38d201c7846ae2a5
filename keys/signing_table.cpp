#include "keys/signing_table.h"

#include "base/ascii.h"
#include "base/idna.h"
#include "base/secret_text.h"
#include "dkim/names.h"
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

// OpenDKIM's tables of the kind refile: are often taken for tables of regular expressions: /.../, /.../i,
// ^...$
bool is_regular_expression(std::string_view pattern) {
    const auto slash = pattern.rfind('/');
    const bool slashes =
        pattern.starts_with('/') && slash > 0 &&
        std::all_of(pattern.begin() + static_cast<std::ptrdiff_t>(slash) + 1, pattern.end(), base::is_alpha);
    return slashes || pattern.starts_with('^') || pattern.ends_with('$');
}

// Why no author has an address of that domain; empty: one may have.
std::string_view host_doubt(std::string_view pattern) {
    const auto at = pattern.rfind('@');
    std::string_view host = at == std::string_view::npos ? pattern : pattern.substr(at + 1);
    if (host.starts_with('[')) {
        return "is an address, not a domain";
    }
    host.remove_prefix(host.starts_with('.') ? 1 : 0);
    return dkim::domain_doubt(host);
}

// What is wrong with a pattern; empty: nothing.
std::string pattern_problem(std::string_view pattern, bool has_a_labels) {
    if (is_regular_expression(pattern)) {
        return fmt::format(
            "{} is a regular expression, which this table does not support; write a pattern such "
            "as '*@example.org', in which '*' stands for any text",
            base::quoted(pattern));
    }
    return has_a_labels
               ? std::string()
               : fmt::format("{} contains something that is not a domain name", base::quoted(pattern));
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
        if (std::string problem = pattern_problem(source.name, pattern.has_value()); !problem.empty()) {
            problems.push_back({file, source.line, std::move(problem)});
        } else {
            table.add(table.make_row(source, *pattern), file, problems);
        }
        if (const auto doubt = host_doubt(source.name); !doubt.empty()) {
            problems.push_back({file, source.line, fmt::format("{} {}", base::quoted(source.name), doubt),
                                Severity::warning});
        }
    }
    return table;
}

void SigningTable::add_pattern(const SigningRow& row, const std::string& file,
                               std::vector<Problem>& problems) {
    const bool wildcard = row.pattern.find('*') != std::string_view::npos;
    if (!wildcard && row.pattern.find('@') == std::string_view::npos) {
        problems.push_back({file, row.line,
                            fmt::format("{} matches no address; write {}", base::quoted(row.pattern),
                                        base::quoted(fmt::format("*@{}", row.pattern))),
                            Severity::warning});
    }
    // Once: large tables have as many such rows as others.
    if (kind_ == TableKind::exact && wildcards_++ == 0) {
        problems.push_back(
            {file, row.line,
             fmt::format("{} is a pattern in a plain table: it signs here, but OpenDKIM would not match it, "
                         "nor any such row; write refile: before the path to say that patterns are meant",
                         base::quoted(row.pattern)),
             Severity::warning});
    }
    by_pattern_.add(row.pattern, rows_.size());
}

void SigningTable::warn_of_signer(const SigningRow& row, const std::string& file,
                                  std::vector<Problem>& problems) {
    const bool is_identity = row.signer.empty() || row.signer.find('@') != std::string_view::npos;
    if (!is_identity && wrong_signers_++ == 0) {
        problems.push_back({file, row.line,
                            fmt::format("{} has no at sign, so that i= is left out, as with any such row; an "
                                        "identity is '@%' or 'name@%'. OpenDKIM signs nothing by such a row",
                                        base::quoted(row.signer)),
                            Severity::warning});
    }
}

void SigningTable::add(const SigningRow& row, const std::string& file, std::vector<Problem>& problems) {
    const bool wildcard = row.pattern.find('*') != std::string_view::npos;
    if (kind_ == TableKind::patterns || (wildcard && !is_form_with_star(row.pattern))) {
        add_pattern(row, file, problems);
    } else if (const auto [known, is_new] =
                   by_form_.add(texts_.lower(row.pattern), static_cast<TextIndex::Number>(rows_.size()));
               !is_new) {
        problems.push_back(
            {file, row.line,
             fmt::format("{} already has a row in line {}, so this one is not used; with refile: both "
                         "would sign if one key is RSA and the other Ed25519",
                         base::quoted(row.pattern), rows_[known].line),
             Severity::warning});
        return;
    }
    warn_of_signer(row, file, problems);
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
