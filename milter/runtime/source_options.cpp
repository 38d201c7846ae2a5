#include "milter/runtime/source_options.h"

#include "config/table_prefix.h"
#include "keys/source/open.h"

#include <string_view>

namespace milter::runtime {

namespace {

using keys::source::Kind;

// The directory has no schema that everybody shares.
std::string default_query(Kind kind, Table which) {
    if (kind == Kind::ldap) {
        return {};
    }
    const std::string parameter = kind == Kind::mysql ? "?" : "$1";
    return (which == Table::signing ? "SELECT key_name FROM dkim_signing WHERE address = "
                                    : "SELECT domain, selector, private_key FROM dkim_keys WHERE name = ") +
           parameter;
}

void apply(const config::SourceEntry& entry, Table which, keys::source::Options& options) {
    const std::string& query = which == Table::signing ? entry.signing_query : entry.key_query;
    options.connection = entry.connection;
    options.query = query.empty() ? options.query : query;
    options.user = entry.user;
    options.password_file = entry.password_file;
    options.timeout = entry.timeout;
    options.cache_time = entry.cache_time;
    options.cache_bytes = entry.cache_size;
    options.connections = entry.connections;
    options.named_in = entry.named_in;
    options.line = entry.line;
}

} // namespace

std::optional<keys::source::Options> source_options(const config::Settings& settings,
                                                    const std::string& table, Table which) {
    const auto colon = table.find(':');
    const auto kind = colon == std::string::npos
                          ? std::nullopt
                          : keys::source::kind_of(std::string_view(table).substr(0, colon));
    if (!kind) {
        return std::nullopt;
    }
    keys::source::Options options;
    options.kind = *kind;
    options.query = default_query(*kind, which);
    options.connection = table.substr(colon + 1);
    options.label = table;
    options.named_in = settings.signing.tables_in;
    const auto entry = settings.sources.find(std::string(config::source_named(table)));
    if (entry != settings.sources.end()) {
        apply(entry->second, which, options);
    }
    return options;
}

} // namespace milter::runtime
