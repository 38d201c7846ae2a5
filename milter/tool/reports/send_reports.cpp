#include "milter/tool/reports/send_reports.h"

#include "base/ascii.h"
#include "milter/tool/reports/plan_reports.h"
#include "report/report_mail.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace milter::tool::reports {

namespace {

// So often our own server may fail before the run ends: whoever is next would fare no better.
constexpr int most_faults = 3;
// Or so many organizations in a row may fail as theirs or ours: 200 addresses of one attacker are one.
constexpr std::size_t most_doubts = 20;
// So often an organization's DNS may be silent before the run asks it no more.
constexpr int most_silent = 2;
// So long whoever hands a report over is taken to be alive, in a store of several hosts.
constexpr std::chrono::seconds lease = longest_mail + std::chrono::minutes(1);
// What is due that soon is waited for.
constexpr base::UnixTime patience = 90;

ExitCode code_of(const milter::reports::Failure& failure) {
    return failure.kind == milter::reports::Failure::Kind::passing ? ExitCode::temporary : ExitCode::config;
}

::report::Address address_of(const std::string& text) {
    auto address = ::report::read_address(text);
    return address ? *address : ::report::Address{"postmaster", *base::DomainName::parse("invalid")};
}

} // namespace

struct SendReports::Work {
    const PlannedReport& report;
    ::report::Policy policy;
    ::report::Identity identity;
    std::optional<std::string> file{}; // once it is built
    std::optional<Attempt> for_all{};  // why nobody gets it
    ::report::Address to;              // of the delivery at hand
};

SendReports::SendReports(const config::Reports& settings, const crypto::MacKey& key, std::string generator,
                         Outbox& outbox, Hands hands)
    : settings_(settings), key_(key), outbox_(outbox), hands_(std::move(hands)),
      pace_(settings.mail.per_minute, settings.mail.per_minute_and_host),
      from_(address_of(settings.mail.from)), limits_(limits_for(settings.mail.max_size)) {
    const auto& mail = settings.mail;
    rules_.give_up = mail.give_up;
    reporter_ = {.org_name = mail.organization.empty() ? from_.domain.text() : mail.organization,
                 .email = mail.contact.empty() ? mail.from : mail.contact,
                 .extra_contact_info = mail.extra_contact,
                 .generator = std::move(generator)};
}

Result<void> SendReports::run(const Selection& wanted) {
    result_.begun = hands_.now();
    const auto planned = plan_reports(outbox_, settings_, wanted, result_.begun);
    if (!planned) {
        return fail(code_of(planned.error()), planned.error().text);
    }
    result_.planned = *planned;
    while (!hands_.stops() && problem_.empty()) {
        const auto now = hands_.now();
        const auto found = outbox_.with_next(
            wanted, now, [this](const PlannedReport& report) { return send_report(report); });
        if (!found) {
            return fail(code_of(found.error()), found.error().text);
        }
        if (*found) {
            continue;
        }
        const auto due = outbox_.next_due(wanted);
        if (!due || !*due || **due <= now || **due > now + patience) { // due already: another host has it
            break;
        }
        hands_.sleep(std::chrono::seconds(std::clamp<base::UnixTime>(**due - now, 1, patience)));
    }
    result_.ended = hands_.now();
    result_.problem = problem_;
    return problem_.empty() ? Result<void>() : fail(ExitCode::temporary, problem_);
}

