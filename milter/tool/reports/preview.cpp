#include "milter/tool/reports/preview.h"

#include "base/ascii.h"
#include "config/number_text.h"
#include "milter/tool/counted.h"
#include "milter/tool/files.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <ostream>
#include <utility>

namespace milter::tool::reports {

namespace {

// "2027-01-31"
std::string print_day(std::int64_t day) {
    return config::print_last_day(static_cast<std::uint64_t>(
        ::report::begin_of(static_cast<::report::Day>(day)) + ::report::seconds_a_day));
}

} // namespace

Preview::Preview(const config::Reports& settings, Database& database, Outlook* outlook, std::string directory,
                 Console& console)
    : sender_(settings, "paraph " PARAPH_VERSION), database_(database), outlook_(outlook),
      directory_(std::move(directory)), console_(console) {}

Stored<void> Preview::see(const milter::reports::Candidate& candidate, const Plan& plan) {
    const auto about = fmt::format("{} {} {}", print_day(candidate.part.day), candidate.policy.domain.text(),
                                   counted(static_cast<std::size_t>(candidate.messages), "message"));
    if (plan.pieces.empty()) {
        fmt::print(console_.out, "{}: no report: {}\n", about, plan.why_not);
        return {};
    }
    if (auto told = tell_addresses(
            about, {::report::ReportKind::aggregate, candidate.policy.domain, sender_.from}, plan.addresses);
        !told) {
        return told;
    }
    if (directory_.empty()) {
        return {};
    }
    for (const auto& piece : plan.pieces) {
        if (auto written = write(candidate.policy, piece); !written) {
            return written;
        }
    }
    return {};
}

// A file has the mail to the first address.
Stored<void> Preview::see(const milter::reports::StoredFailure& failure, const FailurePlan& plan) {
    const auto about = fmt::format("{} {} failure of {}", print_day(::report::day_of(failure.report.seen)),
                                   base::printable(failure.report.domain),
                                   counted(static_cast<std::size_t>(failure.messages), "message"));
    const auto domain = base::DomainName::parse(failure.report.domain);
    if (plan.addresses.empty() || !domain) {
        fmt::print(console_.out, "{}: no report: {}\n", about, plan.why_not);
        return {};
    }
    if (plan.waits_for) {
        fmt::print(console_.out, "{}: it waits: {}\n", about, print(*plan.waits_for));
    } else if (auto told = tell_addresses(about, {::report::ReportKind::failure, *domain, sender_.from},
                                          plan.addresses);
               !told) {
        return told;
    }
    if (directory_.empty()) {
        return {};
    }
    const auto contents = contents_of(failure, sender_);
    const auto to = ::report::read_address(plan.addresses.front());
    return contents && to ? write(failure.report.id + ".eml", contents->mail_to(*to, failure.report.seen))
                          : Stored<void>();
}

// Those who get it, then each of the others.
Stored<void> Preview::tell_addresses(const std::string& about, Obstacles::Way way,
                                     const std::vector<std::string>& addresses) {
    std::string takers;
    std::string others;
    if (outlook_ != nullptr) {
        outlook_->begin();
    }
    for (const std::string& address : addresses) {
        const auto read = ::report::read_address(address);
        if (outlook_ == nullptr || !read) {
            takers += ' ' + address;
            continue;
        }
        way.to = *read;
        const auto against = outlook_->find(way);
        if (!against) {
            return base::refuse(against.error());
        }
        if (!*against) {
            takers += ' ' + ::report::print(way.to);
            continue;
        }
        others += fmt::format("{}: not {} {}: {}\n", about,
                              (*against)->end == Attempt::End::later ? "yet to" : "to",
                              base::printable(address), base::printable((*against)->reply));
    }
    if (!takers.empty()) {
        fmt::print(console_.out, "{}: to{}\n", about, base::printable(takers));
    }
    console_.out << others;
    return {};
}

Stored<void> Preview::write(const ::report::Policy& policy, const PlannedReport& piece) {
    const ::report::Identity identity{policy.domain, sender_.from.domain, piece.period,
                                      ::report::ReportId::parse(piece.id).value()};
    const auto built = build_report(database_, piece, policy, sender_.reporter, identity, sender_.limits);
    if (!built) {
        return base::refuse(built.error());
    }
    auto name = ::report::file_name(identity, true);
    if (constexpr std::size_t longest_name = 255; name.size() > longest_name) {
        name = piece.id + ".xml.gz"; // domains may be as long as that alone
    }
    return write(name, built->file);
}

Stored<void> Preview::write(const std::string& name, const std::string& text) {
    if (auto written = write_output(directory_ + '/' + name, text, console_); !written) {
        failure_ = written.error();
        return base::refuse(
            milter::reports::Failure{milter::reports::Failure::Kind::refused, failure_->message});
    }
    return {};
}

} // namespace milter::tool::reports
