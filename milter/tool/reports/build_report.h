// A planned report as the file that is sent. The rows are fixed, so that it is the same file each time.
#pragma once

#include "milter/tool/reports/outbox.h"
#include "report/aggregate_xml.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace milter::tool::reports {

// For mail of that size: XML that cannot be compressed still fits, in base64.
[[nodiscard]] ::report::PartLimits limits_for(std::size_t mail_size);

// Into how many reports the rows of a part go, of which there are at most so many.
[[nodiscard]] Stored<std::size_t> count_pieces(Database& database, const milter::reports::Part& part,
                                               std::int64_t most_rows, const ::report::PartLimits& limits);

struct BuiltReport {
    std::string file; // compressed
    std::size_t records = 0;
};

[[nodiscard]] Stored<BuiltReport> build_report(Database& database, const PlannedReport& report,
                                               const ::report::Policy& policy,
                                               const ::report::Reporter& reporter,
                                               const ::report::Identity& identity,
                                               const ::report::PartLimits& limits);

} // namespace milter::tool::reports
