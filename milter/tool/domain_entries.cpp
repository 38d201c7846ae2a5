#include "milter/tool/domain_entries.h"

#include "config/schema.h"
#include "milter/runtime/runtime.h"

namespace milter::tool {

namespace {

std::string signing_domain(const config::DomainEntry& entry, const std::string& usual,
                           const base::DomainName& author) {
    const bool given = entry.signing && !entry.signing->signing_domain.empty();
    const auto& named = given ? entry.signing->signing_domain : usual;
    return named == "%" ? author.text() : named;
}

} // namespace

DomainEntries::DomainEntries(const config::Settings& settings)
    : settings_(settings), options_(runtime::key_options(settings)), keys_(options_, problems_) {}

std::optional<DomainEntries::Found> DomainEntries::find(const base::DomainName& domain) const {
    auto found = keys_.find(domain);
    if (found.empty()) {
        found = keys_.find_default(domain);
    }
    if (found.empty()) {
        return std::nullopt;
    }
    const auto name = keys::entry_of(*found.front());
    const bool is_default = name == config::default_name;
    const auto& entry = is_default ? settings_.default_keys.entry : settings_.domains.at(name);
    return Found{name, &entry, is_default,
                 signing_domain(entry, is_default ? "%" : found.front()->domain, domain)};
}

} // namespace milter::tool
