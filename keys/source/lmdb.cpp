#include "keys/source/lmdb.h"

#include "keys/source/collect.h"
#include "keys/source/file_lock.h"
#include "keys/source/open.h"
#include "keys/source/watched_file.h"

#include <fmt/format.h>
#include <lmdb.h>

#include <cstddef>
#include <string>

namespace keys::source {

namespace {

using Environment = std::unique_ptr<MDB_env, decltype(&mdb_env_close)>;
using Transaction = std::unique_ptr<MDB_txn, decltype(&mdb_txn_abort)>;

class LmdbConnection : public Connection {
  public:
    explicit LmdbConnection(const Options& options) : options_(options), file_(file_of(options)) {}

    Answer look_up(std::string_view name, Time deadline) override {
        // LMDB's own lock file would have to be written, in a directory that is not ours.
        const FileLock lock(file_, deadline);
        if (!lock.problem().empty()) {
            return base::refuse(fmt::format("{}: {}", file_, lock.problem()));
        }
        if (std::string problem = open(); !problem.empty()) {
            environment_.reset();
            return base::refuse(std::move(problem));
        }
        return ask(name);
    }

  private:
    std::string open() {
        const std::uint64_t edition = edition_of(file_);
        if (environment_ && edition == edition_) {
            return {};
        }
        environment_.reset();
        edition_ = edition;
        MDB_env* created = nullptr;
        int status = ::mdb_env_create(&created);
        environment_.reset(created);
        if (status == 0) {
            const unsigned flags = MDB_RDONLY | MDB_NOLOCK | MDB_NOTLS;
            constexpr mdb_mode_t mode = 0600; // nothing is created
            status = ::mdb_env_open(created, options_.connection.c_str(),
                                    file_ == options_.connection ? flags | MDB_NOSUBDIR : flags, mode);
        }
        return status == 0 ? std::string() : problem(status);
    }

    Answer ask(std::string_view name) {
        MDB_txn* begun = nullptr;
        if (const int status = ::mdb_txn_begin(environment_.get(), nullptr, MDB_RDONLY, &begun);
            status != 0) {
            return base::refuse(problem(status));
        }
        const Transaction transaction(begun, &::mdb_txn_abort);
        MDB_dbi database = 0;
        if (const int status = ::mdb_dbi_open(begun, nullptr, 0, &database); status != 0) {
            return base::refuse(problem(status));
        }
        // Postfix's tables end both in a zero.
        std::string key(name);
        Collector rows(1, options_.most_rows);
        for (const std::size_t size : {key.size(), key.size() + 1}) {
            MDB_val sought{size, key.data()};
            MDB_val found{};
            const int status = ::mdb_get(begun, database, &sought, &found);
            if (status == 0) {
                const std::string_view value(static_cast<const char*>(found.mv_data), found.mv_size);
                rows.add(value.substr(0, value.find('\0')));
                break;
            }
            if (status != MDB_NOTFOUND && status != MDB_BAD_VALSIZE) { // the latter: longer than any key
                return base::refuse(problem(status));
            }
        }
        return rows.answer();
    }

    [[nodiscard]] std::string problem(int status) const {
        return fmt::format("{}: {}", options_.connection, ::mdb_strerror(status));
    }

    Options options_;
    std::string file_;
    std::uint64_t edition_ = 0;
    Environment environment_{nullptr, &::mdb_env_close};
};

} // namespace

std::unique_ptr<Connection> make_lmdb(const Options& options) {
    return std::make_unique<LmdbConnection>(options);
}

} // namespace keys::source
