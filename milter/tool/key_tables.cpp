#include "milter/tool/key_tables.h"

#include "keys/table_file.h"
#include "milter/runtime/source_options.h"

#include <fmt/format.h>

#include <filesystem>

namespace milter::tool {

namespace {

Result<keys::LoadedTable> load(const config::Settings& settings, const char* name, const std::string& table) {
    std::vector<keys::Problem> problems;
    auto loaded = keys::load_table(table, fmt::format("{}, {}", settings.signing.tables_in, name), problems);
    if (!problems.empty() && problems.front().line == 0) {
        return fail(ExitCode::config, fmt::format("{}: {}", name, keys::print(problems.front())));
    }
    return loaded;
}

} // namespace

Result<KeyTables> read_key_tables(const config::Settings& settings) {
    const auto& signing = settings.signing;
    KeyTables tables;
    if (runtime::source_options(settings, signing.key_table, runtime::Table::keys)) {
        tables.keys_source = signing.key_table;
    }
    if (runtime::source_options(settings, signing.signing_table, runtime::Table::signing)) {
        tables.signing_source = signing.signing_table;
    }
    const auto keys =
        load(settings, "signing.key_table", tables.keys_source.empty() ? signing.key_table : "");
    const auto rows =
        load(settings, "signing.signing_table", tables.signing_source.empty() ? signing.signing_table : "");
    if (!keys || !rows) {
        return tl::make_unexpected(!keys ? keys.error() : rows.error());
    }
    std::vector<keys::Problem> problems;
    tables.keys_place = keys->place;
    tables.keys = keys::KeyTable::parse(keys->rows, keys->name.kind, keys->place, problems);
    tables.signing = keys::SigningTable::parse(rows->rows, rows->name.kind, rows->place, problems);
    return tables;
}

NamedKey named_in_table(const keys::KeyRow& row, const std::string& domain, const std::string& place) {
    NamedKey key;
    key.domain = domain;
    key.selector = row.selector;
    key.file = std::filesystem::path(row.file_for(domain)).lexically_normal().string();
    key.inline_key = row.inline_key;
    key.named_in = fmt::format("{}:{}", place, row.line);
    return key;
}

std::string why_unlisted(std::string_view setting, const std::string& source) {
    return fmt::format("{} is {}, which cannot be listed: paraph asks it for one name at a time; "
                       "`paraph sign --why ADDRESS` says what it answers",
                       setting, source);
}

std::string why_unusable(const keys::KeyRow& row, const std::string& place) {
    return fmt::format("{}:{}: nothing can be signed with the row {}; `paraph check-config` says why", place,
                       row.line, row.name);
}

} // namespace milter::tool
