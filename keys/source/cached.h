// The answers of a source, kept for a while. What cannot be asked anew, because the source fails, goes on as
// it was last; a source that fails is asked again after a pause, by one message and not by all.
//
// What is there and what is not have a cache each: addresses that somebody makes up push out each other, and
// no row.
#pragma once

#include "keys/source/kept.h"
#include "keys/source/news.h"
#include "keys/source/source.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace keys::source {

// Made of the rows of a name, once for as long as they are kept.
struct Value {
    std::shared_ptr<const void> made;
    std::size_t bytes = 0;
};
using Make = std::function<Value(std::string_view name, const Rows& rows)>;
using Clock = std::function<Time()>;

struct CacheOptions {
    std::string label; // of the source, for what is told
    std::chrono::milliseconds keep{0};
    std::chrono::milliseconds timeout{0}; // of one question
    std::size_t bytes = 0;
};

class Cached {
  public:
    Cached(std::unique_ptr<Source> source, Make make, CacheOptions options, std::shared_ptr<News> news,
           Clock clock = std::chrono::steady_clock::now);

    struct Found {
        std::shared_ptr<const void> value; // null: there is no such name, unless there is a failure
        std::string failure;               // empty: it is known
    };
    // Waits until `deadline`, and never longer than the timeout.
    [[nodiscard]] Found look_up(std::string_view name, Time deadline);

    // Everything is asked anew, and what was kept serves only while the source fails.
    void expire();

    // The source itself, past what is kept, with a name that nobody has: does it work?
    [[nodiscard]] Answer probe();

    [[nodiscard]] std::uint64_t edition() const { return source_->edition(); }
    [[nodiscard]] Time now() const { return clock_(); }
    [[nodiscard]] const CacheOptions& options() const { return options_; }

  private:
    using Lock = std::unique_lock<std::mutex>;

    [[nodiscard]] const KeptAnswer* find(std::string_view name);
    struct Asked {
        Answer answer;
        Value value; // nothing when there is no row
    };
    [[nodiscard]] Asked ask_source(const std::string& name, Time deadline) const;
    [[nodiscard]] Found ask(const std::string& name, Time deadline, std::uint64_t edition, Lock& lock);
    [[nodiscard]] Found known_or(std::string_view name, const std::string& failure);
    void keep(const std::string& name, Value value, std::uint64_t edition);
    void note_failure(const std::string& reason, bool probed);
    void note_answer();

    const std::unique_ptr<Source> source_;
    const Make make_;
    const CacheOptions options_;
    const std::shared_ptr<News> news_;
    const Clock clock_;

    std::mutex mutex_; // of all that follows
    std::condition_variable settled_;
    Kept present_;
    Kept absent_;
    std::set<std::string, std::less<>> under_way_;
    std::uint64_t expired_ = 0;
    bool probing_ = false; // of a source that fails
    std::string failure_;  // empty: the source works
    Time ask_again_;
    std::chrono::milliseconds pause_{0};
};

} // namespace keys::source
