// What would be planned, for people or into files; nothing is changed and nothing leaves.
#pragma once

#include "milter/tool/command.h"
#include "milter/tool/reports/contents.h"
#include "milter/tool/reports/outlook.h"
#include "milter/tool/reports/plan_failures.h"
#include "milter/tool/reports/plan_reports.h"

#include <optional>
#include <string>
#include <vector>

namespace milter::tool::reports {

class Preview {
  public:
    // `outlook` null: who then gets it is not asked. `directory` empty: no files.
    Preview(const config::Reports& settings, Database& database, Outlook* outlook, std::string directory,
            Console& console);

    [[nodiscard]] Stored<void> see(const milter::reports::Candidate& candidate, const Plan& plan);
    [[nodiscard]] Stored<void> see(const milter::reports::StoredFailure& failure, const FailurePlan& plan);
    // Of a file.
    [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }

  private:
    [[nodiscard]] Stored<void> tell_addresses(const std::string& about, Obstacles::Way way,
                                              const std::vector<std::string>& addresses);
    [[nodiscard]] Stored<void> write(const ::report::Policy& policy, const PlannedReport& piece);
    [[nodiscard]] Stored<void> write(const std::string& name, const std::string& text);

    Sender sender_;
    Database& database_;
    Outlook* outlook_;
    std::string directory_;
    Console& console_;
    std::optional<Failure> failure_;
};

} // namespace milter::tool::reports
