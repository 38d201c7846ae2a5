#include "milter/tool/all_keys.h"

#include "keys/key_table.h"
#include "keys/signing_table.h"
#include "keys/table_file.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <set>
#include <tuple>

namespace milter::tool {

namespace {

using DomainsByRow = std::map<std::string, std::set<std::string>, std::less<>>;

struct Table {
    keys::TableName name;
    std::vector<keys::TableRow> rows;
};

Result<Table> read(const std::string& setting, const std::string& text) {
    const auto name = keys::parse_table_name(text);
    const auto bytes = name ? keys::read_table(name->path)
                            : base::Result<std::string, std::string>(base::refuse(name.error()));
    if (!bytes) {
        return fail(ExitCode::config, fmt::format("{}: {}", setting, bytes.error()));
    }
    std::vector<keys::Problem> problems; // for check-config to report
    return Table{*name, keys::parse_table(*bytes, name->path, problems)};
}

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

Result<DomainsByRow> domains_by_row(const config::Settings& settings) {
    DomainsByRow found;
    if (settings.signing.signing_table.empty()) {
        return found;
    }
    const auto table = read("signing.signing_table", settings.signing.signing_table);
    if (!table) {
        return tl::make_unexpected(table.error());
    }
    std::vector<keys::Problem> problems;
    const auto parsed = keys::SigningTable::parse(table->rows, table->name.kind, table->name.path, problems);
    for (const keys::SigningRow& row : parsed.rows()) {
        if (const auto domain = domain_of(row.pattern)) {
            const auto name = row.key_name == "%" ? domain->text() : std::string(row.key_name);
            found[name].insert(domain->text());
        }
    }
    return found;
}

NamedKey from_row(const keys::KeyRow& row, const std::string& domain, const std::string& table) {
    NamedKey key;
    key.domain = domain;
    key.selector = row.selector;
    key.file = std::filesystem::path(row.file_for(domain)).lexically_normal().string();
    key.inline_key = row.inline_key;
    key.named_in = fmt::format("{}:{}", table, row.line);
    return key;
}

// Where `%` stands for the domain in the name of the file, a domain without that file has no key.
bool has_key(const keys::KeyRow& row, const std::string& domain) {
    std::error_code error;
    return !row.file_has_domain || std::filesystem::exists(row.file_for(domain), error);
}

void add_any_domain(const keys::KeyRow& row, const DomainsByRow& domains, const std::string& table,
                    AllKeys& all) {
    const auto named = domains.find(row.name);
    if (named == domains.end()) {
        all.passed_over.push_back(fmt::format("{}:{}: the row {} is for any domain, and no row of the "
                                              "SigningTable names one with it",
                                              table, row.line, row.name));
        return;
    }
    for (const std::string& domain : named->second) {
        if (has_key(row, domain)) {
            all.keys.push_back(from_row(row, domain, table));
        }
    }
}

Result<void> add_table(const config::Settings& settings, AllKeys& all) {
    if (settings.signing.key_table.empty()) {
        return {};
    }
    const auto domains = domains_by_row(settings);
    const auto rows = read("signing.key_table", settings.signing.key_table);
    if (!domains || !rows) {
        return tl::make_unexpected(!domains ? domains.error() : rows.error());
    }
    std::vector<keys::Problem> problems;
    const auto table = keys::KeyTable::parse(rows->rows, rows->name.kind, rows->name.path, problems);
    for (const keys::KeyRow& row : table.rows()) {
        if (row.broken) {
            all.passed_over.push_back(fmt::format("{}:{}: nothing can be signed with the row {}; "
                                                  "`paraph check-config` says why",
                                                  rows->name.path, row.line, row.name));
        } else if (row.domain.empty()) {
            add_any_domain(row, *domains, rows->name.path, all);
        } else {
            all.keys.push_back(from_row(row, std::string(row.domain), rows->name.path));
        }
    }
    return {};
}

// Two rows may name one key.
void drop_repeated(std::vector<NamedKey>& keys) {
    std::set<std::tuple<std::string, std::string, std::string, std::string>> seen;
    std::erase_if(keys, [&](const NamedKey& key) {
        return !seen.emplace(key.domain, key.selector, key.file, key.inline_key).second;
    });
}

} // namespace

Result<AllKeys> all_keys(const config::Settings& settings) {
    AllKeys all;
    for (const auto& [domain, entry] : settings.domains) {
        for (const auto& key : entry.keys) {
            all.keys.push_back({domain,
                                key.selector,
                                key.file,
                                {},
                                fmt::format("{}:{}", entry.named_in, key.line),
                                key.identity,
                                entry.subdomains,
                                key.is_active()});
        }
    }
    if (auto added = add_table(settings, all); !added) {
        return tl::make_unexpected(added.error());
    }
    drop_repeated(all.keys);
    return all;
}

} // namespace milter::tool
