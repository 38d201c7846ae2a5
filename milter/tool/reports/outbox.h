// What is planned and what has become of it, in the store of reports.
//
// A report is planned once: the rows it is made of do not change any more, and it has its id. From then on it
// is the business of whoever has its row locked, of any host; where he is killed, PostgreSQL drops the lock
// with his connection. SQLite has one transaction at a time, which must not wait for a mail server: there a
// file is locked for all of the run (see run_lock).
#pragma once

#include "milter/reports/due.h"
#include "milter/tool/reports/delivery.h"
#include "milter/tool/reports/suppression.h"
#include "report/external_destination.h"
#include "report/identity.h"
#include "report/parts.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace milter::tool::reports {

using milter::reports::Database;
using milter::reports::Stored;

struct PlannedReport {
    std::string id; // Report-ID
    milter::reports::Part part;
    std::string domain;
    ::report::Period period;
    std::int64_t piece = 0; // of `pieces`, where all rows would make too large a mail
    std::int64_t pieces = 1;
    std::string state = "planned"; // then "built", then "closed"
    base::UnixTime next_try = 0;
    std::int64_t size = 0; // of the file; 0: it was not built yet
    ::report::ReportKind kind = ::report::ReportKind::aggregate;
};

// Which reports a run is about.
struct Selection {
    std::optional<std::string> domain; // the policy domain
    std::optional<std::int64_t> day;
};

struct RunResult {
    base::UnixTime begun = 0, ended = 0;
    std::int64_t planned = 0, sent = 0, waiting = 0, refused = 0, given_up = 0, held = 0;
    std::string problem; // why it ended early
};

class Outbox {
  public:
    // `locks`: a second connection to the same PostgreSQL, whose transaction holds a report; null with
    // SQLite.
    Outbox(Database& database, Database* locks) : database_(database), locks_(locks) {}

    // A report, perhaps in pieces, and its deliveries. To be called within a transaction. False: somebody
    // else plans it.
    [[nodiscard]] Stored<bool> plan(const std::vector<PlannedReport>& pieces,
                                    const std::vector<std::string>& addresses, base::UnixTime now);
    // The same of a failure report.
    [[nodiscard]] Stored<void> plan_failure(const PlannedReport& report,
                                            const std::vector<std::string>& addresses, base::UnixTime now);
    // Within a transaction: until its end no other host plans failures.
    [[nodiscard]] Stored<void> await_turn();
    // Those that were planned after a time, in their order.
    struct PlannedFailure {
        std::string domain;
        std::vector<std::string> addresses;
        base::UnixTime planned = 0;
    };
    [[nodiscard]] Stored<std::vector<PlannedFailure>> failures_since(base::UnixTime since);
    // No report: it is not looked at again. Likewise.
    [[nodiscard]] Stored<void> pass_over(const milter::reports::Part& part);

    // Holds the next report that is due while `work` has it; nobody else gets it meanwhile. False: there is
    // none. `work` gives the time when it is due again; nothing: it is done.
    using Work = std::function<Stored<std::optional<base::UnixTime>>(const PlannedReport&)>;
    [[nodiscard]] Stored<bool> with_next(const Selection& wanted, base::UnixTime now, const Work& work);
    // When the next one is due; nothing: none is.
    [[nodiscard]] Stored<std::optional<base::UnixTime>> next_due(const Selection& wanted);

    // Deliveries that a run has before it.
    [[nodiscard]] Stored<std::int64_t> count_due(const Selection& wanted, base::UnixTime now);

    [[nodiscard]] Stored<void> save_built(const std::string& report, std::int64_t size);
    [[nodiscard]] Stored<std::vector<Delivery>> deliveries(const std::string& report);
    [[nodiscard]] Stored<std::optional<Delivery>> find(DeliveryId id);
    // The address of each delivery that went out at that time or later, up to `now`.
    [[nodiscard]] Stored<void> for_each_sent(base::UnixTime since, base::UnixTime now,
                                             const std::function<void(const std::string& address)>& see);
    // In the place of what it was before. False: it is not that any more, so that another one had it.
    [[nodiscard]] Stored<bool> save(const Delivery& before, const Delivery& delivery);
    [[nodiscard]] Stored<std::optional<::report::Policy>> policy_of(const milter::reports::Part& part);

    [[nodiscard]] Stored<std::optional<Suppression>> suppression(SuppressBy by, const std::string& what);
    [[nodiscard]] Stored<void> suppress(const Suppression& one);
    [[nodiscard]] Stored<bool> remove_suppression(SuppressBy by, const std::string& what);
    [[nodiscard]] Stored<std::vector<Suppression>> suppressions();

    [[nodiscard]] Stored<void> save_run(const std::string& host, const RunResult& result);
    // What ended before that time.
    [[nodiscard]] Stored<void> forget(base::UnixTime before);

    [[nodiscard]] Database& database() { return database_; }
    // With runs of other hosts.
    [[nodiscard]] bool is_shared() const { return locks_ != nullptr; }

  private:
    [[nodiscard]] Stored<void> add(const PlannedReport& report, const std::vector<std::string>& addresses,
                                   base::UnixTime now);
    [[nodiscard]] Stored<std::optional<PlannedReport>> pick(const Selection& wanted, base::UnixTime now);
    [[nodiscard]] Stored<void> put_back(const PlannedReport& report,
                                        const std::optional<base::UnixTime>& next_try);

    Database& database_;
    Database* locks_;
};

} // namespace milter::tool::reports
