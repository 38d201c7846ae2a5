#include "milter/reports/sqlite_database.h"

#include "keys/file_bytes.h"
#include "milter/reports/schema.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <optional>
#include <unordered_map>

namespace milter::reports {

namespace {

using Handle = std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)>;
using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

struct Inode {
    dev_t device = 0;
    ino_t number = 0;

    bool operator==(const Inode&) const = default;
};

Inode inode_of(const std::string& path) {
    struct stat file{};
    return ::stat(path.c_str(), &file) == 0 ? Inode{file.st_dev, file.st_ino} : Inode{};
}

class SqliteDatabase final : public Database {
  public:
    explicit SqliteDatabase(SqliteOptions options) : options_(std::move(options)) {}

    [[nodiscard]] Dialect dialect() const override { return Dialect::sqlite; }

    Stored<void> open() override {
        if (is_open_ && inode_of(options_.path) == inode_) {
            return {};
        }
        auto opened = connect();
        if (!opened && opened.error().kind == Failure::Kind::damaged && set_aside()) {
            opened = connect();
        }
        if (!opened) {
            close();
        }
        return opened;
    }

    Stored<Table> run(const std::string& statement, const std::vector<Value>& values) override {
        if (!in_transaction_ && !migrating_) {
            if (auto opened = open(); !opened) {
                return base::refuse(opened.error());
            }
        }
        auto table = step(statement, values);
        if (!table && !in_transaction_ && !migrating_) {
            recover(table.error());
        }
        return table;
    }

    Stored<void> fill(const std::string& table, const std::vector<std::string>& columns,
                      const std::vector<std::vector<Value>>& rows) override {
        std::string names;
        std::string parameters;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            names += fmt::format("{}{}", i == 0 ? "" : ", ", columns[i]);
            parameters += fmt::format("{}${}", i == 0 ? "" : ", ", i + 1);
        }
        const auto statement = fmt::format("INSERT INTO {} ({}) VALUES ({})", table, names, parameters);
        for (const auto& row : rows) {
            if (auto added = run(statement, row); !added) {
                return base::refuse(added.error());
            }
        }
        return {};
    }

    Stored<std::uint64_t> size() override {
        const auto table = run("SELECT (page_count - freelist_count) * page_size FROM pragma_page_count(), "
                               "pragma_freelist_count(), pragma_page_size()",
                               {});
        if (!table) {
            return base::refuse(table.error());
        }
        return static_cast<std::uint64_t>(table->rows.at(0).number(0));
    }

  protected:
    Stored<void> begin() override {
        if (auto opened = open(); !opened) {
            return opened;
        }
        auto begun = plain("BEGIN IMMEDIATE"); // waits for others here, and nowhere else
        if (!begun) {
            recover(begun.error());
        }
        in_transaction_ = begun.has_value();
        last_.reset();
        return begun;
    }

    Stored<void> commit() override { return plain("COMMIT"); }

    void roll_back() override {
        in_transaction_ = false;
        if (database_ && ::sqlite3_get_autocommit(database_.get()) == 0) {
            static_cast<void>(plain("ROLLBACK"));
        }
        if (last_) {
            recover(*last_);
        }
    }

