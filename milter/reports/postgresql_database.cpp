#include "milter/reports/postgresql_database.h"

#include "keys/source/postgresql_link.h"
#include "milter/reports/schema.h"

#include <fmt/format.h>

#include <chrono>
#include <iterator>
#include <optional>

namespace milter::reports {

namespace {

constexpr std::chrono::seconds patience{10};

std::string hexadecimal(std::string_view octets) {
    std::string text;
    text.reserve(2 * octets.size());
    for (const char c : octets) {
        fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned char>(c));
    }
    return text;
}

std::string as_parameter(const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        return std::to_string(*number);
    }
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr ? *text : "\\x" + hexadecimal(std::get<Bytes>(value).octets);
}

// As COPY reads a column of text.
void append_column(std::string& line, const Value& value) {
    for (const char c : as_parameter(value)) {
        switch (c) {
        case '\\':
            line += "\\\\";
            break;
        case '\n':
            line += "\\n";
            break;
        case '\r':
            line += "\\r";
            break;
        case '\t':
            line += "\\t";
            break;
        default:
            line += c;
        }
    }
}

class PostgresqlDatabase final : public Database {
  public:
    PostgresqlDatabase(const keys::source::Options& options, std::string program, const EndTime* end)
        : link_(options, keys::source::PostgresqlLink::Access::all, std::move(program)), end_(end) {}

    [[nodiscard]] Dialect dialect() const override { return Dialect::postgresql; }

    Stored<void> open() override {
        if (link_.is_open()) {
            return {};
        }
        auto opened = connect();
        if (!opened) {
            link_.close();
        }
        return opened;
    }

    Stored<Table> run(const std::string& statement, const std::vector<Value>& values) override {
        if (auto ready = ready_to_run(); !ready) {
            return base::refuse(ready.error());
        }
        std::vector<std::string> parameters;
        parameters.reserve(values.size());
        for (const Value& value : values) {
            parameters.push_back(as_parameter(value));
        }
        auto result = link_.run(statement, parameters, deadline());
        if (!result) {
            return failed(result.error());
        }
        Table table;
        table.changed = result->changed;
        for (auto& row : result->rows) {
            std::vector<std::string> cells;
            cells.reserve(row.size());
            for (auto& cell : row) {
                cells.push_back(cell ? std::move(*cell) : std::string());
            }
            table.rows.emplace_back(std::move(cells));
        }
        return table;
    }

    Stored<void> fill(const std::string& table, const std::vector<std::string>& columns,
                      const std::vector<std::vector<Value>>& rows) override {
        if (auto ready = ready_to_run(); !ready) {
            return ready;
        }
        std::string lines;
        for (const auto& row : rows) {
            for (std::size_t i = 0; i < row.size(); ++i) {
                lines += i == 0 ? "" : "\t";
                append_column(lines, row[i]);
            }
            lines += '\n';
        }
        const auto statement = fmt::format("COPY {} ({}) FROM STDIN", table, fmt::join(columns, ", "));
        auto copied = link_.copy(statement, lines, deadline());
        return copied ? Stored<void>() : failed(copied.error());
    }

    // A table does not get smaller on the disk when rows go: then it is as large as what is left of them.
    Stored<std::uint64_t> size() override {
        const auto table = run("SELECT coalesce(sum(least(pg_total_relation_size(oid), "
                               "400 * pg_stat_get_live_tuples(oid))), 0) FROM pg_class WHERE "
                               "relkind = 'r' AND relname LIKE 'paraph\\_report\\_%' AND "
                               "pg_table_is_visible(oid)",
                               {});
        if (!table) {
            return base::refuse(table.error());
        }
        return static_cast<std::uint64_t>(table->rows.at(0).number(0));
    }

  protected:
    Stored<void> begin() override {
        const auto begun = run("BEGIN", {});
        in_transaction_ = begun.has_value();
        return begun ? Stored<void>() : base::refuse(begun.error());
    }

    Stored<void> commit() override {
        const auto done = run("COMMIT", {});
        in_transaction_ = false;
        return done ? Stored<void>() : base::refuse(done.error());
    }

    void roll_back() override {
        in_transaction_ = false;
        if (link_.is_open()) {
            static_cast<void>(run("ROLLBACK", {}));
        }
    }

  private:
    [[nodiscard]] keys::source::Time deadline() const {
        const auto usual = std::chrono::steady_clock::now() + patience;
        return end_ == nullptr ? usual : end_->bound(usual);
    }

    // What would belong to a transaction whose connection broke is not run outside of it.
    Stored<void> ready_to_run() {
        if (in_transaction_) {
            return link_.is_open() ? Stored<void>() : failed("the connection broke in a transaction");
        }
        return open();
    }

    Stored<void> connect() {
        if (auto problem = link_.open(deadline()); !problem.empty()) {
            return failed(std::move(problem));
        }
        const auto set = link_.run("SELECT set_config('statement_timeout', '10s', false), "
                                   "set_config('lock_timeout', '10s', false), "
                                   "set_config('idle_in_transaction_session_timeout', '30s', false), "
                                   "set_config('tcp_keepalives_idle', '30', false), "
                                   "set_config('tcp_keepalives_interval', '10', false), "
                                   "set_config('tcp_keepalives_count', '3', false), "
                                   "set_config('tcp_user_timeout', '60000', false), "
                                   "set_config('client_min_messages', 'warning', false)",
                                   {}, deadline());
        if (!set) {
            return failed(set.error());
        }
        return transaction([this]() -> Stored<void> {
            // One host makes the tables, and the others wait for it.
            if (const auto turn = run("SELECT 1 FROM pg_advisory_xact_lock(1885434475, 0)", {}); !turn) {
                return base::refuse(turn.error());
            }
            return migrate(*this);
        });
    }

    // Postgres names what is wrong in words; all of it may be put right while the daemon runs.
    static tl::unexpected<Failure> failed(std::string why) {
        return base::refuse(Failure{Failure::Kind::passing, fmt::format("PostgreSQL: {}", why)});
    }

    keys::source::PostgresqlLink link_;
    const EndTime* end_;
    bool in_transaction_ = false;
};

} // namespace

std::unique_ptr<Database> open_postgresql(const keys::source::Options& options, std::string program,
                                          const EndTime* end) {
    return std::make_unique<PostgresqlDatabase>(options, std::move(program), end);
}

} // namespace milter::reports
