#include "milter/reports/due.h"

#include "milter/reports/columns.h"

#include <algorithm>

namespace milter::reports {

bool is_listed(const std::vector<std::string>& names, const base::DomainName& domain) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        const auto listed = base::DomainName::parse_international(name);
        return listed && domain.is_at_or_below(*listed);
    });
}

std::string_view print(NotDue reason) {
    switch (reason) {
    case NotDue::no_address:
        return "no address";
    case NotDue::never_due:
        return "never due";
    case NotDue::too_few:
        return "too few messages";
    case NotDue::new_domain:
        return "seen for the first time on that day";
    }
    return "?";
}

std::optional<NotDue> why_not_due(const Candidate& candidate, const config::Reports& settings) {
    if (candidate.policy.rua.empty()) {
        return NotDue::no_address;
    }
    if (is_listed(settings.never_due, candidate.policy.domain)) {
        return NotDue::never_due;
    }
    // Those of the whole day, and one of its own at least.
    if (candidate.due < 1 || candidate.due_of_day < static_cast<std::int64_t>(settings.least_messages)) {
        return NotDue::too_few;
    }
    if (settings.hold_new_domains && candidate.first_day >= candidate.part.day) {
        return NotDue::new_domain;
    }
    return std::nullopt;
}

Stored<std::vector<Candidate>> read_candidates(Database& database, report::Day today,
                                               const std::optional<Part>& after, std::size_t most) {
    const Part from = after.value_or(Part{-1, {}, -1});
    const auto table = database.run(
        "SELECT p.day, p.policy, p.part, p.content, p.messages, p.due, d.first_day, "
        "(SELECT CAST(sum(s.due) AS bigint) FROM paraph_report_policy s" +
            database.indexed_by("paraph_report_policy_domain") +
            " WHERE s.day = p.day AND s.domain = p.domain), p.row_bound FROM paraph_report_policy p "
            "JOIN paraph_report_domain d ON p.domain = d.domain WHERE p.planned = 0 AND p.day < $1 AND "
            "(p.day, p.policy, p.part) > ($2, $3, $4) ORDER BY p.day, p.policy, p.part LIMIT $5",
        {Value(std::int64_t{today}), Value(from.day), Value(bytes_of(from.policy)), Value(from.part),
         Value(static_cast<std::int64_t>(most))});
    if (!table) {
        return base::refuse(table.error());
    }
    std::vector<Candidate> candidates;
    for (const Cells& row : table->rows) {
        if (auto policy = report::unpack_policy(row.text(3))) {
            candidates.push_back({{row.number(0), key_of_column(row.text(1)), row.number(2)},
                                  *std::move(policy),
                                  row.number(4),
                                  row.number(5),
                                  row.number(6),
                                  row.number(7),
                                  row.number(8)});
        }
    }
    return candidates;
}

Stored<void> mark_planned(Database& database, const Part& part) {
    const auto done = database.run(
        "UPDATE paraph_report_policy SET planned = 1 WHERE day = $1 AND policy = $2 AND part = $3",
        {Value(part.day), Value(bytes_of(part.policy)), Value(part.part)});
    return done ? Stored<void>() : base::refuse(done.error());
}

Stored<std::vector<CountedRow>> read_rows(Database& database, const Part& part,
                                          const std::optional<report::Key>& after, std::size_t most) {
    const auto table =
        database.run("SELECT row_key, content, messages FROM paraph_report_row WHERE day = $1 AND policy = "
                     "$2 AND part = $3 AND row_key > $4 ORDER BY row_key LIMIT $5",
                     {Value(part.day), Value(bytes_of(part.policy)), Value(part.part),
                      Value(after ? bytes_of(*after) : Bytes{}), Value(static_cast<std::int64_t>(most))});
    if (!table) {
        return base::refuse(table.error());
    }
    std::vector<CountedRow> rows;
    for (const Cells& cells : table->rows) {
        if (auto row = report::unpack_row(cells.text(1))) {
            rows.emplace_back(key_of_column(cells.text(0)), std::pair(*std::move(row), cells.number(2)));
        }
    }
    return rows;
}

} // namespace milter::reports
