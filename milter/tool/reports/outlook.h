// What stands against a report now, as a run would find it. It asks the DNS for a few minutes in all.
#pragma once

#include "milter/tool/reports/obstacles.h"

#include <chrono>
#include <optional>

namespace milter::tool::reports {

class Outlook {
  public:
    Outlook(const config::Reports& settings, Outbox& outbox, Inquiries& inquiries, base::UnixTime now)
        : obstacles_(settings.mail, organizations_, outbox, {inquiries, &Pace::Time::clock::now}), now_(now) {
    }

    // Another report.
    void begin() { obstacles_.begin(); }

    // Nothing: it would be sent, to `way.to`.
    [[nodiscard]] Stored<std::optional<Attempt>> find(Obstacles::Way& way) {
        if (std::chrono::steady_clock::now() - begun_ > longest) {
            return std::optional(Attempt{Attempt::End::later, "not asked any more after five minutes"});
        }
        return obstacles_.find(way, now_);
    }

  private:
    static constexpr std::chrono::minutes longest{5};

    milter::reports::Organizations organizations_;
    Obstacles obstacles_;
    base::UnixTime now_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

} // namespace milter::tool::reports
