#include "milter/tool/reports/suppression.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/secret_text.h"
#include "message/mailbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace milter::tool::reports {

namespace {

constexpr std::array<std::pair<SuppressBy, const char*>, 3> kinds{
    {{SuppressBy::address, "address"},
     {SuppressBy::host, "host"},
     {SuppressBy::policy_domain, "policy-domain"}}};

constexpr base::UnixTime a_day = 86'400;
constexpr base::UnixTime first_period = 7 * a_day;
constexpr base::UnixTime longest_period = 365 * a_day;

base::UnixTime period_of(int bounces) {
    auto period = first_period;
    for (int i = 1; i < bounces && period < longest_period; ++i) {
        period *= 2;
    }
    return std::min(period, longest_period);
}

} // namespace

const char* print(SuppressBy by) {
    return kinds.at(static_cast<std::size_t>(by)).second;
}

std::optional<SuppressBy> read_suppress_by(std::string_view text) {
    for (const auto& [value, word] : kinds) {
        if (text == word) {
            return value;
        }
    }
    return std::nullopt;
}

bool holds(const Suppression& suppression, base::UnixTime now) {
    return suppression.until == 0 || suppression.until > now;
}

base::Result<std::string, std::string> suppressed_name(SuppressBy by, std::string_view text) {
    const auto refusal = [&](const char* what) {
        return base::refuse(fmt::format("{} is no {}", base::quoted(text), what));
    };
    if (by != SuppressBy::address) {
        const auto domain = base::DomainName::parse_international(text);
        return domain ? base::Result<std::string, std::string>(domain->text()) : refusal("domain");
    }
    const auto path = message::parse_path(text);
    const auto domain = path && *path ? base::DomainName::parse_international((*path)->domain) : std::nullopt;
    if (!domain) {
        return refusal("address");
    }
    return message::print(message::Mailbox{base::to_lower((*path)->local_part), domain->text()});
}

Suppression bounced(const std::string& address, const std::optional<Suppression>& before, base::UnixTime now,
                    std::string_view why) {
    if (before && before->bounces > 0 && holds(*before, now)) { // of mail that had gone out before that
        return *before;
    }
    Suppression made{SuppressBy::address, address, 0, std::string(why), 1};
    if (before) {
        // What bounced a year ago and was silent since begins anew.
        const bool is_old = before->until != 0 && now - before->until > longest_period;
        made.bounces = is_old ? 1 : before->bounces + 1;
    }
    made.until = now + period_of(made.bounces);
    if (before && (before->until == 0 || before->until > made.until)) {
        made.until = before->until;
        made.comment = before->comment;
    }
    return made;
}

} // namespace milter::tool::reports
