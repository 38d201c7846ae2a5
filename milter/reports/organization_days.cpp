#include "milter/reports/organization_days.h"

namespace milter::reports {

std::optional<std::string> OrganizationDays::above(const std::string& domain) const {
    const auto name = base::DomainName::parse(domain);
    const auto organization = name ? suffixes_.registered_domain(*name) : std::nullopt;
    return organization && *organization != *name ? std::optional(organization->text()) : std::nullopt;
}

Stored<void> OrganizationDays::read(Database& database, std::int64_t day) {
    if (days_.contains(day)) {
        return {};
    }
    std::unordered_map<std::string, std::size_t> counts;
    std::string after;
    for (;;) {
        constexpr std::int64_t at_once = 5000;
        const auto table =
            database.run("SELECT DISTINCT domain FROM paraph_report_policy WHERE day = $1 AND domain > $2 "
                         "ORDER BY domain LIMIT $3",
                         {Value(day), Value(after), Value(at_once)});
        if (!table) {
            return base::refuse(table.error());
        }
        if (table->rows.empty()) {
            break;
        }
        for (const Cells& row : table->rows) {
            if (const auto organization = above(row.text(0))) {
                ++counts[*organization];
            }
        }
        after = table->rows.back().text(0);
    }
    constexpr std::size_t most_days = 3; // a batch is of one, or of two at midnight
    while (days_.size() >= most_days) {
        days_.erase(days_.begin());
    }
    days_.emplace(day, std::move(counts));
    return {};
}

std::size_t OrganizationDays::domains(std::int64_t day, const std::string& organization) const {
    const auto of_day = days_.find(day);
    if (of_day == days_.end()) {
        return 0;
    }
    const auto found = of_day->second.find(organization);
    return found == of_day->second.end() ? 0 : found->second;
}

} // namespace milter::reports
