// OpenDKIM's SigningTable: which keys sign for which author.
//
//     PATTERN  KEYNAME[:SIGNER]
//
// As `refile:` each pattern is compared with `user@domain`, in the order of the file.
//
// As `file:` the address is looked up in these forms, each giving the first row that has it:
//     user@host   host   user@.parent   .parent  (for every parent, the nearest first)   user@*   *
// Here OpenDKIM does not know wildcards, so such rows never match, which is the most common mistake with it.
// They are patterns here too, which a warning says, and come where the domain they end in does: `*@host`
// after `host`, `*.parent` after `.parent`, all others at the end.
#pragma once

#include "base/domain_name.h"
#include "keys/pattern_index.h"
#include "keys/problem.h"
#include "keys/table_file.h"
#include "keys/text_index.h"
#include "keys/text_pool.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace keys {

// Its texts live in the table.
struct SigningRow {
    std::size_t line = 0;
    std::string_view pattern;
    std::string_view key_name; // `%`: the author's domain
    std::string_view signer;   // i=; every `%` stands for the author's domain; empty: none
};

class SigningTable {
  public:
    SigningTable() = default;
    [[nodiscard]] static SigningTable parse(const std::vector<TableRow>& rows, TableKind kind,
                                            const std::string& file, std::vector<Problem>& problems);

    // The rows for an address, in the order in which they sign.
    [[nodiscard]] std::vector<const SigningRow*> match(std::string_view local_part,
                                                       const base::DomainName& domain) const;
    [[nodiscard]] const std::vector<SigningRow>& rows() const { return rows_; }

  private:
    using Rows = std::vector<PatternIndex::Row>;

    [[nodiscard]] SigningRow make_row(const TableRow& source, std::string_view pattern);
    void add(const SigningRow& row, const std::string& file, std::vector<Problem>& problems);
    void add_pattern(const SigningRow& row, const std::string& file, std::vector<Problem>& problems);
    void warn_of_signer(const SigningRow& row, const std::string& file, std::vector<Problem>& problems);
    // `at`: the place of the at sign before the host.
    [[nodiscard]] Rows match_forms(std::string_view address, std::size_t at) const;
    void add_form(std::string_view form, Rows& rows) const;

    TableKind kind_ = TableKind::exact;
    TextPool texts_;
    std::vector<SigningRow> rows_;
    TextIndex by_form_; // rows of a `file:` table without wildcards, and `user@*`, `*`
    PatternIndex by_pattern_;
    std::size_t wildcards_ = 0;     // rows of a `file:` table that OpenDKIM would never match
    std::size_t wrong_signers_ = 0; // that are no identity
};

} // namespace keys
