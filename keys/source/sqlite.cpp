#include "keys/source/sqlite.h"

#include "keys/source/collect.h"
#include "keys/source/watched_file.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <sys/stat.h>

#include <algorithm>
#include <string>

namespace keys::source {

namespace {

using Database = std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)>;
using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

int is_late(void* deadline) {
    return std::chrono::steady_clock::now() >= *static_cast<const Time*>(deadline) ? 1 : 0;
}

class SqliteConnection : public Connection {
  public:
    explicit SqliteConnection(const Options& options) : options_(options) {}

    Answer look_up(std::string_view name, Time deadline) override {
        deadline_ = deadline;
        if (std::string problem = open(); !problem.empty()) {
            close();
            return base::refuse(std::move(problem));
        }
        Answer answer = ask(name);
        ::sqlite3_reset(statement_.get());
        if (!answer) {
            close();
        }
        return answer;
    }

  private:
    // Also when the file has been replaced by another one.
    std::string open() {
        const std::uint64_t edition = edition_of(options_.connection);
        if (statement_ && edition == edition_) {
            return {};
        }
        close();
        edition_ = edition;
        struct stat file{};
        if (::stat(options_.connection.c_str(), &file) == 0 && !S_ISREG(file.st_mode)) {
            return fmt::format("{}: not a regular file", options_.connection); // a pipe would be waited for
        }
        sqlite3* opened = nullptr;
        const int status = ::sqlite3_open_v2(options_.connection.c_str(), &opened,
                                             SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
        database_.reset(opened);
        if (status != SQLITE_OK) {
            return problem();
        }
        constexpr int steps_between_looks = 1000;
        ::sqlite3_progress_handler(opened, steps_between_looks, is_late, &deadline_);
        ::sqlite3_busy_timeout(opened, static_cast<int>(options_.timeout.count()));
        // Not mapped, whatever the library was built with: a file that is cut short would end the process.
        if (::sqlite3_exec(opened, "PRAGMA mmap_size=0", nullptr, nullptr, nullptr) != SQLITE_OK) {
            return problem();
        }
        return prepare();
    }

    std::string prepare() {
        sqlite3_stmt* prepared = nullptr;
        const char* rest = nullptr;
        const int status =
            ::sqlite3_prepare_v2(database_.get(), options_.query.c_str(), -1, &prepared, &rest);
        statement_.reset(prepared);
        if (status != SQLITE_OK) {
            return problem();
        }
        if (has_statement(rest)) {
            return "the query is more than one statement";
        }
        if (prepared == nullptr || ::sqlite3_bind_parameter_count(prepared) == 0) {
            return "the query has no parameter; write $1 where the name belongs";
        }
        if (has_several_names(prepared)) {
            return "the query has parameters of several names; there is one value, so write $1 in all places";
        }
        return ::sqlite3_stmt_readonly(prepared) == 0 ? "the query writes" : "";
    }

    // Blanks and comments are none. What is none either, and cannot be read, is not meant to be nothing.
    [[nodiscard]] bool has_statement(const char* text) const {
        sqlite3_stmt* prepared = nullptr;
        const int status = ::sqlite3_prepare_v2(database_.get(), text, -1, &prepared, nullptr);
        const Statement ended(prepared, &::sqlite3_finalize);
        return status != SQLITE_OK || prepared != nullptr;
    }

    // `?` has no name.
    static bool has_several_names(sqlite3_stmt* statement) {
        int named = 0;
        for (int i = 1; i <= ::sqlite3_bind_parameter_count(statement); ++i) {
            named += ::sqlite3_bind_parameter_name(statement, i) == nullptr ? 0 : 1;
        }
        return named > 1;
    }

    Answer ask(std::string_view name) {
        for (int i = 1; i <= ::sqlite3_bind_parameter_count(statement_.get()); ++i) {
            if (::sqlite3_bind_text(statement_.get(), i, name.data(), static_cast<int>(name.size()),
                                    SQLITE_STATIC) != SQLITE_OK) { // NOLINT(performance-no-int-to-ptr)
                return base::refuse(problem());
            }
        }
        const int columns = ::sqlite3_column_count(statement_.get());
        Collector rows(static_cast<std::size_t>(columns), options_.most_rows);
        int status = ::sqlite3_step(statement_.get());
        for (; status == SQLITE_ROW; status = ::sqlite3_step(statement_.get())) {
            for (int i = 0; i < columns; ++i) {
                const unsigned char* text = ::sqlite3_column_text(statement_.get(), i);
                const int size = ::sqlite3_column_bytes(statement_.get(), i);
                rows.add({reinterpret_cast<const char*>(text),
                          text == nullptr ? 0 : static_cast<std::size_t>(size)});
            }
            if (rows.is_full()) {
                break;
            }
        }
        return status == SQLITE_DONE || status == SQLITE_ROW ? rows.answer() : base::refuse(problem());
    }

    void close() {
        statement_.reset();
        database_.reset();
    }

    [[nodiscard]] std::string problem() const {
        const int code = ::sqlite3_errcode(database_.get());
        return fmt::format("{}: {}", options_.connection,
                           code == SQLITE_INTERRUPT ? "the query took too long"
                                                    : ::sqlite3_errmsg(database_.get()));
    }

    Options options_;
    Time deadline_{};
    std::uint64_t edition_ = 0;
    Database database_{nullptr, &::sqlite3_close_v2};
    Statement statement_{nullptr, &::sqlite3_finalize};
};

} // namespace

std::unique_ptr<Connection> make_sqlite(const Options& options) {
    return std::make_unique<SqliteConnection>(options);
}

} // namespace keys::source
