// Messages to count, and what a store has counted.
#pragma once

#include "milter/reports/database.h"
#include "milter/reports/pending.h"
#include "report/evaluation.h"
#include "support/catch.h"

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace reports_test {

inline constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
inline constexpr report::Day some_day = 20000;

inline base::DomainName name(std::string_view text) {
    return base::DomainName::parse(text).value();
}

// From orchard.example, unless it is changed.
inline report::Evaluation mail(std::string_view client = "192.0.2.1") {
    report::Evaluation one{.policy = report::Policy{.domain = name("orchard.example")},
                           .row = report::Row{.source_ip = *base::IpAddress::parse(client),
                                              .header_from = name("orchard.example")}};
    one.policy.rua = {"mailto:agg@orchard.example"};
    one.row.envelope_from = name("bounces.orchard.example");
    one.day = some_day;
    return one;
}

inline void add(milter::reports::Pending& batch, const report::Evaluation& one, int times = 1) {
    for (int i = 0; i < times; ++i) {
        REQUIRE(batch.add(milter::reports::count_of(one, report::Detail::full, report::begin_of(one.day) + i),
                          unlimited));
    }
}

// The first number of the first row; -1: it failed.
inline std::int64_t ask(milter::reports::Database& database, const std::string& statement) {
    const auto table = database.run(statement);
    return table && !table->rows.empty() ? table->rows[0].number(0) : -1;
}

inline std::int64_t counted_rows(milter::reports::Database& database) {
    return ask(database, "SELECT count(*) FROM paraph_report_row");
}
// Both sums, which are the same.
inline std::int64_t counted_messages(milter::reports::Database& database) {
    const auto of_rows = ask(database, "SELECT coalesce(sum(messages), 0) FROM paraph_report_row");
    CHECK(of_rows == ask(database, "SELECT coalesce(sum(messages), 0) FROM paraph_report_policy"));
    return of_rows;
}

} // namespace reports_test
