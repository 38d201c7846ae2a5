// Answers kept for their time to live, bounded in bytes. Time comes in as a value.
#pragma once

#include "dns/answers.h"
#include "dns/question.h"
#include "milter/threads/lru_cache.h"

#include <chrono>
#include <cstddef>

namespace milter::resolver {

using Clock = std::chrono::steady_clock;

struct CacheLimits {
    std::size_t bytes = 16UL * 1024 * 1024;
    std::chrono::seconds max_ttl{86400};
    std::chrono::seconds max_negative_ttl{3600};
    std::chrono::seconds failure_ttl{5};
};

// Safe to use from any thread.
class Cache {
  public:
    explicit Cache(const CacheLimits& limits);

    // Null when nothing is known, or no longer. The answer carries the TTL it came with, not what is left of
    // it.
    [[nodiscard]] dns::AnswerPtr find(const dns::Question& question, Clock::time_point now);
    // Replaces what was known. An answer that may not be kept (TTL zero) is passed over.
    void insert(const dns::Question& question, const dns::AnswerPtr& answer, Clock::time_point now);

    [[nodiscard]] threads::CacheStatistics statistics() const { return entries_.statistics(); }

  private:
    struct Kept {
        dns::AnswerPtr answer;
        Clock::time_point expires;
    };

    [[nodiscard]] std::chrono::seconds time_to_keep(const dns::Answer& answer) const;

    CacheLimits limits_;
    threads::LruCache<dns::Question, Kept> entries_;
};

// What an entry costs in memory, allocator and containers included, to within some ten per cent.
[[nodiscard]] std::size_t estimate_bytes(const dns::Question& question, const dns::Answer& answer);

} // namespace milter::resolver
