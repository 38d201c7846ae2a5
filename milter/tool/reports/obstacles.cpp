#include "milter/tool/reports/obstacles.h"

#include "base/ascii.h"

#include <fmt/format.h>

namespace milter::tool::reports {

Stored<std::optional<Attempt>> Obstacles::find(Way& way, base::UnixTime now) {
    auto stopped = suppressed(way, now);
    if (!stopped || *stopped) {
        return stopped;
    }
    const auto named = way.to;
    if (auto against = unreachable(way)) {
        return against;
    }
    return way.to == named ? Stored<std::optional<Attempt>>(std::nullopt) : suppressed(way, now);
}

Stored<std::optional<Attempt>> Obstacles::suppressed(const Way& way, base::UnixTime now) {
    const std::pair<SuppressBy, std::string> names[] = {
        {SuppressBy::policy_domain, way.policy_domain.text()},
        {SuppressBy::host, way.to.domain.text()},
        {SuppressBy::address, base::to_lower(::report::print(way.to))}};
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
std::optional<Attempt> Obstacles::unreachable(Way& way) {
    // One zone that is silent may have any number of names, each of which takes seconds.
    const DnsPatience::Who who(organizations_.of(way.policy_domain), organizations_.of(way.to.domain));
    if (!patience_.may_ask(who)) {
        return Attempt{Attempt::End::later, "no answer about others of this organization, or too slow ones"};
    }
    const auto begun = asking_.ticks();
    auto against = ask_dns(way);
    patience_.note(who, std::chrono::duration_cast<DnsPatience::Time>(asking_.ticks() - begun),
                   against && against->end == Attempt::End::later);
    return against;
}

std::optional<Attempt> Obstacles::ask_dns(Way& way) {
    const auto no_answer = [](const Failure& failure) {
        return Attempt{Attempt::End::later, base::printable(failure.message)};
    };
    const auto listed = asking_.inquiries.blocklist(way.policy_domain, settings_.blocklists);
    if (!listed) {
        return no_answer(listed.error());
    }
    if (!listed->empty()) {
        return Attempt{Attempt::End::suppressed, "the domain stands on the blocklist " + *listed};
    }
    const auto consent = asking_.inquiries.consent(way.policy_domain, way.to, way.kind);
    if (!consent) {
        return no_answer(consent.error());
    }
    if (consent->state == ::report::Consent::State::refused) {
        return Attempt{Attempt::End::unreachable, consent->why};
    }
    if (consent->state == ::report::Consent::State::later) {
        return Attempt{Attempt::End::later, consent->why};
    }
    way.to = consent->address.value_or(way.to);
    const auto reachable = asking_.inquiries.reachable(way.to.domain);
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

} // namespace milter::tool::reports
