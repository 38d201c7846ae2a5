// A place outside of this process that answers "what belongs to this name": a database, a directory.
//
//     source.look_up("ann@example.org")   -> rows {{"main"}}, no rows, or "connection refused"
//
// Every kind of them is one file of this folder, which makes a Connection; `Workers` makes a Source of
// connections, and `Cached` keeps what it answers.
#pragma once

#include "base/result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace keys::source {

using Time = std::chrono::steady_clock::time_point;

// The fields of one row, in the order in which the query names them.
using Row = std::vector<std::string>;

struct Rows {
    std::vector<Row> rows;   // none: there is no such name
    std::size_t columns = 0; // of each row, known without rows as well; 0: rows may differ
    std::string problem{};   // what belongs to this name cannot be used; the source is well
};

// Or why nobody knows: the words end up in logs, and hold neither passwords nor keys.
using Answer = base::Result<Rows, std::string>;

class Source {
  public:
    virtual ~Source() = default;

    // Waits until `deadline`, and no longer. Safe to use from several threads.
    [[nodiscard]] virtual Answer look_up(std::string_view name, Time deadline) = 0;

    // Another number when the contents may have changed, where that can be seen without asking.
    [[nodiscard]] virtual std::uint64_t edition() const { return 0; }
};

// One connection to a database. It is opened when it is needed, and again when it broke. Used by one thread
// at a time, which it may hold a little longer than until `deadline`, but not for ever.
class Connection {
  public:
    virtual ~Connection() = default;
    [[nodiscard]] virtual Answer look_up(std::string_view name, Time deadline) = 0;
};

using Connect = std::function<std::unique_ptr<Connection>()>;

// What one answer may hold, beside Options::most_rows. More is a problem.
constexpr std::size_t max_answer = std::size_t{256} * 1024;
// A longer name is none, and nobody is asked: a local part and a domain (keys/limits.h).
constexpr std::size_t max_name = 1024;

} // namespace keys::source
