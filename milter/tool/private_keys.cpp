#include "milter/tool/private_keys.h"

#include "config/schema.h"
#include "milter/tool/key_tables.h"

#include <fmt/format.h>

#include <glob.h>

#include <memory>
#include <string_view>

namespace milter::tool {

namespace {

// `%` as any part of a name; all else as it stands.
std::string pattern_of(std::string_view file) {
    std::string pattern;
    for (const char c : file) {
        if (c == '%') {
            pattern += '*';
        } else if (std::string_view("*?[]\\").find(c) != std::string_view::npos) {
            pattern += {'\\', c};
        } else {
            pattern += c;
        }
    }
    return pattern;
}

// The files of a row for any domain: of a database nobody can say which domains there are, but a key has to
// be on the disk. False: a directory cannot be read.
bool add_files(const keys::KeyRow& row, const std::string& place, std::vector<NamedKey>& keys) {
    glob_t found{};
    const std::unique_ptr<glob_t, decltype(&::globfree)> owner(&found, &::globfree);
    const int result = ::glob(pattern_of(row.file).c_str(), GLOB_ERR | GLOB_NOSORT, nullptr, &found);
    for (std::size_t i = 0; result == 0 && i < found.gl_pathc; ++i) {
        auto key = named_in_table(row, "%", place);
        key.file = found.gl_pathv[i];
        keys.push_back(std::move(key));
    }
    return result == 0 || result == GLOB_NOMATCH;
}

void add_entry(const config::DomainEntry& entry, std::string_view name, AllKeys& all) {
    for (const auto& key : entry.keys) {
        all.keys.push_back(named_in_yaml(entry, key, std::string(name)));
    }
}

void add_table(const KeyTables& tables, AllKeys& all) {
    const auto& place = tables.keys_place;
    for (const keys::KeyRow& row : tables.keys.rows()) {
        if (row.broken) {
            all.passed_over.push_back(why_unusable(row, place));
        } else if (!row.domain.empty() || !row.file_has_domain) {
            all.keys.push_back(
                named_in_table(row, std::string(row.domain.empty() ? "%" : row.domain), place));
        } else if (!add_files(row, place, all.keys)) {
            all.passed_over.push_back(
                fmt::format("{}:{}: the files of the row {} cannot be listed", place, row.line, row.name));
        }
    }
    if (!tables.keys_source.empty()) {
        all.passed_over.push_back(why_unlisted("signing.key_table", tables.keys_source));
    }
}

} // namespace

Result<AllKeys> private_keys(const config::Settings& settings) {
    const auto tables = read_key_tables(settings);
    if (!tables) {
        return tl::make_unexpected(tables.error());
    }
    AllKeys all;
    for (const auto& [name, entry] : settings.domains) {
        add_entry(entry, name, all);
    }
    add_entry(settings.default_keys.entry, config::default_name, all);
    add_table(*tables, all);
    return all;
}

} // namespace milter::tool
