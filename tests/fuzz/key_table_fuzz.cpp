// KeyTable files.
#include "fuzz/property.h"
#include "keys/key_material.h"
#include "keys/key_table.h"

#include "base/domain_name.h"

namespace {

void run(std::string_view input) {
    (void)keys::parse_table_name(input);
    for (const auto kind : {keys::TableKind::exact, keys::TableKind::patterns}) {
        std::vector<keys::Problem> problems;
        const auto rows = keys::parse_table(input, "/etc/fuzz/table", problems);
        const auto table = keys::KeyTable::parse(rows, kind, "/etc/fuzz/table", problems);
        fuzz::require(rows.size() == table.rows().size() || !problems.empty(),
                      "a row that is left out is told");
        for (const auto& row : table.rows()) {
            if (row.broken) {
                fuzz::require(!problems.empty(), "a row that is broken is told");
                continue;
            }
            fuzz::require(table.find_even_broken(row.name) != nullptr ||
                              row.name.find('*') != std::string::npos,
                          "a row is found by its name");
            fuzz::require(row.file.empty() != row.inline_key.empty(), "a key is a file or inline");
            fuzz::require(base::DomainName::parse(row.selector).has_value(), "a selector is a name");
            (void)row.file_for("example.org");
            if (!row.inline_key.empty()) {
                (void)keys::parse_key(row.inline_key);
            }
        }
    }
}

const fuzz::Target target("key_table", run);

} // namespace
