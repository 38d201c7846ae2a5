// KeyTable and SigningTable in a source that is asked for one name at a time: a database, a directory.
//
// The rows are those of table files, with the fields in columns or with colons between them in one. Names are
// asked in lower case, in the forms and the order of a `file:` table (see signing_table.h). The forms are
// texts and no patterns: `*@example.org` is nobody's name, `example.org` stands for all of that domain.
#pragma once

#include "base/domain_name.h"
#include "crypto/signing_key.h"
#include "keys/file_safety.h"
#include "keys/key_table.h"
#include "keys/problem.h"
#include "keys/signing_table.h"
#include "keys/source/cached.h"
#include "keys/source/options.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keys {

// How long and how often one message may ask. A domain has at most 127 labels (RFC 1035 2.3.4), with two
// forms each; an author list that needs more than that is nobody's mail.
struct Inquiry {
    explicit Inquiry(source::Time until) : deadline(until) {}

    source::Time deadline;
    std::size_t questions_left = 300;
};

constexpr std::size_t any_number = SIZE_MAX; // of columns

// Whether there may be a row for a name that nobody has.
enum class Nobody : std::uint8_t { may_have_a_row, has_none };

// Opened as the options say. `refusal`: why nothing can be asked.
class KeyedSource {
  public:
    KeyedSource(const source::Options& options, source::Make make, std::shared_ptr<source::News> news);

    [[nodiscard]] const source::Options& options() const { return options_; }
    [[nodiscard]] source::Cached& cache() const { return *cache_; }
    [[nodiscard]] Inquiry inquiry() const { return Inquiry(cache_->now() + options_.timeout); }
    [[nodiscard]] source::Cached::Found look_up(std::string_view name, Inquiry& inquiry) const;
    [[nodiscard]] std::uint64_t edition() const;
    // Asks for a name that nobody has: why not all is well, or empty. A row has so many columns.
    [[nodiscard]] std::string probe(std::size_t fewest, std::size_t most, Nobody nobody) const;
    // The same as a problem of the setting, and whether the reader gets at the file.
    [[nodiscard]] std::vector<Problem> problems(const Reader& reader, std::size_t fewest, std::size_t most,
                                                Nobody nobody = Nobody::may_have_a_row) const;

  private:
    source::Options options_;
    std::unique_ptr<source::Cached> cache_;
};

// Wherever in the configuration it stands.
[[nodiscard]] bool is_same_source(source::Options before, const source::Options& now);

// A table of a source, or null without options. The one of before, if it stays the same, goes on with what it
// knows, but asks anew.
template <class Table>
[[nodiscard]] std::shared_ptr<const Table> open_keyed(const std::optional<source::Options>& options,
                                                      const std::shared_ptr<source::News>& news,
                                                      const std::shared_ptr<const Table>& before) {
    if (!options) {
        return nullptr;
    }
    if (before && is_same_source(before->source().options(), *options)) {
        before->source().cache().expire();
        return before;
    }
    return std::make_shared<const Table>(*options, news ? news : std::make_shared<source::News>());
}

// A row of the KeyTable, with its key if that stands in it.
struct KeptKeyRow {
    KeyTable table; // of this row
    std::string problem;
    std::shared_ptr<const crypto::SigningKey> inline_key;

    [[nodiscard]] const KeyRow* row() const { return table.rows().empty() ? nullptr : &table.rows().front(); }
};

class KeyedKeyTable {
  public:
    KeyedKeyTable(const source::Options& options, std::shared_ptr<source::News> news);

    struct Found {
        std::shared_ptr<const KeptKeyRow> row; // null: there is none, unless there is a failure
        std::string failure;
    };
    // Who asks keeps the names apart by case.
    [[nodiscard]] Found find(std::string_view name, Inquiry& inquiry) const;
    [[nodiscard]] const KeyedSource& source() const { return source_; }

  private:
    KeyedSource source_;
};

class KeyedSigningTable {
  public:
    KeyedSigningTable(const source::Options& options, std::shared_ptr<source::News> news);

    struct Found {
        std::vector<const SigningRow*> rows;
        std::vector<std::shared_ptr<const void>> owners; // of the rows
        std::string failure;                             // there may be more rows
    };
    // The rows of the first form that has any, or those of all.
    [[nodiscard]] Found match(std::string_view local_part, const base::DomainName& domain, bool all,
                              Inquiry& inquiry) const;
    [[nodiscard]] const KeyedSource& source() const { return source_; }

  private:
    KeyedSource source_;
};

// The forms in which an address is looked up, in order, each made when it is needed: mostly the second has a
// row. The local part is in lower case.
class LookupForms {
  public:
    LookupForms(std::string_view local_part, std::string_view host) : local_part_(local_part), rest_(host) {}
    // None at the end.
    [[nodiscard]] std::optional<std::string> next();

  private:
    std::string_view local_part_;
    std::string_view rest_; // the host, then ".what.is.above", then "*"
    bool told_address_ = false;
};

} // namespace keys
