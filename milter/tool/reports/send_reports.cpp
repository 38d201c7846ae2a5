#include "milter/tool/reports/send_reports.h"

#include "milter/tool/reports/plan_failures.h"
#include "milter/tool/reports/plan_reports.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace milter::tool::reports {

namespace {

// So long whoever hands a report over is taken to be alive, in a store of several hosts.
constexpr std::chrono::seconds lease = longest_mail + std::chrono::minutes(1);
// What is due that soon is waited for.
constexpr base::UnixTime patience = 90;

ExitCode code_of(const milter::reports::Failure& failure) {
    return failure.kind == milter::reports::Failure::Kind::passing ? ExitCode::temporary : ExitCode::config;
}

} // namespace

struct SendReports::Work {
    const PlannedReport& report;
    Contents& contents;
    Obstacles::Way way; // to the address of the delivery at hand
};

SendReports::SendReports(const config::Reports& settings, const crypto::MacKey& key, std::string generator,
                         Outbox& outbox, Hands hands)
    : settings_(settings), key_(key), outbox_(outbox), hands_(std::move(hands)),
      pace_(settings.mail.per_minute, settings.mail.per_minute_and_host),
      sender_(settings, std::move(generator)),
      obstacles_(settings.mail, organizations_, outbox, {hands_.inquiries, hands_.ticks}),
      share_(settings.mail.per_day_and_host, organizations_) {
    rules_.give_up = settings.mail.give_up;
}

Result<void> SendReports::run(const Selection& wanted) {
    result_.begun = hands_.now();
    const auto planned = plan_reports(outbox_, settings_, wanted, result_.begun);
    if (!planned) {
        return fail(code_of(planned.error()), planned.error().text);
    }
    const auto failures = plan_failures(outbox_, settings_, wanted, result_.begun);
    if (!failures) {
        return fail(code_of(failures.error()), failures.error().text);
    }
    result_.planned = *planned + *failures;
    if (const auto read = share_.read(outbox_, result_.begun); !read) {
        return fail(code_of(read.error()), read.error().text);
    }
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
    const auto contents = read_contents(outbox_, report, sender_);
    if (!contents) {
        return base::refuse(contents.error());
    }
    const auto domain = base::DomainName::parse(report.domain);
    if (!*contents || !domain) {
        const auto ended = end_all(report);
        return ended ? next_of(report) : base::refuse(ended.error());
    }
    obstacles_.begin();
    const auto sent = send_to_all(
        {.report = report, .contents = **contents, .way = {(*contents)->kind(), *domain, sender_.from}});
    return sent ? next_of(report) : base::refuse(sent.error());
}

Stored<void> SendReports::send_to_all(Work work) {
    const auto deliveries = outbox_.deliveries(work.report.id);
    if (!deliveries) {
        return base::refuse(deliveries.error());
    }
    for (const Delivery& delivery : *deliveries) {
        if (delivery.state == DeliveryState::handing_over) { // of a run that was killed
            if (outbox_.is_shared() && may_be_at_work(delivery, hands_.now(), lease)) {
                continue;
            }
            if (auto saved = outbox_.save(delivery, recovered(delivery)); !saved) {
                return base::refuse(saved.error());
            }
        } else if (is_due(delivery, hands_.now(), rules_) && !hands_.stops() && problem_.empty()) {
            if (auto sent = send_to(work, delivery); !sent) {
                return sent;
            }
        }
    }
    return {};
}

Stored<std::optional<base::UnixTime>> SendReports::next_of(const PlannedReport& report) {
    const auto deliveries = outbox_.deliveries(report.id);
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
    if (!next && report.kind == ::report::ReportKind::failure) { // what it says of a message is not kept
        if (auto removed = milter::reports::remove_failure(outbox_.database(), report.id); !removed) {
            return base::refuse(removed.error());
        }
    }
    return next;
}

