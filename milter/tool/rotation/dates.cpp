#include "milter/tool/rotation/dates.h"

#include "milter/tool/rotation/domain.h"

#include <fmt/format.h>

#include <algorithm>

namespace milter::tool::rotation {

std::string print_time(std::chrono::sys_seconds at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{at - day};
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count());
}

std::map<std::string, keys::ForecastStep> next_steps(const std::string& domain,
                                                     const config::DomainEntry& entry) {
    constexpr std::size_t most = 20;
    std::map<std::string, keys::ForecastStep> next;
    const auto now = moment_now();
    if (!entry.rotation || !now) {
        return next;
    }
    const Files files(entry.rotation->directory, std::nullopt);
    const auto journal = files.read_journal(domain);
    if (!journal || journal->keys.empty()) {
        return next;
    }
    std::chrono::seconds negative_ttl{0};
    for (const keys::RotatedKey& key : journal->keys) {
        negative_ttl = std::max(negative_ttl, key.negative_ttl);
    }
    const keys::Rotation rotation(journal->keys);
    for (auto& one : keys::forecast(rotation, plan_of(*entry.rotation), *now, negative_ttl, most)) {
        next.try_emplace(one.step.selector, one);
    }
    return next;
}

} // namespace milter::tool::rotation
