#include "milter/runtime/source_options.h"

#include "config/table_prefix.h"
#include "keys/source/open.h"

#include <string_view>

namespace milter::runtime {

namespace {

using keys::source::Kind;

// The name comes behind it.
std::string_view select(Table which) {
    switch (which) {
    case Table::signing:
        return "SELECT key_name FROM dkim_signing WHERE address = ";
    case Table::keys:
        return "SELECT domain, selector, private_key FROM dkim_keys WHERE name = ";
    case Table::senders:
        return "SELECT allowed FROM dkim_senders WHERE login = ";
    case Table::domains:
        return "SELECT domain FROM dkim_domains WHERE domain = ";
    }
    return {};
}

// The directory has no schema that everybody shares.
std::string default_query(Kind kind, Table which) {
    if (kind == Kind::ldap) {
        return {};
    }
    return std::string(select(which)) + (kind == Kind::mysql ? "?" : "$1");
}

const std::string& query_of(const config::SourceEntry& entry, Table which) {
    switch (which) {
    case Table::signing:
        return entry.signing_query;
    case Table::keys:
        return entry.key_query;
    case Table::senders:
        return entry.sender_query;
    case Table::domains:
        return entry.domain_query;
    }
    return entry.key_query;
}

void apply(const config::SourceEntry& entry, Table which, keys::source::Options& options) {
    const std::string& query = query_of(entry, which);
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
    if (which == Table::senders) { // one login may have many addresses, in any number of fields
        constexpr std::size_t most_addresses = 10000;
        options.most_rows = most_addresses;
        options.every_value = true;
    }
    options.label = table;
    options.named_in = settings.signing.tables_in;
    const auto entry = settings.sources.find(std::string(config::source_named(table)));
    if (entry != settings.sources.end()) {
        apply(entry->second, which, options);
    }
    return options;
}

} // namespace milter::runtime