// There is nothing to send any more.
Stored<void> SendReports::end_all(const PlannedReport& report) {
    const auto deliveries = outbox_.deliveries(report.id);
    if (!deliveries) {
        return base::refuse(deliveries.error());
    }
    for (const Delivery& delivery : *deliveries) {
        if (is_final(delivery.state)) {
            continue;
        }
        auto ended = recovered(delivery);
        if (!is_final(ended.state)) {
            ended.state = DeliveryState::given_up;
            ended.last_reply = report.kind == ::report::ReportKind::failure
                                   ? "it is gone: older than reports.give_up, failure reports are off now, "
                                     "or there was no room"
                                   : "its counts are gone: older than reports.keep, or there was no room";
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
    if (!named) { // checked when it was planned; but the store is not ours alone
        return settle(delivery, {Attempt::End::unreachable, "this is no address"});
    }
    if (!share_.has_room(named->domain, hands_.now())) { // before any question is asked
        return hold(delivery, named->domain);
    }
    if (const auto turn = turn_of(named->domain)) {
        return put_off(delivery, *turn);
    }
    work.way.to = *named;
    const auto stopped = obstacles_.find(work.way, hands_.now());
    if (!stopped) {
        return base::refuse(stopped.error());
    }
    if (*stopped) {
        return settle(delivery, **stopped);
    }
    if (work.way.to.domain != named->domain) {
        if (!share_.has_room(work.way.to.domain, hands_.now())) {
            return hold(delivery, work.way.to.domain);
        }
        if (const auto turn = turn_of(work.way.to.domain)) {
            return put_off(delivery, *turn);
        }
    }
    const auto size = work.contents.make();
    if (!size) {
        return base::refuse(size.error());
    }
    if (!*size) {
        return settle(delivery, {Attempt::End::refused, "the report has no rows that can be read"});
    }
    if (auto saved = outbox_.save_built(work.report.id, **size); !saved) {
        return saved;
    }
    return hand_over(work, std::move(delivery));
}

// When it is its turn; nothing: now.
std::optional<base::UnixTime> SendReports::turn_of(const base::DomainName& host) {
    const auto organization = organizations_.of(host);
    const auto now = hands_.ticks();
    if (pace_.next_to(organization) <= now) {
        return std::nullopt;
    }
    const auto wait = std::chrono::ceil<std::chrono::seconds>(pace_.take_turn(organization) - now);
    return hands_.now() + std::clamp<std::int64_t>(wait.count(), 1, rules_.longest.count() / 2);
}

Stored<void> SendReports::hand_over(Work& work, Delivery delivery) {
    if (const auto now = hands_.ticks(); pace_.next() > now) {
        hands_.sleep(std::chrono::ceil<std::chrono::milliseconds>(pace_.next() - now));
    }
    const auto mail = hands_.sign(work.contents.mail_to(work.way.to, hands_.now()));
    if (!mail) {
        problem_ = mail.error().message;
        return {};
    }
    const auto before = delivery;
    const auto now = hands_.now();
    const Envelope envelope{
        bounce_address(settings_.mail.from, {delivery.id, now / ::report::seconds_a_day}, key_),
        ::report::print(work.way.to)};
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
    pace_.went_out(organizations_.of(work.way.to.domain), hands_.ticks());
    if (failure) {
        return base::refuse(*failure);
    }
    if (!is_mine) {
        return {}; // another run has it
    }
    if (attempt.end == Attempt::End::accepted || attempt.end == Attempt::End::lost) {
        share_.went_out(work.way.to.domain, now);
    }
    trust_.note(attempt, organizations_.of(work.way.to.domain));
    if (trust_.is_lost()) {
        problem_ =
            fmt::format("the mail server {} does not take reports: {}", settings_.mail.server, attempt.reply);
    }
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

// Not tomorrow either: then there are the reports of another day.
Stored<void> SendReports::hold(const Delivery& delivery, const base::DomainName& host) {
    const auto why = fmt::format("{} reports went to {} on this day (reports.per_day_and_host)",
                                 settings_.mail.per_day_and_host, organizations_.of(host));
    const auto held = after(delivery, {Attempt::End::suppressed, why}, hands_.now(), rules_);
    const auto saved = outbox_.save(delivery, held);
    if (!saved) {
        return base::refuse(saved.error());
    }
    count(held.state);
    if (share_.is_news(host)) { // there may be a hundred thousand like it
        hands_.say(fmt::format("{} to {} and others: {}: {}", delivery.report, delivery.address,
                               print(held.state), why));
    }
    return {};
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
