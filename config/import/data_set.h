// OpenDKIM's data sets: what stands before the colon, and the items of those that can be read from here.
//
//     refile:/etc/opendkim/TrustedHosts     a file whose names are patterns
//     a, b, c   csl:a,b   /etc/list         a list; a file
//     dsn:mysql://...   ldap://...   lua:   what only OpenDKIM or another server can ask
#pragma once

#include "base/result.h"
#include "config/import/files.h"
#include "config/import/finding.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace config::import {

enum class SetKind : std::uint8_t { list, file, patterns, berkeley, lmdb, sql, ldap, other };

struct DataSet {
    SetKind kind = SetKind::list;
    std::string prefix; // "refile:"; empty: none
    std::string rest;   // behind it: a path, a list, a URL

    [[nodiscard]] bool is_readable() const { return kind <= SetKind::patterns; }
};

// A prefix is what stands before the first colon, if no comma comes earlier. A word there that OpenDKIM does
// not know, as in "::1, 10.0.0.1", is an error there; here the whole is a list then, and `unknown` says so.
struct ReadSet {
    DataSet set;
    std::string unknown;    // the prefix that OpenDKIM would stumble over
    bool has_blank = false; // "refile: /path", which OpenDKIM takes for a path that begins with a blank
};
[[nodiscard]] ReadSet parse_data_set(std::string_view value);

// Whether a row of a refile: is more than a text with `*`: OpenDKIM takes all but `*`, `.` and `+` in it for
// a regular expression.
[[nodiscard]] bool is_expression(std::string_view row);

struct SetItem {
    std::string name;
    std::string value; // behind blanks in a file, behind `=` in a list
    Place place;
};

// Of a list or a file; a relative path starts at `base`. The error is a reason.
[[nodiscard]] base::Result<std::vector<SetItem>, std::string>
read_items(const DataSet& set, const Place& place, const std::string& base, const Files& files);

// A path as the daemon finds it.
[[nodiscard]] std::string absolute(const std::string& path, const std::string& base);

} // namespace config::import
