#include "milter/tool/reports/contents.h"

#include "report/failure_arf.h"
#include "report/report_mail.h"

#include <algorithm>
#include <utility>

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

// "paraph/1.2", as products are named.
std::string user_agent(std::string generator) {
    std::replace(generator.begin(), generator.end(), ' ', '/');
    return generator;
}

// One message that failed, and others like it.
class FailedMessage final : public Contents {
  public:
    FailedMessage(::report::FailureContents contents, ::report::ReportId id, std::int64_t messages,
                  const Sender& sender)
        : contents_(std::move(contents)), id_(std::move(id)),
          messages_(static_cast<std::size_t>(std::max<std::int64_t>(messages, 1))),
          reporter_{sender.from, sender.reporter.org_name, user_agent(sender.reporter.generator)} {}

    [[nodiscard]] ::report::ReportKind kind() const override { return ::report::ReportKind::failure; }

    [[nodiscard]] Stored<std::optional<std::int64_t>> make() override {
        return std::optional(static_cast<std::int64_t>(contents_.header.size() + contents_.feedback.size()));
    }

    [[nodiscard]] std::string mail_to(const ::report::Address& to, base::UnixTime date) const override {
        return ::report::write({.reporter = reporter_,
                                .contents = contents_,
                                .to = to,
                                .report_id = id_,
                                .incidents = messages_,
                                .date = date});
    }

  private:
    ::report::FailureContents contents_;
    ::report::ReportId id_;
    std::size_t messages_;
    ::report::FailureReporter reporter_;
};

} // namespace

std::unique_ptr<Contents> contents_of(const milter::reports::StoredFailure& failure, const Sender& sender) {
    auto contents = ::report::unpack_failure(failure.report.content);
    const auto id = ::report::ReportId::parse(failure.report.id);
    return contents && id && sender.reports_failures
               ? std::make_unique<FailedMessage>(*std::move(contents), *id, failure.messages, sender)
               : std::unique_ptr<Contents>();
}

Sender::Sender(const config::Reports& settings, std::string generator)
    : from(address_of(settings.mail.from)), limits(limits_for(settings.mail.max_size)),
      reports_failures(settings.failure.enabled) {
    const auto& mail = settings.mail;
    reporter = {.org_name = mail.organization.empty() ? from.domain.text() : mail.organization,
                .email = mail.contact.empty() ? mail.from : mail.contact,
                .extra_contact_info = mail.extra_contact,
                .generator = std::move(generator)};
}

Stored<std::unique_ptr<Contents>> read_contents(Outbox& outbox, const PlannedReport& report,
                                                const Sender& sender) {
    if (report.kind == ::report::ReportKind::failure) {
        const auto failure = milter::reports::find_failure(outbox.database(), report.id);
        if (!failure) {
            return base::refuse(failure.error());
        }
        return *failure ? contents_of(**failure, sender) : std::unique_ptr<Contents>();
    }
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
