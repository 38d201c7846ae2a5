#include "milter/tool/all_keys.h"

#include "base/ascii.h"
#include "keys/domain_list.h"
#include "keys/published_record.h"
#include "milter/runtime/source_options.h"
#include "milter/tool/domain_entries.h"
#include "milter/tool/key_tables.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <set>
#include <tuple>

namespace milter::tool {

namespace {

using DomainsByRow = std::map<std::string, std::set<std::string>, std::less<>>;

constexpr std::string_view below = "*."; // before a name: all names below it

// The domain that a pattern of the SigningTable speaks of; nothing where it is more than one.
std::optional<base::DomainName> domain_of(std::string_view pattern) {
    const auto at = pattern.rfind('@');
    auto host = at == std::string_view::npos ? pattern : pattern.substr(at + 1);
    while (host.starts_with('*') || host.starts_with('.')) {
        host.remove_prefix(1);
    }
    if (host.find_first_of("*?[") != std::string_view::npos || host.find('.') == std::string_view::npos) {
        return std::nullopt;
    }
    return base::DomainName::parse_international(host);
}

DomainsByRow domains_by_row(const keys::SigningTable& table) {
    DomainsByRow found;
    for (const keys::SigningRow& row : table.rows()) {
        if (const auto domain = domain_of(row.pattern)) {
            const auto name = row.key_name == "%" ? domain->text() : std::string(row.key_name);
            found[name].insert(domain->text());
        }
    }
    return found;
}

// Where `%` stands for the domain in the name of the file, a domain without that file has no key.
bool has_key(const keys::KeyRow& row, const std::string& domain) {
    std::error_code error;
    return !row.file_has_domain || std::filesystem::exists(row.file_for(domain), error);
}

void pass_over_source(const char* setting, const std::string& source, AllKeys& all) {
    if (!source.empty()) {
        all.passed_over.push_back(why_unlisted(setting, source));
    }
}

// All keys of the configuration, as they are found.
class Search {
  public:
    Search(const config::Settings& settings, const KeyTables& tables)
        : settings_(settings), tables_(tables), entries_(settings) {}

    Result<AllKeys> all() {
        for (const auto& [name, entry] : settings_.domains) {
            add_entry(name, entry);
        }
        if (auto added = add_default(); !added) {
            return tl::make_unexpected(added.error());
        }
        add_table();
        drop_repeated();
        return std::move(all_);
    }

    AllKeys of_domain(const base::DomainName& domain, std::string_view selector) {
        if (const auto found = entries_.find(domain); found && !yields_to_table(*found, domain)) {
            add(*found->entry, found->signing_domain);
        }
        for (const keys::KeyRow& row : tables_.keys.rows()) {
            const bool is_for =
                row.domain.empty() ? has_key(row, domain.text()) : row.domain == domain.text();
            if (!row.broken && is_for) {
                all_.keys.push_back(named_in_table(row, domain.text(), tables_.keys_place));
            }
        }
        pass_over_source("signing.key_table", tables_.keys_source, all_);
        std::erase_if(all_.keys, [&](const NamedKey& key) {
            return !selector.empty() && !base::iequals(key.selector, selector);
        });
        return std::move(all_);
    }

  private:
    void add(const config::DomainEntry& entry, const std::string& signing_domain) {
        for (const auto& key : entry.keys) {
            all_.keys.push_back(named_in_yaml(entry, key, signing_domain));
        }
    }

    // Of the names below a domain nobody knows which there are.
    void pass_over_below(const std::string& place, std::string_view name) {
        all_.passed_over.push_back(fmt::format("{}: the domains below {}, which sign in their own name; "
                                               "`paraph key check DOMAIN` is about one of them",
                                               place, name));
    }

    void add_entry(const std::string& name, const config::DomainEntry& entry) {
        const bool wildcard = name.starts_with(below);
        const auto own = wildcard ? name.substr(below.size()) : name;
        const auto& given = entry.signing ? entry.signing->signing_domain : std::string();
        if (!(wildcard && given == "%")) {
            add(entry, given.empty() || given == "%" ? own : given);
        }
        if (given == "%" && (wildcard || entry.subdomains)) {
            pass_over_below(entry.named_in, own);
        }
    }

    // The daemon asks the SigningTable before it comes to `default`.
    [[nodiscard]] bool yields_to_table(const DomainEntries::Found& found,
                                       const base::DomainName& domain) const {
        constexpr std::string_view somebody = "somebody-whom-no-row-names";
        return found.is_default && !tables_.signing.match(somebody, domain).empty();
    }

