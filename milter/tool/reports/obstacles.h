// Why there is no mail to an address: somebody wants none, or the DNS says that it may or can have none.
#pragma once

#include "config/report_mail_settings.h"
#include "milter/reports/organizations.h"
#include "milter/tool/reports/dns_patience.h"
#include "milter/tool/reports/inquiries.h"
#include "milter/tool/reports/outbox.h"
#include "milter/tool/reports/pace.h"

#include <functional>
#include <optional>
#include <utility>

namespace milter::tool::reports {

class Obstacles {
  public:
    // The DNS, and a clock that nobody sets.
    struct Asking {
        Inquiries& inquiries;
        std::function<Pace::Time()> ticks;
    };

    Obstacles(const config::ReportMail& settings, const milter::reports::Organizations& organizations,
              Outbox& outbox, Asking asking)
        : settings_(settings), organizations_(organizations), outbox_(outbox), asking_(std::move(asking)) {}

    // The next report begins: the questions about it have a time of their own.
    void begin() { asking_.inquiries.begin(patience_.limit()); }

    // A report about the policy domain to an address that its record names.
    struct Way {
        ::report::ReportKind kind = ::report::ReportKind::aggregate;
        base::DomainName policy_domain;
        ::report::Address to; // find() puts another one here if the destination names it
    };
    // Nothing: there is none.
    [[nodiscard]] Stored<std::optional<Attempt>> find(Way& way, base::UnixTime now);

  private:
    [[nodiscard]] Stored<std::optional<Attempt>> suppressed(const Way& way, base::UnixTime now);
    [[nodiscard]] std::optional<Attempt> unreachable(Way& way);
    [[nodiscard]] std::optional<Attempt> ask_dns(Way& way);

    const config::ReportMail& settings_;
    const milter::reports::Organizations& organizations_;
    Outbox& outbox_;
    Asking asking_;
    DnsPatience patience_;
};

} // namespace milter::tool::reports