// When it is due again: the next of its deliveries.
Stored<std::optional<base::UnixTime>> SendReports::send_report(const PlannedReport& report) {
    auto deliveries = outbox_.deliveries(report.id);
    auto policy = deliveries ? outbox_.policy_of(report.part)
                             : Stored<std::optional<::report::Policy>>(base::refuse(deliveries.error()));
    if (!policy) {
        return base::refuse(policy.error());
    }
    const auto domain = base::DomainName::parse(report.domain);
    const auto id = ::report::ReportId::parse(report.id);
    if (!*policy || !domain || !id) { // its counts are gone, or it is none that we wrote
        const auto ended = end_all(report, *deliveries);
        return ended ? Stored<std::optional<base::UnixTime>>(std::nullopt) : base::refuse(ended.error());
    }
    hands_.inquiries.begin();
    Work work{.report = report,
              .policy = **policy,
              .identity = {*domain, from_.domain, report.period, *id},
              .to = from_};
    for (Delivery& delivery : *deliveries) {
        if (delivery.state == DeliveryState::handing_over) { // of a run that was killed
            if (outbox_.is_shared() && may_be_at_work(delivery, hands_.now(), lease)) {
                continue;
            }
            if (auto saved = outbox_.save(delivery, recovered(delivery)); !saved) {
                return base::refuse(saved.error());
            }
        } else if (is_due(delivery, hands_.now(), rules_) && !hands_.stops() && problem_.empty()) {
            if (auto sent = send_to(work, delivery); !sent) {
                return base::refuse(sent.error());
            }
        }
    }
    deliveries = outbox_.deliveries(report.id);
    if (!deliveries) {
        return base::refuse(deliveries.error());
    }
    std::optional<base::UnixTime> next;
    for (const Delivery& delivery : *deliveries) {
        if (!is_final(delivery.state)) {
            const bool is_taken = delivery.state == DeliveryState::handing_over;
            const auto then = delivery.next_try + (is_taken ? lease.count() : 0);
            next = std::min(next.value_or(then), then);
        }
    }
    return next;
}

// There is nothing to send any more.
Stored<void> SendReports::end_all(const PlannedReport& report, const std::vector<Delivery>& deliveries) {
    for (const Delivery& delivery : deliveries) {
        if (is_final(delivery.state)) {
            continue;
        }
        auto ended = recovered(delivery);
        if (!is_final(ended.state)) {
            ended.state = DeliveryState::given_up;
            ended.last_reply = "its counts are gone: older than reports.keep, or there was no room";
            count(ended.state);
            hands_.say(fmt::format("{} to {}: {}: {}", report.id, ended.address, print(ended.state),
                                   ended.last_reply));
        }
        if (auto saved = outbox_.save(delivery, ended); !saved) {
            return base::refuse(saved.error());
        }
    }
    return {};
}

Stored<void> SendReports::put_off(const Delivery& delivery, base::UnixTime next_try) {
    auto later = delivery;
    later.next_try = next_try;
    const auto saved = outbox_.save(delivery, later);
    return saved ? Stored<void>() : base::refuse(saved.error());
}

Stored<void> SendReports::send_to(Work& work, Delivery delivery) {
    const auto named = ::report::read_address(delivery.address);
    if (named) { // before any question is asked
        if (const auto turn = turn_of(named->domain)) {
            return put_off(delivery, *turn);
        }
    }
    auto stopped = obstacle(work, delivery);
    if (!stopped) {
        return base::refuse(stopped.error());
    }
    if (*stopped) {
        return settle(delivery, **stopped);
    }
    if (!named || work.to.domain != named->domain) {
        if (const auto turn = turn_of(work.to.domain)) {
            return put_off(delivery, *turn);
        }
    }
    const auto built = build(work);
    if (!built) {
        return base::refuse(built.error());
    }
    if (!*built) {
        return settle(delivery, {Attempt::End::refused, "the report has no rows that can be read"});
    }
    return hand_over(work, std::move(delivery));
}

Stored<std::optional<Attempt>> SendReports::suppressed(const Work& work, const ::report::Address& address,
                                                       base::UnixTime now) {
    const std::pair<SuppressBy, std::string> names[] = {
        {SuppressBy::policy_domain, work.identity.policy_domain.text()},
        {SuppressBy::host, address.domain.text()},
        {SuppressBy::address, base::to_lower(::report::print(address))}};
    for (const auto& [by, name] : names) {
        const auto found = outbox_.suppression(by, name);
        if (!found) {
            return base::refuse(found.error());
        }
        if (*found && holds(**found, now)) {
            return std::optional(
                Attempt{Attempt::End::suppressed,
                        fmt::format("{} {} is suppressed: {}", print(by), name, (*found)->comment)});
        }
    }
    return std::optional<Attempt>();
}