  private:
    Stored<void> connect() {
        close();
        if (auto there = make_file(); !there) {
            return there;
        }
        sqlite3* opened = nullptr;
        const int status = ::sqlite3_open_v2(options_.path.c_str(), &opened,
                                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
        database_.reset(opened);
        if (status != SQLITE_OK) {
            return base::refuse(failure());
        }
        inode_ = inode_of(options_.path);
        ::sqlite3_extended_result_codes(opened, 1);
        ::sqlite3_busy_timeout(opened, static_cast<int>(options_.patience.count()));
        if (auto ready = prepare(); !ready) {
            return ready;
        }
        is_open_ = true;
        return {};
    }

    // Nobody else reads it: it tells who writes to whom.
    Stored<void> make_file() {
        struct stat file{};
        if (::stat(options_.path.c_str(), &file) == 0) {
            return S_ISREG(file.st_mode) ? Stored<void>() : refused("not a regular file");
        }
        if (!options_.create) {
            return refused("there is no such file");
        }
        const keys::Descriptor made(::open(options_.path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
        return made.get() >= 0 ? Stored<void>() : refused(std::strerror(errno));
    }

    Stored<void> prepare() {
        // Not mapped: a file that is cut short would end the process. Nothing goes to /tmp.
        const std::array<std::string, 7> pragmas{"PRAGMA mmap_size=0",
                                                 "PRAGMA journal_mode=WAL",
                                                 "PRAGMA temp_store=MEMORY",
                                                 "PRAGMA trusted_schema=OFF",
                                                 "PRAGMA cell_size_check=ON",
                                                 "PRAGMA journal_size_limit=16777216",
                                                 options_.durable ? "PRAGMA synchronous=FULL"
                                                                  : "PRAGMA synchronous=NORMAL"};
        for (const auto& pragma : pragmas) {
            if (auto set = plain(pragma); !set) {
                return set;
            }
        }
        migrating_ = true;
        auto done = plain("BEGIN IMMEDIATE");
        if (done) {
            done = migrate(*this);
        }
        if (done) {
            done = plain("COMMIT");
        } else if (::sqlite3_get_autocommit(database_.get()) == 0) {
            static_cast<void>(plain("ROLLBACK"));
        }
        migrating_ = false;
        return done;
    }

    Stored<void> plain(const std::string& statement) {
        auto table = step(statement, {});
        if (!table) {
            return base::refuse(table.error());
        }
        if (statement == "COMMIT") {
            in_transaction_ = false;
        }
        return {};
    }

    Stored<Table> step(const std::string& statement, const std::vector<Value>& values) {
        sqlite3_stmt* prepared = database_ ? statement_for(statement) : nullptr;
        if (prepared == nullptr) {
            return base::refuse(failure());
        }
        bind(prepared, values);
        Table table;
        const int columns = ::sqlite3_column_count(prepared);
        int status = ::sqlite3_step(prepared);
        for (; status == SQLITE_ROW; status = ::sqlite3_step(prepared)) {
            std::vector<std::string> cells;
            cells.reserve(static_cast<std::size_t>(columns));
            for (int i = 0; i < columns; ++i) {
                const auto* text = static_cast<const char*>(::sqlite3_column_blob(prepared, i));
                const int size = ::sqlite3_column_bytes(prepared, i);
                cells.emplace_back(text == nullptr ? "" : text, static_cast<std::size_t>(size));
            }
            table.rows.emplace_back(std::move(cells));
        }
        if (status != SQLITE_DONE) {
            auto why = failure();
            ::sqlite3_reset(prepared);
            return base::refuse(std::move(why));
        }
        table.changed = static_cast<std::size_t>(::sqlite3_changes(database_.get()));
        ::sqlite3_reset(prepared);
        return table;
    }

    sqlite3_stmt* statement_for(const std::string& statement) {
        if (const auto known = statements_.find(statement); known != statements_.end()) {
            return known->second.get();
        }
        sqlite3_stmt* prepared = nullptr;
        if (::sqlite3_prepare_v3(database_.get(), statement.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &prepared,
                                 nullptr) != SQLITE_OK) {
            return nullptr;
        }
        constexpr std::size_t most = 100; // no statement is made of anybody's input
        if (statements_.size() >= most) {
            statements_.clear();
        }
        statements_.emplace(statement, Statement(prepared, &::sqlite3_finalize));
        return prepared;
    }

    // What is bound stays where it is until the statement is reset.
    static void bind(sqlite3_stmt* prepared, const std::vector<Value>& values) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            const int at = ::sqlite3_bind_parameter_index(prepared, fmt::format("${}", i + 1).c_str());
            if (const auto* number = std::get_if<std::int64_t>(&values[i])) {
                ::sqlite3_bind_int64(prepared, at, *number);
            } else if (const auto* text = std::get_if<std::string>(&values[i])) {
                ::sqlite3_bind_text(prepared, at, text->data(), static_cast<int>(text->size()),
                                    SQLITE_STATIC); // NOLINT(performance-no-int-to-ptr)
            } else {
                const std::string& octets = std::get<Bytes>(values[i]).octets;
                ::sqlite3_bind_blob(prepared, at, octets.data(), static_cast<int>(octets.size()),
                                    SQLITE_STATIC); // NOLINT(performance-no-int-to-ptr)
            }
        }
    }

    // After a failure the file is looked at anew; one that is broken makes room for another.
    void recover(const Failure& why) {
        const auto kind = why.kind; // `why` may be what goes with the connection
        last_.reset();
        if (kind == Failure::Kind::damaged) {
            const bool is_the_same = inode_of(options_.path) == inode_;
            close();
            if (is_the_same) {
                static_cast<void>(set_aside());
            }
        } else if (kind == Failure::Kind::passing) {
            close();
        }
    }

    // Two processes may find out at the same time: the directory is locked, and what the other one made
    // meanwhile is left alone.
    bool set_aside() {
        if (!options_.create) {
            return false;
        }
        const auto directory = std::filesystem::path(options_.path).parent_path().string();
        const keys::Descriptor lock(
            ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (lock.get() < 0 || ::flock(lock.get(), LOCK_EX) != 0) {
            return false;
        }
        if (inode_of(options_.path) != inode_) {
            return true;
        }
        const auto aside =
            fmt::format("{}.damaged-{:%Y%m%dT%H%M%SZ}", options_.path, fmt::gmtime(std::time(nullptr)));
        if (::rename(options_.path.c_str(), aside.c_str()) != 0) {
            return false;
        }
        for (const char* suffix : {"-wal", "-shm"}) {
            static_cast<void>(::rename((options_.path + suffix).c_str(), (aside + suffix).c_str()));
        }
        if (options_.set_aside) {
            options_.set_aside(aside);
        }
        return true;
    }

    void close() {
        is_open_ = false;
        statements_.clear();
        database_.reset();
    }

    [[nodiscard]] Failure failure() {
        const int code = database_ ? ::sqlite3_errcode(database_.get()) : SQLITE_CANTOPEN;
        last_ = Failure{kind_of(code),
                        fmt::format("{}: {}", options_.path,
                                    database_ ? ::sqlite3_errmsg(database_.get()) : "it is closed")};
        return *last_;
    }

    static Failure::Kind kind_of(int code) {
        constexpr int main_part = 0xff;
        switch (code & main_part) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return Failure::Kind::damaged;
        case SQLITE_ERROR:
        case SQLITE_MISUSE:
        case SQLITE_CONSTRAINT:
        case SQLITE_RANGE:
            return Failure::Kind::refused;
        default:
            return Failure::Kind::passing;
        }
    }

    [[nodiscard]] Stored<void> refused(std::string_view why) const {
        return base::refuse(Failure{Failure::Kind::passing, fmt::format("{}: {}", options_.path, why)});
    }

    SqliteOptions options_;
    Handle database_{nullptr, &::sqlite3_close_v2};
    std::unordered_map<std::string, Statement> statements_; // before the database goes, they go
    Inode inode_{};
    bool is_open_ = false;
    bool in_transaction_ = false;
    bool migrating_ = false;
    std::optional<Failure> last_{}; // of the transaction
};

} // namespace

std::unique_ptr<Database> open_sqlite(SqliteOptions options) {
    return std::make_unique<SqliteDatabase>(std::move(options));
}

} // namespace milter::reports
