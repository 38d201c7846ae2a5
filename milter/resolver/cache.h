// Answers kept for their time to live, bounded in bytes. Time comes in as a value.
#pragma once

#include "dns/answers.h"
#include "dns/question.h"
#include "milter/lock_guarded.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <unordered_set>
#include <vector>

namespace resolver {

using Clock = std::chrono::steady_clock;

struct CacheLimits {
    std::size_t bytes = 16UL * 1024 * 1024;
    std::chrono::seconds max_ttl{86400};
    std::chrono::seconds max_negative_ttl{3600};
    std::chrono::seconds failure_ttl{5};
};

struct CacheStatistics {
    std::size_t entries = 0, bytes = 0;
    std::uint64_t evicted = 0;
};

// Safe to use from any thread. The questions are spread over shards with a lock each; within a shard the
// entry that was used longest ago makes room for a new one.
class Cache {
  public:
    explicit Cache(const CacheLimits& limits);

    // Null when nothing is known, or no longer. The answer carries the TTL it came with, not what is left of
    // it.
    [[nodiscard]] dns::AnswerPtr find(const dns::Question& question, Clock::time_point now);
    // Replaces what was known. An answer that may not be kept (TTL zero) is passed over.
    void insert(const dns::Question& question, const dns::AnswerPtr& answer, Clock::time_point now);

    [[nodiscard]] CacheStatistics statistics() const;

  private:
    struct Entry {
        dns::Question question;
        dns::AnswerPtr answer;
        Clock::time_point expires;
        std::size_t bytes;
    };
    using Entries = std::list<Entry>;
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(const dns::Question& question) const {
            return std::hash<dns::Question>()(question);
        }
        std::size_t operator()(const Entries::iterator& entry) const { return (*this)(entry->question); }
    };
    struct Same {
        using is_transparent = void;
        static const dns::Question& of(const dns::Question& question) { return question; }
        static const dns::Question& of(const Entries::iterator& entry) { return entry->question; }
        template <class A, class B>
        bool operator()(const A& a, const B& b) const {
            return of(a) == of(b);
        }
    };
    struct Shard {
        Entries by_use; // most recently used first
        std::unordered_set<Entries::iterator, Hash, Same> index;
        std::size_t bytes = 0;
        std::uint64_t evicted = 0;

        void erase(Entries::iterator entry);
        void insert(Entry entry, std::size_t limit);
    };

    [[nodiscard]] std::chrono::seconds time_to_keep(const dns::Answer& answer) const;
    [[nodiscard]] milter::LockGuarded<Shard>& shard_of(const dns::Question& question) const;

    CacheLimits limits_;
    std::vector<std::unique_ptr<milter::LockGuarded<Shard>>> shards_;
    std::size_t shard_bytes_;
};

// What an entry costs in memory, allocator and containers included, to within some ten per cent.
[[nodiscard]] std::size_t estimate_bytes(const dns::Question& question, const dns::Answer& answer);

} // namespace resolver
