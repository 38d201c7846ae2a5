// Where a source is and what it is asked, as values.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace keys::source {

enum class Kind : std::uint8_t { sqlite, lmdb, berkeley, postgresql, mysql, ldap };

constexpr std::size_t max_rows = 100;

struct Options {
    Kind kind = Kind::sqlite;
    std::string connection; // the path of a file, libpq's "host=... dbname=...", an LDAP URL
    std::string query;      // one parameter stands for the name; of LDAP, what follows the host in the URL
    std::string user;
    std::string password_file;
    std::chrono::milliseconds timeout{2000};
    std::chrono::milliseconds cache_time{300000};
    std::size_t cache_bytes = std::size_t{16} * 1024 * 1024;
    std::size_t connections = 4;
    std::size_t most_rows = max_rows; // of one answer; more are a problem
    bool every_value = false;         // of LDAP: each value of each attribute is a row

    // For diagnostics.
    std::string label{};    // "postgresql:mail"
    std::string named_in{}; // the file that names it
    std::size_t line = 0;

    bool operator==(const Options&) const = default;
};

} // namespace keys::source
