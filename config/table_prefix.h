// What stands before the colon of a table: "refile:" of "refile:/etc/paraph/SigningTable".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace config {

enum class TableForm : std::uint8_t {
    file,     // a path, of a file that has to be there
    rows,     // the rows themselves
    database, // a path, of a database that may be missing for a while
    source,   // the name of an entry of `sources:`
};

// All of them, with their colons.
[[nodiscard]] const std::vector<std::string_view>& table_prefixes();
// Those of lists, whose rows have no order and stand in no setting.
[[nodiscard]] const std::vector<std::string_view>& list_prefixes();
// Of what follows one of them, or none. SQLite has an entry or a path: "sqlite:mail", "sqlite:/etc/mail.db".
[[nodiscard]] TableForm table_form(std::string_view prefix, std::string_view rest);
// The entry of `sources:` that a table names; empty: none.
[[nodiscard]] std::string_view source_named(std::string_view table);
// What to write in place of a prefix that is none of them, OpenDKIM's others above all.
[[nodiscard]] std::string instead_of_prefix(std::string_view prefix);

} // namespace config
