// Values by key, bounded in bytes: what was used longest ago makes room for what is new.
#pragma once

#include "milter/threads/lock_guarded.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <list>
#include <memory>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

namespace milter::threads {

struct CacheStatistics {
    std::size_t entries = 0, bytes = 0;
    std::uint64_t evicted = 0;
};

// Safe to use from any thread: the keys are spread over shards with a lock each. Entries are looked for by a
// `Sought`, which a Key converts to, and has the same std::hash as an equal key.
template <class Key, class Value, class Sought = Key>
class LruCache {
  public:
    explicit LruCache(std::size_t bytes) : shard_bytes_(bytes / shard_count(bytes)) {
        for (std::size_t i = 0; i < shard_count(bytes); ++i) {
            shards_.push_back(std::make_unique<LockGuarded<Shard>>());
        }
    }

    // Nothing when there is no such entry, or `is_stale(value)`, which drops it.
    template <class Predicate>
    [[nodiscard]] std::optional<Value> find(const Sought& key, const Predicate& is_stale) {
        return shard_of(key).with([&](Shard& shard) { return shard.find(key, is_stale); });
    }

    // Replaces the entry of that key. What is larger than a shard is not kept: rather that than empty the
    // shard for one entry.
    void insert(Key key, Value value, std::size_t bytes) {
        shard_of(key).with([&](Shard& shard) {
            shard.erase(key);
            shard.insert({std::move(key), std::move(value), bytes}, shard_bytes_);
        });
    }

    void erase(const Sought& key) {
        shard_of(key).with([&](Shard& shard) { shard.erase(key); });
    }

    [[nodiscard]] CacheStatistics statistics() const {
        CacheStatistics sum;
        for (const auto& guarded : shards_) {
            guarded->with([&sum](const Shard& shard) {
                sum.entries += shard.by_use.size();
                sum.bytes += shard.bytes;
                sum.evicted += shard.evicted;
            });
        }
        return sum;
    }

  private:
    struct Entry {
        Key key;
        Value value;
        std::size_t bytes;
    };
    using Entries = std::list<Entry>;
    using Position = typename Entries::iterator;

    struct Hash {
        using is_transparent = void;
        std::size_t operator()(const Sought& key) const { return std::hash<Sought>()(key); }
        std::size_t operator()(const Position& entry) const { return (*this)(entry->key); }
    };
    struct Same {
        using is_transparent = void;
        bool operator()(const Position& a, const Position& b) const { return a->key == b->key; }
        bool operator()(const Position& a, const Sought& b) const { return a->key == b; }
        bool operator()(const Sought& a, const Position& b) const { return a == b->key; }
    };

    struct Shard {
        Entries by_use; // most recently used first
        std::unordered_set<Position, Hash, Same> index;
        std::size_t bytes = 0;
        std::uint64_t evicted = 0;

        template <class Predicate>
        std::optional<Value> find(const Sought& key, const Predicate& is_stale) {
            const auto found = index.find(key);
            if (found == index.end()) {
                return std::nullopt;
            }
            const Position entry = *found;
            if (is_stale(entry->value)) {
                drop(entry);
                return std::nullopt;
            }
            by_use.splice(by_use.begin(), by_use, entry);
            return entry->value;
        }

        void insert(Entry entry, std::size_t limit) {
            if (entry.bytes > limit) {
                return;
            }
            while (bytes + entry.bytes > limit) {
                drop(std::prev(by_use.end()));
                ++evicted;
            }
            bytes += entry.bytes;
            by_use.push_front(std::move(entry));
            index.insert(by_use.begin());
        }

        void erase(const Sought& key) {
            if (const auto found = index.find(key); found != index.end()) {
                drop(*found);
            }
        }

        void drop(Position entry) {
            bytes -= entry->bytes;
            index.erase(entry);
            by_use.erase(entry);
        }
    };

    // Small caches get few shards, so that one large entry still fits into its shard.
    static std::size_t shard_count(std::size_t bytes) {
        constexpr std::size_t max_shards = 16;
        constexpr std::size_t min_shard_bytes = 256UL * 1024;
        return std::clamp<std::size_t>(bytes / min_shard_bytes, 1, max_shards);
    }

    LockGuarded<Shard>& shard_of(const Sought& key) const {
        constexpr unsigned half = sizeof(std::size_t) * 4; // the low bits pick the bucket inside the shard
        return *shards_[(std::hash<Sought>()(key) >> half) % shards_.size()];
    }

    std::vector<std::unique_ptr<LockGuarded<Shard>>> shards_;
    std::size_t shard_bytes_;
};

} // namespace milter::threads