// What the DNS says against it.
std::optional<Attempt> SendReports::unreachable(Work& work, const ::report::Address& address) {
    // One zone that is silent may have any number of names, each of which takes seconds.
    auto& silent = silent_[{organization_of(work.identity.policy_domain), organization_of(address.domain)}];
    if (silent >= most_silent) {
        return Attempt{Attempt::End::later, "no answer about others of this organization"};
    }
    auto against = ask_dns(work, address);
    silent += against && against->end == Attempt::End::later ? 1 : 0;
    return against;
}

std::optional<Attempt> SendReports::ask_dns(Work& work, const ::report::Address& address) {
    const auto no_answer = [](const Failure& failure) {
        return Attempt{Attempt::End::later, base::printable(failure.message)};
    };
    const auto listed = hands_.inquiries.blocklist(work.identity.policy_domain, settings_.mail.blocklists);
    if (!listed) {
        return no_answer(listed.error());
    }
    if (!listed->empty()) {
        return Attempt{Attempt::End::suppressed, "the domain stands on the blocklist " + *listed};
    }
    const auto consent = hands_.inquiries.consent(work.identity.policy_domain, address);
    if (!consent) {
        return no_answer(consent.error());
    }
    if (consent->state == ::report::Consent::State::refused) {
        return Attempt{Attempt::End::unreachable, consent->why};
    }
    if (consent->state == ::report::Consent::State::later) {
        return Attempt{Attempt::End::later, consent->why};
    }
    work.to = consent->address.value_or(address);
    const auto reachable = hands_.inquiries.reachable(work.to.domain);
    if (!reachable) {
        return no_answer(reachable.error());
    }
    if (reachable->state == Reachable::State::yes) {
        return std::nullopt;
    }
    return Attempt{reachable->state == Reachable::State::never ? Attempt::End::unreachable
                                                               : Attempt::End::later,
                   reachable->why};
}

Stored<std::optional<Attempt>> SendReports::obstacle(Work& work, const Delivery& delivery) {
    const auto address = ::report::read_address(delivery.address);
    if (!address) { // checked when it was planned; but the store is not ours alone
        return std::optional(Attempt{Attempt::End::unreachable, "this is no address"});
    }
    const auto now = hands_.now();
    auto stopped = suppressed(work, *address, now);
    if (!stopped || *stopped) {
        return stopped;
    }
    if (auto against = unreachable(work, *address)) {
        return against;
    }
    return work.to == *address ? Stored<std::optional<Attempt>>(std::nullopt)
                               : suppressed(work, work.to, now);
}

// Whose mail servers they are: one record makes any number of hosts below a domain, and all of them may lead
// to one server. The list of suffixes and not the DNS, for its owner has that in his hand.
std::string SendReports::organization_of(const base::DomainName& host) const {
    return suffixes_.registered_domain(host).value_or(host).text();
}

// When it is its turn; nothing: now.
std::optional<base::UnixTime> SendReports::turn_of(const base::DomainName& host) {
    const auto organization = organization_of(host);
    const auto now = hands_.ticks();
    if (pace_.next_to(organization) <= now) {
        return std::nullopt;
    }
    const auto wait = std::chrono::ceil<std::chrono::seconds>(pace_.take_turn(organization) - now);
    return hands_.now() + std::clamp<std::int64_t>(wait.count(), 1, rules_.longest.count() / 2);
}

// False: there is nothing in it.
Stored<bool> SendReports::build(Work& work) {
    if (work.file) {
        return true;
    }
    auto built =
        build_report(outbox_.database(), work.report, work.policy, reporter_, work.identity, limits_);
    if (!built) {
        return base::refuse(built.error());
    }
    if (built->records == 0) {
        return false;
    }
    const auto saved = outbox_.save_built(work.report.id, static_cast<std::int64_t>(built->file.size()));
    if (!saved) {
        return base::refuse(saved.error());
    }
    work.file = std::move(built->file);
    return true;
}

