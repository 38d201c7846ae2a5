// Where counts and reports are kept: a file of SQLite, or PostgreSQL. Statements are written once, in what
// both understand; a parameter is `$1`, and no column is null.
//
//     auto done = database.transaction([&]() -> Stored<void> {
//         auto table = database.run("SELECT day FROM paraph_report_policy WHERE domain = $1", {name});
//         ...
//     });
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace milter::reports {

struct Failure {
    enum class Kind : std::uint8_t {
        again,   // somebody else was faster; there is no need to wait
        passing, // locked, full, read-only, not reachable: it may work another time
        damaged, // the file is no database, or a broken one
        refused, // the tables are those of a later version, or the statement is wrong
    };
    Kind kind = Kind::passing;
    std::string text; // with the name of the file; no passwords
};

template <class T>
using Stored = base::Result<T, Failure>;

struct Bytes {
    std::string octets;

    bool operator==(const Bytes&) const = default;
};
using Value = std::variant<std::int64_t, std::string, Bytes>;

// What a statement gave. Octets are a text.
class Cells {
  public:
    explicit Cells(std::vector<std::string> cells) : cells_(std::move(cells)) {}

    [[nodiscard]] const std::string& text(std::size_t column) const { return cells_.at(column); }
    [[nodiscard]] std::int64_t number(std::size_t column) const; // 0: it is none

  private:
    std::vector<std::string> cells_;
};

struct Table {
    std::vector<Cells> rows{};
    std::size_t changed = 0; // rows
};

enum class Dialect : std::uint8_t { sqlite, postgresql };

// Used by one thread at a time. It is opened when it is needed, and again after it failed.
class Database {
  public:
    Database() = default;
    virtual ~Database() = default;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    [[nodiscard]] virtual Dialect dialect() const = 0;

    // Opens it and makes its tables, or those that an older version lacks. Nothing else needs to be called.
    [[nodiscard]] virtual Stored<void> open() = 0;

    // Prepared once, however often it is run with other values.
    [[nodiscard]] virtual Stored<Table> run(const std::string& statement,
                                            const std::vector<Value>& values = {}) = 0;

    // Puts rows into a table in which none of them is, the fastest way there is.
    [[nodiscard]] virtual Stored<void> fill(const std::string& table, const std::vector<std::string>& columns,
                                            const std::vector<std::vector<Value>>& rows) = 0;

    // All that `work` does or nothing; undone where it fails. Nobody else writes meanwhile (SQLite), or to
    // the rows that it wrote (PostgreSQL).
    [[nodiscard]] Stored<void> transaction(const std::function<Stored<void>()>& work);

    // What stands behind a SELECT within a transaction, so that others pass over its rows until the
    // transaction ends. SQLite needs nothing: there is one transaction at a time.
    [[nodiscard]] std::string_view skip_locked() const {
        return dialect() == Dialect::sqlite ? "" : " FOR UPDATE SKIP LOCKED";
    }

    // What stands behind a table in a FROM. SQLite has no statistics here, and would rather read a whole day
    // by the primary key than look into an index.
    [[nodiscard]] std::string indexed_by(std::string_view index) const {
        return dialect() == Dialect::sqlite ? " INDEXED BY " + std::string(index) : "";
    }

    // Octets on the disk.
    [[nodiscard]] virtual Stored<std::uint64_t> size() = 0;

  protected:
    virtual Stored<void> begin() = 0;
    virtual Stored<void> commit() = 0;
    virtual void roll_back() = 0;
};

} // namespace milter::reports
