// OpenDKIM's KeyTable: names for keys.
//
//     NAME  DOMAIN:SELECTOR:KEY[:ALGORITHM]
//
// DOMAIN is a domain name, or `%` for the author's domain. KEY is a file when it starts with `/`, `./` or
// `../`, and else the key itself, PEM on one line or DER in base64. Every `%` of an absolute path stands for
// DOMAIN. ALGORITHM adds nothing to the key, but must match it.
#pragma once

#include "crypto/signature_algorithm.h"
#include "keys/pattern_index.h"
#include "keys/problem.h"
#include "keys/table_file.h"
#include "keys/text_index.h"
#include "keys/text_pool.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keys {

// Its texts live in the table.
struct KeyRow {
    std::size_t line = 0;
    std::string_view name;
    std::string_view domain;      // A-labels in lower case; empty: the author's
    std::string_view selector;    // in lower case
    std::string_view file;        // empty: the key is inline
    bool file_has_domain = false; // `%` in `file` stands for the domain
    std::string_view inline_key;
    std::optional<crypto::SignatureAlgorithm> algorithm;

    // The file for a domain.
    [[nodiscard]] std::string file_for(std::string_view signing_domain) const;

    // Nothing can be signed with the row, which was reported. It keeps its name, so that mail it should sign
    // is known.
    bool broken = false;
};

class KeyTable {
  public:
    KeyTable() = default;
    // Relative paths start at the directory of `file`.
    [[nodiscard]] static KeyTable parse(const std::vector<TableRow>& rows, TableKind kind,
                                        const std::string& file, std::vector<Problem>& problems);

    // The first row of that name, compared by case unless the table is one of patterns; null: there is none,
    // or nothing can be signed with it.
    [[nodiscard]] const KeyRow* find(std::string_view name) const;
    // The same, broken rows included.
    [[nodiscard]] const KeyRow* find_even_broken(std::string_view name) const;
    [[nodiscard]] const std::vector<KeyRow>& rows() const { return rows_; }

  private:
    // True when it is the first row of its name.
    bool add(const KeyRow& row, const std::string& file, std::vector<Problem>& problems);

    TableKind kind_ = TableKind::exact;
    TextPool texts_;
    std::vector<KeyRow> rows_;
    TextIndex by_name_;
    PatternIndex by_pattern_;
};

} // namespace keys