    Result<void> add_default() {
        const auto& keys = settings_.default_keys;
        const auto& given = keys.entry.signing ? keys.entry.signing->signing_domain : std::string();
        if (!given.empty() && given != "%") {
            add(keys.entry, given);
            return {};
        }
        std::vector<keys::Problem> problems;
        auto names = keys.domains;
        if (runtime::source_options(settings_, keys.domain_table, runtime::Table::domains)) {
            all_.passed_over.push_back(fmt::format("{}:{}: default: the domains in {} are not known here",
                                                   keys.entry.named_in, keys.line, keys.domain_table));
        } else if (!keys.domain_table.empty()) {
            const auto more = keys::read_domain_table(keys.domain_table, problems);
            names.insert(names.end(), more.begin(), more.end());
        }
        if (!problems.empty() && problems.front().line == 0) {
            return fail(ExitCode::config,
                        fmt::format("default.domain_table: {}", keys::print(problems.front())));
        }
        for (const std::string& name : names) {
            add_listed(name);
        }
        return {};
    }

    void add_listed(const std::string& name) {
        const auto& keys = settings_.default_keys;
        const auto domain = base::DomainName::parse(name);
        if (name.starts_with(below)) {
            pass_over_below(fmt::format("{}:{}: default", keys.entry.named_in, keys.line),
                            std::string_view(name).substr(below.size()));
        } else if (domain) {
            const auto found = entries_.find(*domain);
            if (found && found->is_default && !yields_to_table(*found, *domain)) {
                add(keys.entry, name);
            }
        }
    }

    void add_table() {
        const auto domains = domains_by_row(tables_.signing);
        const auto& place = tables_.keys_place;
        for (const keys::KeyRow& row : tables_.keys.rows()) {
            if (row.broken) {
                all_.passed_over.push_back(why_unusable(row, place));
            } else if (row.domain.empty()) {
                add_any_domain(row, domains);
            } else {
                all_.keys.push_back(named_in_table(row, std::string(row.domain), place));
            }
        }
        pass_over_source("signing.key_table", tables_.keys_source, all_);
        if (!tables_.keys.rows().empty()) { // otherwise nothing depends on it
            pass_over_source("signing.signing_table", tables_.signing_source, all_);
        }
    }

    void add_any_domain(const keys::KeyRow& row, const DomainsByRow& domains) {
        const auto named = domains.find(row.name);
        if (named == domains.end()) {
            all_.passed_over.push_back(fmt::format(
                "{}:{}: the row {} is for any domain, and {}", tables_.keys_place, row.line, row.name,
                tables_.signing_source.empty() ? "no row of the SigningTable names one with it"
                                               : "the SigningTable cannot be listed"));
            return;
        }
        for (const std::string& domain : named->second) {
            if (has_key(row, domain)) {
                all_.keys.push_back(named_in_table(row, domain, tables_.keys_place));
            }
        }
    }

    // Two rows may name one key.
    void drop_repeated() {
        std::set<std::tuple<std::string, std::string, std::string, std::string>> seen;
        std::erase_if(all_.keys, [&](const NamedKey& key) {
            return !seen.emplace(key.domain, key.selector, key.file, key.inline_key).second;
        });
    }

    const config::Settings& settings_;
    const KeyTables& tables_;
    DomainEntries entries_;
    AllKeys all_;
};

} // namespace

Result<AllKeys> all_keys(const config::Settings& settings) {
    const auto tables = read_key_tables(settings);
    if (!tables) {
        return tl::make_unexpected(tables.error());
    }
    return Search(settings, *tables).all();
}

Result<AllKeys> keys_of_domain(const config::Settings& settings, const base::DomainName& domain,
                               const std::string& selector) {
    const auto tables = read_key_tables(settings);
    if (!tables) {
        return tl::make_unexpected(tables.error());
    }
    return Search(settings, *tables).of_domain(domain, selector);
}

std::vector<NamedKey> keys_in_file(const config::Settings& settings, const std::string& file) {
    std::vector<NamedKey> found;
    const auto all = all_keys(settings);
    for (const NamedKey& key : all ? all->keys : std::vector<NamedKey>()) {
        std::error_code error;
        if (!key.file.empty() && std::filesystem::equivalent(key.file, file, error)) {
            found.push_back(key);
        }
    }
    return found;
}

void pass_over_retired(AllKeys& all) {
    std::erase_if(all.keys, [&](const NamedKey& key) {
        if (key.state != config::KeyState::retired) {
            return false;
        }
        all.passed_over.push_back(fmt::format("{}: {} is retired, its record is to be withdrawn",
                                              key.named_in, keys::record_name(key.selector, key.domain)));
        return true;
    });
}

} // namespace milter::tool