Result<std::string> SendReports::mail_of(const Work& work, const ::report::Address& to) const {
    return hands_.sign(::report::write({.identity = work.identity,
                                        .from = from_,
                                        .to = to,
                                        .from_name = reporter_.org_name,
                                        .contact = reporter_.email,
                                        .date = hands_.now(),
                                        .attachment = *work.file}));
}

Stored<void> SendReports::hand_over(Work& work, Delivery delivery) {
    if (const auto now = hands_.ticks(); pace_.next() > now) {
        hands_.sleep(std::chrono::ceil<std::chrono::milliseconds>(pace_.next() - now));
    }
    const auto mail = mail_of(work, work.to);
    if (!mail) {
        problem_ = mail.error().message;
        return {};
    }
    const auto before = delivery;
    const auto now = hands_.now();
    const Envelope envelope{
        bounce_address(settings_.mail.from, {delivery.id, now / ::report::seconds_a_day}, key_),
        ::report::print(work.to)};
    bool is_mine = true;
    std::optional<milter::reports::Failure> failure;
    const auto attempt = hands_.postman.send(envelope, *mail, [&] {
        const auto taken = handing_over(before, hands_.now());
        const auto saved = outbox_.save(before, taken);
        is_mine = saved && *saved;
        if (!saved) {
            failure = saved.error();
        } else if (is_mine) {
            delivery = taken;
        }
        return is_mine;
    });
    pace_.went_out(organization_of(work.to.domain), hands_.ticks());
    if (failure) {
        return base::refuse(*failure);
    }
    if (!is_mine) {
        return {}; // another run has it
    }
    note_answer(attempt, work.to.domain);
    if (attempt.is_of_address) {
        if (auto noted = note_dead(delivery); !noted) {
            return noted;
        }
    }
    return settle(delivery, attempt);
}

Stored<void> SendReports::note_dead(const Delivery& delivery) {
    const auto name = suppressed_name(SuppressBy::address, delivery.address);
    if (!name) {
        return {};
    }
    const auto known = outbox_.suppression(SuppressBy::address, *name);
    return known ? outbox_.suppress(bounced(*name, *known, hands_.now(), "refused by the mail server"))
                 : base::refuse(known.error());
}

Stored<void> SendReports::settle(const Delivery& before, const Attempt& attempt) {
    const auto delivery = after(before, attempt, hands_.now(), rules_);
    const auto saved = outbox_.save(before, delivery);
    if (!saved) {
        return base::refuse(saved.error());
    }
    count(delivery.state);
    if (delivery.state != DeliveryState::sent) {
        hands_.say(fmt::format("{} to {}: {}: {}", delivery.report, delivery.address, print(delivery.state),
                               delivery.last_reply));
    }
    return {};
}

// Whether it is our server that fails, or only theirs.
void SendReports::note_answer(const Attempt& attempt, const base::DomainName& host) {
    if (attempt.end == Attempt::End::server_fault) {
        ++faults_;
    } else if (attempt.is_doubtful) {
        doubts_.insert(organization_of(host));
    } else {
        faults_ = 0;
        doubts_.clear();
    }
    if (faults_ >= most_faults || doubts_.size() >= most_doubts) {
        problem_ =
            fmt::format("the mail server {} does not take reports: {}", settings_.mail.server, attempt.reply);
    }
}

void SendReports::count(DeliveryState state) {
    switch (state) {
    case DeliveryState::waiting:
    case DeliveryState::handing_over:
        ++result_.waiting;
        return;
    case DeliveryState::sent:
        ++result_.sent;
        return;
    case DeliveryState::refused:
    case DeliveryState::bounced:
        ++result_.refused;
        return;
    case DeliveryState::given_up:
        ++result_.given_up;
        return;
    case DeliveryState::held:
        ++result_.held;
        return;
    }
}

} // namespace milter::tool::reports
