#include "keys/source/berkeley.h"

#include "keys/source/collect.h"
#include "keys/source/file_lock.h"
#include "keys/source/watched_file.h"

#include <db.h>
#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace keys::source {

namespace {

struct Close {
    void operator()(DB* database) const { database->close(database, 0); }
};

class BerkeleyConnection : public Connection {
  public:
    explicit BerkeleyConnection(const Options& options) : options_(options) {}

    Answer look_up(std::string_view name, Time deadline) override {
        const FileLock lock(options_.connection, deadline);
        if (!lock.problem().empty()) {
            return base::refuse(fmt::format("{}: {}", options_.connection, lock.problem()));
        }
        if (std::string problem = open(); !problem.empty()) {
            database_.reset();
            return base::refuse(std::move(problem));
        }
        return ask(name);
    }

  private:
    // A file that changed is opened anew, because the library keeps pages.
    std::string open() {
        const std::uint64_t edition = edition_of(options_.connection);
        if (database_ && edition == edition_) {
            return {};
        }
        database_.reset();
        edition_ = edition;
        DB* created = nullptr;
        if (const int status = ::db_create(&created, nullptr, 0); status != 0) {
            return problem(status);
        }
        database_.reset(created);
        created->set_errcall(created, nullptr); // nothing on stderr
        created->set_errfile(created, nullptr);
        // Not mapped: a file that is cut short while it is read would end the process.
        const int status = created->open(created, nullptr, options_.connection.c_str(), nullptr, DB_UNKNOWN,
                                         DB_RDONLY | DB_NOMMAP, 0);
        if (status != 0) {
            return problem(status);
        }
        return is_whole()
                   ? ""
                   : fmt::format("{}: it is cut short, replace it by a whole one", options_.connection);
    }

    // The library takes pages that are not there for empty ones, and what stood in them for no row.
    [[nodiscard]] bool is_whole() const {
        DBTYPE type{};
        void* found = nullptr;
        if (database_->get_type(database_.get(), &type) != 0 ||
            database_->stat(database_.get(), nullptr, &found, DB_FAST_STAT) != 0) {
            return false;
        }
        const std::unique_ptr<void, decltype(&std::free)> statistics(found, &std::free);
        std::uintmax_t bytes = 0;
        if (type == DB_HASH) {
            const auto* hash = static_cast<const DB_HASH_STAT*>(found);
            bytes = std::uintmax_t{hash->hash_pagecnt} * hash->hash_pagesize;
        } else if (type == DB_BTREE) {
            const auto* tree = static_cast<const DB_BTREE_STAT*>(found);
            bytes = std::uintmax_t{tree->bt_pagecnt} * tree->bt_pagesize;
        }
        std::error_code error;
        const auto size = std::filesystem::file_size(options_.connection, error);
        return !error && size >= bytes;
    }

    Answer ask(std::string_view name) {
        std::string key(name);
        Collector rows(1, options_.most_rows);
        for (const std::size_t size : {key.size(), key.size() + 1}) { // Postfix's tables end both in a zero
            DBT sought{};
            sought.data = key.data();
            sought.size = static_cast<u_int32_t>(size);
            DBT found{};
            const int status = database_->get(database_.get(), nullptr, &sought, &found, 0);
            if (status == 0) {
                const std::string_view value(static_cast<const char*>(found.data), found.size);
                rows.add(value.substr(0, value.find('\0')));
                break;
            }
            if (status != DB_NOTFOUND) {
                database_.reset();
                return base::refuse(problem(status));
            }
        }
        return rows.answer();
    }

    [[nodiscard]] std::string problem(int status) const {
        return fmt::format("{}: {}", options_.connection,
                           status == EINVAL || status == DB_OLD_VERSION ? "not a file of Berkeley DB 5.3"
                                                                        : ::db_strerror(status));
    }

    Options options_;
    std::uint64_t edition_ = 0;
    std::unique_ptr<DB, Close> database_;
};

} // namespace

std::unique_ptr<Connection> make_berkeley(const Options& options) {
    return std::make_unique<BerkeleyConnection>(options);
}

} // namespace keys::source
