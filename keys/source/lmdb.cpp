#include "keys/source/lmdb.h"

#include "keys/source/collect.h"
#include "keys/source/file_lock.h"
#include "keys/source/memory_copy.h"
#include "keys/source/open.h"
#include "keys/source/watched_file.h"

#include <fmt/format.h>
#include <lmdb.h>

#include <algorithm>
#include <cstddef>
#include <string>

namespace keys::source {

namespace {

using Environment = std::unique_ptr<MDB_env, decltype(&mdb_env_close)>;
using Transaction = std::unique_ptr<MDB_txn, decltype(&mdb_txn_abort)>;

constexpr std::size_t largest = std::size_t{128} * 1024 * 1024; // file: the copy takes as much memory

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
        const MemoryCopy copy(file_, largest);
        return copy.problem().empty() ? open(copy) : fmt::format("{}: {}", file_, copy.problem());
    }

    // LMDB maps what it opens, and a page that the file does not have ends the process (SIGBUS).
    std::string open(const MemoryCopy& copy) {
        MDB_env* created = nullptr;
        int status = ::mdb_env_create(&created);
        environment_.reset(created);
        if (status == 0) {
            constexpr mdb_mode_t mode = 0600; // nothing is created
            status = ::mdb_env_open(created, copy.path().c_str(),
                                    MDB_RDONLY | MDB_NOLOCK | MDB_NOTLS | MDB_NOSUBDIR, mode);
        }
        MDB_envinfo information{};
        MDB_stat pages{};
        if (status == 0) {
            status = ::mdb_env_info(created, &information);
        }
        if (status == 0) {
            status = ::mdb_env_stat(created, &pages);
        }
        if (status != 0) {
            return problem(status);
        }
        if (pages.ms_psize == 0 || information.me_last_pgno >= copy.size() / pages.ms_psize) {
            return fmt::format("{}: it is cut short, replace it by a whole one", options_.connection);
        }
        return copy.extend(information.me_mapsize) ? "" : fmt::format("{}: no memory", options_.connection);
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
                const std::string_view value(static_cast<const char*>(found.mv_data),
                                             std::min(found.mv_size, max_answer + 1));
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
