#include "milter/tool/domain_entries.h"

#include "config/schema.h"
#include "milter/runtime/runtime.h"

#include <fmt/format.h>

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
    : settings_(settings), options_(runtime::key_options(settings)), keys_(options_, problems_),
      listed_(keys::open_keyed<keys::KeyedDomainList>(options_.default_source, nullptr, nullptr)) {}

std::optional<DomainEntries::Found> DomainEntries::find(const base::DomainName& domain) const {
    auto found = keys_.find(domain);
    if (found.empty()) {
        found = ask(domain).listed ? keys_.default_keys() : keys_.find_default(domain);
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

keys::KeyedDomainList::Found DomainEntries::ask(const base::DomainName& domain) const {
    if (!listed_) {
        return {};
    }
    keys::Inquiry inquiry = listed_->source().inquiry();
    return listed_->find(domain, inquiry);
}

std::string DomainEntries::undecided(const base::DomainName& domain) const {
    const bool known = !keys_.find(domain).empty() || !keys_.find_default(domain).empty();
    const std::string failure = known ? "" : ask(domain).failure;
    return failure.empty() ? "" : fmt::format("{}: {}", settings_.default_keys.domain_table, failure);
}

} // namespace milter::tool
