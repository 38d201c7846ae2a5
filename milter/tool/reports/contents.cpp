#include "milter/tool/reports/contents.h"

#include "report/report_mail.h"

namespace milter::tool::reports {

namespace {

::report::Address address_of(const std::string& text) {
    auto address = ::report::read_address(text);
    return address ? *address : ::report::Address{"postmaster", *base::DomainName::parse("invalid")};
}

// Counts of a day.
class Aggregate final : public Contents {
  public:
    Aggregate(Outbox& outbox, PlannedReport report, ::report::Policy policy, ::report::Identity identity,
              const Sender& sender)
        : outbox_(outbox), report_(std::move(report)), policy_(std::move(policy)),
          identity_(std::move(identity)), sender_(sender) {}

    [[nodiscard]] ::report::ReportKind kind() const override { return ::report::ReportKind::aggregate; }

    [[nodiscard]] Stored<std::optional<std::int64_t>> make() override {
        if (!file_) {
            auto built = build_report(outbox_.database(), report_, policy_, sender_.reporter, identity_,
                                      sender_.limits);
            if (!built) {
                return base::refuse(built.error());
            }
            if (built->records == 0) {
                return std::optional<std::int64_t>();
            }
            file_ = std::move(built->file);
        }
        return std::optional(static_cast<std::int64_t>(file_->size()));
    }

    [[nodiscard]] std::string mail_to(const ::report::Address& to, base::UnixTime date) const override {
        return ::report::write({.identity = identity_,
                                .from = sender_.from,
                                .to = to,
                                .from_name = sender_.reporter.org_name,
                                .contact = sender_.reporter.email,
                                .date = date,
                                .attachment = file_.value_or("")});
    }

  private:
    Outbox& outbox_;
    PlannedReport report_;
    ::report::Policy policy_;
    ::report::Identity identity_;
    const Sender& sender_;
    std::optional<std::string> file_; // once it is made
};

} // namespace

Sender::Sender(const config::Reports& settings, std::string generator)
    : from(address_of(settings.mail.from)), limits(limits_for(settings.mail.max_size)) {
    const auto& mail = settings.mail;
    reporter = {.org_name = mail.organization.empty() ? from.domain.text() : mail.organization,
                .email = mail.contact.empty() ? mail.from : mail.contact,
                .extra_contact_info = mail.extra_contact,
                .generator = std::move(generator)};
}

Stored<std::unique_ptr<Contents>> read_contents(Outbox& outbox, const PlannedReport& report,
                                                const Sender& sender) {
    auto policy = outbox.policy_of(report.part);
    if (!policy) {
        return base::refuse(policy.error());
    }
    const auto domain = base::DomainName::parse(report.domain);
    const auto id = ::report::ReportId::parse(report.id);
    if (!*policy || !domain || !id) {
        return std::unique_ptr<Contents>();
    }
    return std::unique_ptr<Contents>(std::make_unique<Aggregate>(
        outbox, report, **std::move(policy),
        ::report::Identity{*domain, sender.from.domain, report.period, *id}, sender));
}

} // namespace milter::tool::reports
