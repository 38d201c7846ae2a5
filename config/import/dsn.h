// Databases and directories that OpenDKIM's tables name, as entries of `sources:`.
//
//     dsn:mysql://user:password@3306+host/database/table=T?keycol=K?datacol=A,B,C?filter=active=1
//     ldap://host/BASE?ATTRIBUTES?SCOPE?FILTER ldap://second
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace config::import {

struct ForeignSource {
    std::string kind;       // "mysql": what stands before the name of the source
    std::string connection; // of SQLite the file, perhaps relative to OpenDKIM's directory
    std::string user;
    std::string password; // for a file of its own; never to be printed
    std::string query;
};

// OpenDKIM asks with the name in quotation marks, which a column of any type can be compared with; here it is
// a text, which PostgreSQL compares with texts alone. Names of keys are numbers in the tables of some panels.
enum class KeyColumn { is_text, may_be_number };

// The error is a reason, which repeats nothing of the text: it may hold a password.
[[nodiscard]] base::Result<ForeignSource, std::string> parse_dsn(std::string_view text,
                                                                 KeyColumn column = KeyColumn::is_text);
[[nodiscard]] base::Result<ForeignSource, std::string> parse_ldap(std::string_view text);

} // namespace config::import
