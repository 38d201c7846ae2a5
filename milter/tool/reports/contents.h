// What a planned report says, as mail. Read when it is its turn, and made when a first address may get it.
#pragma once

#include "config/report_settings.h"
#include "milter/reports/failure_store.h"
#include "milter/tool/reports/build_report.h"
#include "milter/tool/reports/outbox.h"
#include "report/aggregate_xml.h"
#include "report/external_destination.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace milter::tool::reports {

// Who reports, as the settings have it.
struct Sender {
    Sender(const config::Reports& settings, std::string generator);

    ::report::Address from;
    ::report::Reporter reporter;
    ::report::PartLimits limits;
    bool reports_failures;
};

class Contents {
  public:
    Contents() = default;
    virtual ~Contents() = default;
    Contents(const Contents&) = delete;
    Contents& operator=(const Contents&) = delete;

    [[nodiscard]] virtual ::report::ReportKind kind() const = 0;
    // Octets; nothing: there is nothing in it. To be called before mail_to(), once or more often.
    [[nodiscard]] virtual Stored<std::optional<std::int64_t>> make() = 0;
    [[nodiscard]] virtual std::string mail_to(const ::report::Address& to, base::UnixTime date) const = 0;
};

// Of a failure that is stored; null: it is none that we wrote.
[[nodiscard]] std::unique_ptr<Contents> contents_of(const milter::reports::StoredFailure& failure,
                                                    const Sender& sender);

// Null: what it was made of is gone, or it is none that we wrote. `sender` and `outbox` must outlive it.
// Gone with it is a failure report that the settings do not want any more.
[[nodiscard]] Stored<std::unique_ptr<Contents>> read_contents(Outbox& outbox, const PlannedReport& report,
                                                              const Sender& sender);

} // namespace milter::tool::reports
