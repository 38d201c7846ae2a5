#include "keys/source/open.h"

#include "keys/source/berkeley.h"
#include "keys/source/ldap.h"
#include "keys/source/lmdb.h"
#include "keys/source/mysql.h"
#include "keys/source/postgresql.h"
#include "keys/source/sqlite.h"
#include "keys/source/watched_file.h"
#include "keys/source/workers.h"

#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

namespace keys::source {

namespace {

struct Word {
    std::string_view word;
    Kind kind;
};
constexpr std::array<Word, 9> words{{{"sqlite", Kind::sqlite},
                                     {"lmdb", Kind::lmdb},
                                     {"db", Kind::berkeley},
                                     {"bdb", Kind::berkeley},
                                     {"postgresql", Kind::postgresql},
                                     {"pgsql", Kind::postgresql},
                                     {"mysql", Kind::mysql},
                                     {"mariadb", Kind::mysql},
                                     {"ldap", Kind::ldap}}};

Connect connect_of(const Options& options) {
    switch (options.kind) {
    case Kind::sqlite:
        return [options] { return make_sqlite(options); };
    case Kind::lmdb:
        return [options] { return make_lmdb(options); };
    case Kind::berkeley:
        return [options] { return make_berkeley(options); };
    case Kind::postgresql:
        return [options] { return make_postgresql(options); };
    case Kind::mysql:
        return [options] { return make_mysql(options); };
    case Kind::ldap:
        return [options] { return make_ldap(options); };
    }
    return {};
}

} // namespace

std::optional<Kind> kind_of(std::string_view word) {
    for (const Word& known : words) {
        if (known.word == word) {
            return known.kind;
        }
    }
    return std::nullopt;
}

std::vector<std::string_view> kind_words() {
    std::vector<std::string_view> list;
    for (const Word& known : words) {
        list.push_back(known.word);
    }
    return list;
}

std::string refusal(const Options& options) {
    switch (options.kind) {
    case Kind::postgresql:
        return postgresql_refusal(options);
    case Kind::mysql:
        return mysql_refusal(options);
    case Kind::ldap:
        return ldap_refusal(options);
    case Kind::sqlite:
    case Kind::lmdb:
    case Kind::berkeley:
        return {};
    }
    return {};
}

std::string file_of(const Options& options) {
    std::error_code error;
    switch (options.kind) {
    case Kind::lmdb:
        return std::filesystem::is_directory(options.connection, error) ? options.connection + "/data.mdb"
                                                                        : options.connection;
    case Kind::sqlite:
    case Kind::berkeley:
        return options.connection;
    case Kind::postgresql:
    case Kind::mysql:
    case Kind::ldap:
        return {};
    }
    return {};
}

std::unique_ptr<Source> open(const Options& options) {
    // One copy in memory is enough: who asks it does not wait.
    const std::size_t connections = options.kind == Kind::lmdb ? 1 : options.connections;
    auto source = std::make_unique<Workers>(connect_of(options), connections);
    if (const std::string file = file_of(options); !file.empty()) {
        return std::make_unique<WatchedFile>(file, std::move(source));
    }
    return source;
}

} // namespace keys::source
