#include "milter/tool/reports/build_report.h"

#include "report/gzip.h"

#include <algorithm>
#include <functional>

namespace milter::tool::reports {

namespace {

constexpr std::size_t rows_at_once = 500;

using See = std::function<void(const ::report::Row& row, std::int64_t messages)>;

Stored<void> for_each_row(Database& database, const milter::reports::Part& part, const See& see) {
    std::optional<::report::Key> after;
    for (;;) {
        const auto rows = milter::reports::read_rows(database, part, after, rows_at_once);
        if (!rows) {
            return base::refuse(rows.error());
        }
        if (rows->empty()) {
            return {};
        }
        for (const auto& [key, counted] : *rows) {
            see(counted.first, counted.second);
        }
        after = rows->back().first;
    }
}

} // namespace

::report::PartLimits limits_for(std::size_t mail_size) {
    constexpr std::size_t rest_of_mail = 16 * 1024;
    // Four octets for three, and CRLF behind each 76; the XML of random names loses a quarter at least.
    return {.octets = mail_size > 2 * rest_of_mail ? (mail_size - rest_of_mail) / 10 * 9 : rest_of_mail};
}

Stored<std::size_t> count_pieces(Database& database, const milter::reports::Part& part,
                                 std::int64_t most_rows, const ::report::PartLimits& limits) {
    // That few fit into one whatever stands in them.
    if (static_cast<std::uint64_t>(std::max(most_rows, std::int64_t{0})) <=
        std::min(limits.octets / ::report::most_octets_of_a_row, limits.records)) {
        return 1;
    }
    ::report::PartCounter counter(limits);
    const auto seen = for_each_row(database, part, [&](const auto& row, std::int64_t) {
        (void)counter.part_of(::report::most_octets(row));
    });
    return seen ? Stored<std::size_t>(counter.parts()) : base::refuse(seen.error());
}

Stored<BuiltReport> build_report(Database& database, const PlannedReport& report,
                                 const ::report::Policy& policy, const ::report::Reporter& reporter,
                                 const ::report::Identity& identity, const ::report::PartLimits& limits) {
    ::report::Gzip gzip;
    ::report::AggregateXml xml(reporter, identity, policy, [&](std::string_view text) { gzip.add(text); });
    ::report::PartCounter counter(limits);
    const auto seen = for_each_row(database, report.part, [&](const auto& row, std::int64_t messages) {
        const auto piece = counter.part_of(::report::most_octets(row));
        // The limits may be others than when it was planned: all that is left belongs to the last piece.
        const auto last = static_cast<std::size_t>(report.pieces - 1);
        if (std::min(piece, last) == static_cast<std::size_t>(report.piece) && messages > 0) {
            xml.add(row, static_cast<std::uint64_t>(messages));
        }
    });
    if (!seen) {
        return base::refuse(seen.error());
    }
    xml.finish();
    return BuiltReport{gzip.finish(), xml.records()};
}

} // namespace milter::tool::reports
