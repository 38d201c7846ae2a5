// A run of `paraph report send`: each report that is due, to each of its addresses that is due.
//
// What it does to the world goes through Hands, so that a test can break off anywhere.
#pragma once

#include "config/report_settings.h"
#include "crypto/mac.h"
#include "milter/reports/organizations.h"
#include "milter/tool/reports/contents.h"
#include "milter/tool/reports/daily_share.h"
#include "milter/tool/reports/inquiries.h"
#include "milter/tool/reports/obstacles.h"
#include "milter/tool/reports/outbox.h"
#include "milter/tool/reports/pace.h"
#include "milter/tool/reports/server_trust.h"
#include "milter/tool/reports/smtp_session.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace milter::tool::reports {

struct Hands {
    Postman& postman;
    Inquiries& inquiries;
    std::function<base::UnixTime()> now;
    std::function<Pace::Time()> ticks; // of a clock that nobody sets
    std::function<void(std::chrono::milliseconds)> sleep;
    std::function<bool()> stops; // the run is to end
    // The mail with our signatures on top.
    std::function<Result<std::string>(const std::string& mail)> sign;
    std::function<void(const std::string& text)> say;
};

class SendReports {
  public:
    SendReports(const config::Reports& settings, const crypto::MacKey& key, std::string generator,
                Outbox& outbox, Hands hands);

    // All that is due, and what becomes due within a minute or two.
    [[nodiscard]] Result<void> run(const Selection& wanted);
    [[nodiscard]] const RunResult& result() const { return result_; }

  private:
    struct Work; // one report

    [[nodiscard]] Stored<std::optional<base::UnixTime>> send_report(const PlannedReport& report);
    [[nodiscard]] Stored<void> send_to_all(Work work);
    [[nodiscard]] Stored<std::optional<base::UnixTime>> next_of(const PlannedReport& report);
    [[nodiscard]] Stored<void> send_to(Work& work, Delivery delivery);
    [[nodiscard]] Stored<void> hand_over(Work& work, Delivery delivery);
    [[nodiscard]] Stored<void> hold(const Delivery& delivery, const base::DomainName& host);
    [[nodiscard]] Stored<void> settle(const Delivery& before, const Attempt& attempt);
    [[nodiscard]] Stored<void> end_all(const PlannedReport& report);
    [[nodiscard]] Stored<void> put_off(const Delivery& delivery, base::UnixTime next_try);
    [[nodiscard]] std::optional<base::UnixTime> turn_of(const base::DomainName& host);
    [[nodiscard]] Stored<void> note_dead(const Delivery& delivery);
    void count(DeliveryState state);

    const config::Reports& settings_;
    const crypto::MacKey& key_;
    Outbox& outbox_;
    Hands hands_;
    Pace pace_;
    RetryRules rules_;
    Sender sender_;
    milter::reports::Organizations organizations_;
    Obstacles obstacles_;
    DailyShare share_;
    ServerTrust trust_;
    RunResult result_;
    std::string problem_; // that ends the run
};

} // namespace milter::tool::reports
