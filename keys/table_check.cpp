#include "keys/table_check.h"

#include "base/secret_text.h"
#include "dkim/names.h"

#include <fmt/format.h>

namespace keys {

namespace {

std::string check_row(const SigningRow& row, const KeyRow& key) {
    if (is_catch_all(row) && !key.domain.empty()) {
        return fmt::format("{} lets authors of every domain sign as '{}'", base::quoted(row.pattern),
                           key.domain);
    }
    const bool fixed =
        !row.signer.empty() && row.signer.find('%') == std::string_view::npos && !key.domain.empty();
    if (fixed && !dkim::read_identity(row.signer, key.domain)) {
        return fmt::format("signer {} is not at '{}' or below it and is left out", base::quoted(row.signer),
                           key.domain);
    }
    return {};
}

} // namespace

bool is_catch_all(const SigningRow& row) {
    return row.pattern.find_first_not_of("*@") == std::string_view::npos;
}

void check_tables(const SigningTable& signing_table, const std::string& file, const KeyTable& key_table,
                  std::vector<Problem>& problems) {
    for (const SigningRow& row : signing_table.rows()) {
        if (row.key_name == "%") {
            continue; // known when there is an author
        }
        const KeyRow* key = key_table.find_even_broken(row.key_name);
        if (key == nullptr) {
            problems.push_back(
                {file, row.line, fmt::format("the KeyTable has no row {}", base::quoted(row.key_name))});
            continue;
        }
        if (key->broken) {
            continue; // reported with its row
        }
        if (std::string warning = check_row(row, *key); !warning.empty()) {
            problems.push_back({file, row.line, std::move(warning), Severity::warning});
        }
    }
}

} // namespace keys
