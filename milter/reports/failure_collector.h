// Makes failure reports (RFC 9991) of messages that failed, and keeps them in memory until they are in the
// store. What is personal never gets here: the text is redacted on the thread of its message. That is work
// for few messages, as there are few reports: the others meet a look into a table.
#pragma once

#include "config/report_settings.h"
#include "milter/record/failure_reader.h"
#include "milter/reports/failure_allowance.h"
#include "milter/threads/mutex.h"
#include "report/aggregate.h"
#include "report/failure_arf.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace milter::reports {

// To all addresses of a record.
struct FailureReport {
    std::string id;        // Report-ID
    std::string domain;    // the policy domain
    std::string addresses; // with a line break between them
    std::string content;   // packed
    base::UnixTime seen = 0;
};

struct FailureBatch {
    std::vector<FailureReport> reports{};
    std::map<std::string, std::int64_t> incidents{}; // of a report: messages so far that failed alike
    // Messages that would have made one: beyond what the settings allow, and without room for it.
    std::int64_t limited = 0, dropped = 0;

    [[nodiscard]] bool empty() const {
        return reports.empty() && incidents.empty() && limited == 0 && dropped == 0;
    }
    [[nodiscard]] std::size_t bytes() const;
    // What came later.
    void add(FailureBatch later);
};

class FailureCollector final : public record::FailureReader {
  public:
    // So long messages that failed alike are one report.
    static constexpr base::UnixTime window = 3600;

    FailureCollector();

    void read(const record::MessageFacts& facts, const report::Failure& failure,
              const record::FailedMail& mail) override;

    // Why no reports can be made under these settings; empty: they can, or are not wanted.
    [[nodiscard]] std::string configure(const config::Reports& settings);
    [[nodiscard]] FailureBatch take();
    // How much memory is used by what was taken and is not in the store.
    void hold(std::size_t bytes);

  private:
    struct Draft; // of a report
    struct Similar {
        std::string id;
        base::UnixTime since = 0;
        std::int64_t messages = 1;
    };

    [[nodiscard]] std::optional<Draft> draft_of(const record::MessageFacts& facts,
                                                const report::Failure& failure) const;
    void note(const record::MessageFacts& facts, const report::Failure& failure,
              const record::FailedMail& mail);
    // True: there is nothing more to do.
    [[nodiscard]] bool is_known_or_too_much(const Draft& draft);
    [[nodiscard]] bool is_known(const Draft& draft) PARAPH_REQUIRES(mutex_);
    // False: another thread was faster.
    [[nodiscard]] bool begin(const Draft& draft);
    void keep(FailureReport report);

    Organizations organizations_;
    mutable threads::Mutex mutex_;
    config::Reports settings_ PARAPH_GUARDED_BY(mutex_);
    std::shared_ptr<const report::Redactor> redactor_ PARAPH_GUARDED_BY(mutex_); // null: there is no key
    FailureAllowance allowance_ PARAPH_GUARDED_BY(mutex_);
    std::map<report::Key, Similar> similar_ PARAPH_GUARDED_BY(mutex_); // within the window
    FailureBatch batch_ PARAPH_GUARDED_BY(mutex_);
    std::size_t bytes_ PARAPH_GUARDED_BY(mutex_) = 0, held_ PARAPH_GUARDED_BY(mutex_) = 0;
};

} // namespace milter::reports
