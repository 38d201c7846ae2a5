// A connection to PostgreSQL, through libpq: never blocking, so that a deadline is one.
#pragma once

#include "keys/source/options.h"
#include "keys/source/source.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;
struct pg_result;

namespace keys::source {

struct FreeResult {
    void operator()(pg_result* result) const;
};
using PostgresqlResult = std::unique_ptr<pg_result, FreeResult>;

class PostgresqlLink {
  public:
    enum class Access : std::uint8_t { read_only, all };

    // The connection, user and password of `options`; `program` is what the server lists us as.
    PostgresqlLink(const Options& options, Access access, std::string program)
        : options_(options), program_(std::move(program)), access_(access) {}

    [[nodiscard]] bool is_open() const { return connection_ != nullptr; }
    // Why not; empty: it is open.
    [[nodiscard]] std::string open(Time deadline);
    void close() { connection_.reset(); }

    // A statement with its parameters; false: problem() says why.
    [[nodiscard]] bool send(const std::string& statement, const std::vector<std::string>& parameters,
                            bool by_row);
    // The next result; null at the end, and when it is `late`.
    [[nodiscard]] PostgresqlResult next(Time deadline, bool& late);
    [[nodiscard]] std::string problem() const;

    // What a statement gives, where that is not more than a process can hold. Of a bytea: its octets.
    struct Table {
        std::vector<std::vector<std::optional<std::string>>> rows{};
        std::size_t changed = 0; // rows
    };
    // The connection is closed when it failed: what became of the statement, nobody knows.
    [[nodiscard]] base::Result<Table, std::string>
    run(const std::string& statement, const std::vector<std::string>& parameters, Time deadline);

    // A `COPY ... FROM STDIN` with its lines. Likewise closed when it failed.
    [[nodiscard]] base::Result<void, std::string> copy(const std::string& statement, std::string_view lines,
                                                       Time deadline);

    [[nodiscard]] static std::string one_text(const char* text);

  private:
    struct Finish {
        void operator()(pg_conn* connection) const;
    };
    [[nodiscard]] std::string start(const std::string& password, bool read_only, Time deadline);
    [[nodiscard]] std::string connect(Time deadline);
    // Empty, or why not.
    [[nodiscard]] std::string put_lines(std::string_view lines, Time deadline);
    [[nodiscard]] std::string end_copy(Time deadline);

    Options options_;
    std::string program_;
    Access access_;
    std::unique_ptr<pg_conn, Finish> connection_;
};

} // namespace keys::source
