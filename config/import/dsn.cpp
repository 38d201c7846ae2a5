#include "config/import/dsn.h"

#include "base/ascii.h"
#include "config/number_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace config::import {

namespace {

// Octets that are written as a sign and two hexadecimal digits.
std::string decoded(std::string_view text, char sign) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        unsigned octet = 0;
        const auto digits = text.substr(at + 1 < text.size() ? at + 1 : at, 2);
        if (text[at] == sign && digits.size() == 2 && base::is_hex(digits[0]) && base::is_hex(digits[1])) {
            std::from_chars(digits.data(), digits.data() + 2, octet, 16);
            result += static_cast<char>(octet);
            at += 2;
        } else {
            result += text[at];
        }
    }
    return result;
}

std::string unescaped(std::string_view text) {
    return decoded(text, '=');
}

bool is_identifier(std::string_view text) {
    return !text.empty() && !base::is_digit(text.front()) &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return base::is_alnum(c) || c == '_' || c == '.'; });
}

// A value of a connection that needs no quotation marks.
bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return base::is_visible(c) && std::string_view("'\"\\=").find(c) == std::string_view::npos;
    });
}

std::string kind_of(std::string_view backend) {
    if (backend == "mysql" || backend == "mariadb") {
        return "mysql";
    }
    if (backend == "pgsql" || backend == "postgresql") {
        return "postgresql";
    }
    return backend.starts_with("sqlite") ? "sqlite" : "";
}

struct Query {
    std::string table;
    std::string key;
    std::vector<std::string> values;
    std::string filter;
};

Query read_query(std::string_view text) {
    Query query;
    for (const std::string_view part : base::split(text, '?')) {
        const auto sign = part.find('=');
        const std::string_view name = part.substr(0, sign);
        const std::string_view value =
            sign == std::string_view::npos ? std::string_view() : part.substr(sign + 1);
        if (name == "table") {
            query.table = unescaped(value);
        } else if (name == "keycol") {
            query.key = unescaped(value);
        } else if (name == "datacol") {
            for (const auto column : base::split(value, ',')) {
                query.values.push_back(unescaped(column));
            }
        } else if (name == "filter") {
            query.filter = unescaped(value);
        }
    }
    return query;
}

base::Result<std::string, std::string> sql_of(const Query& query, const std::string& kind, KeyColumn column) {
    if (!is_identifier(query.table) || !is_identifier(query.key) || query.values.empty() ||
        !std::ranges::all_of(query.values, is_identifier)) {
        return tl::make_unexpected("table, keycol or datacol is missing, or is no plain name");
    }
    if (query.filter.find_first_of("?$;") != std::string::npos) {
        return tl::make_unexpected("its filter has a sign that stands for something else in a query here");
    }
    const bool postgresql = kind == "postgresql";
    const bool cast = postgresql && column == KeyColumn::may_be_number;
    return fmt::format("SELECT {} FROM {} WHERE {} = {}{}", fmt::join(query.values, ", "), query.table,
                       cast ? fmt::format("CAST({} AS text)", query.key) : query.key, postgresql ? "$1" : "?",
                       query.filter.empty() ? std::string() : fmt::format(" AND ({})", query.filter));
}

struct Server {
    std::string user, password, port, host, database;
};

// "user:password@port+host", all but the host perhaps missing.
Server read_server(std::string_view authority, std::string_view database) {
    Server server;
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        const std::string_view login = authority.substr(0, at);
        const auto colon = login.find(':');
        server.user = unescaped(login.substr(0, colon));
        server.password =
            colon == std::string_view::npos ? std::string() : unescaped(login.substr(colon + 1));
        authority.remove_prefix(at + 1);
    }
    if (const auto plus = authority.find('+'); plus != std::string_view::npos) {
        server.port = authority.substr(0, plus);
        authority.remove_prefix(plus + 1);
    }
    server.host = unescaped(authority);
    server.database = unescaped(database);
    return server;
}

base::Result<std::string, std::string> connection_of(const Server& server, const std::string& kind) {
    if (kind == "sqlite") {
        return server.host + server.database; // as OpenDBX puts them together
    }
    const bool bad_port = !server.port.empty() && !parse_decimal(server.port);
    if (server.host.empty() || server.database.empty() || bad_port || !is_plain(server.host) ||
        !is_plain(server.database)) {
        return tl::make_unexpected(
            "its host or database is missing, or holds signs that cannot be written here");
    }
    std::string text = "host=" + server.host;
    text += server.port.empty() ? "" : " port=" + server.port;
    return text + " dbname=" + server.database;
}

// "ldap://host:389/base?..." -> "ldap://host:389" and what follows the slash
struct Url {
    std::string server;
    std::string_view rest;
};
std::optional<Url> read_url(std::string_view text) {
    const auto slashes = text.find("://");
    if (slashes == std::string_view::npos) {
        return std::nullopt;
    }
    const std::size_t begin = slashes + 3;
    const auto slash = text.find('/', begin);
    const std::string host =
        decoded(text.substr(begin, slash == std::string_view::npos ? slash : slash - begin), '%');
    return Url{base::to_lower(text.substr(0, begin)) + host,
               slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1)};
}

} // namespace

base::Result<ForeignSource, std::string> parse_dsn(std::string_view text, KeyColumn column) {
    const auto slashes = text.find("://");
    const auto server_begin = slashes == std::string_view::npos ? slashes : slashes + 3;
    const auto database = slashes == std::string_view::npos ? slashes : text.find('/', server_begin);
    const auto query = database == std::string_view::npos ? database : text.find('/', database + 1);
    if (query == std::string_view::npos) {
        return tl::make_unexpected("expected BACKEND://USER:PASSWORD@PORT+HOST/DATABASE/table=...");
    }
    ForeignSource source;
    source.kind = kind_of(text.substr(0, slashes));
    if (source.kind.empty()) {
        return tl::make_unexpected("a database of this kind cannot be asked here");
    }
    const Server server = read_server(text.substr(server_begin, database - server_begin),
                                      text.substr(database + 1, query - database - 1));
    auto connection = connection_of(server, source.kind);
    auto sql = sql_of(read_query(text.substr(query + 1)), source.kind, column);
    if (!connection || !sql) {
        return tl::make_unexpected(connection ? sql.error() : connection.error());
    }
    source.connection = std::move(*connection);
    source.query = std::move(*sql);
    source.user = server.user;
    source.password = server.password;
    return source;
}

base::Result<ForeignSource, std::string> parse_ldap(std::string_view text) {
    ForeignSource source;
    source.kind = "ldap";
    std::string_view query;
    for (const std::string_view word : base::split(text, ' ')) {
        if (word.empty()) {
            continue;
        }
        const auto url = read_url(word);
        if (!url || !is_plain(url->server)) {
            return tl::make_unexpected("expected ldap://HOST/BASE?ATTRIBUTES?SCOPE?FILTER");
        }
        if (source.connection.empty()) {
            query = text.substr(text.find(word) + word.size() - url->rest.size(), url->rest.size());
        }
        source.connection += (source.connection.empty() ? "" : " ") + url->server;
    }
    if (query.find("$D") != std::string_view::npos) {
        return tl::make_unexpected("$D, the address as components of a domain, cannot be written here");
    }
    source.query = decoded(query, '%');
    if (std::count(source.query.begin(), source.query.end(), '?') < 3) {
        return tl::make_unexpected("expected ldap://HOST/BASE?ATTRIBUTES?SCOPE?FILTER");
    }
    return source;
}

} // namespace config::import
