// KeyTable and SigningTable.
#include "fuzz/property.h"
#include "keys/key_table.h"
#include "keys/signing_table.h"
#include "keys/table_file.h"

void fuzz::run(std::string_view input) {
    const auto domain = base::DomainName::parse("news.example.org");
    for (const auto kind : {keys::TableKind::exact, keys::TableKind::patterns}) {
        std::vector<keys::Problem> problems;
        const auto rows = keys::parse_table(input, "fuzz", problems);
        (void)keys::KeyTable::parse(rows, kind, "fuzz", problems);
        const auto table = keys::SigningTable::parse(rows, kind, "fuzz", problems);
        require(table.match("ann", *domain).size() <= table.rows().size(), "a row matches once");
    }
}
