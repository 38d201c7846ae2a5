#include "milter/resolver/cache.h"

#include <algorithm>
#include <string>

namespace resolver {

namespace {

// Small caches get few shards, so that one long answer still fits into its shard.
constexpr std::size_t max_shards = 16;
constexpr std::size_t min_shard_bytes = 256UL * 1024;

std::size_t shard_count(std::size_t bytes) {
    return std::clamp<std::size_t>(bytes / min_shard_bytes, 1, max_shards);
}

// malloc's header and rounding.
constexpr std::size_t block_overhead = 16;

std::size_t heap_bytes(const std::string& text) {
    static const std::size_t inline_capacity = std::string().capacity();
    return text.capacity() <= inline_capacity ? 0 : text.capacity() + 1 + block_overhead;
}

std::size_t heap_bytes(const dns::MailExchange& exchange) {
    return heap_bytes(exchange.host);
}

std::size_t heap_bytes(const base::IpAddress&) {
    return 0;
}

template <class T>
std::size_t heap_bytes(const std::vector<T>& list) {
    std::size_t sum = list.capacity() == 0 ? 0 : list.capacity() * sizeof(T) + block_overhead;
    for (const T& element : list) {
        sum += heap_bytes(element);
    }
    return sum;
}

} // namespace

std::size_t estimate_bytes(const dns::Question& question, const dns::Answer& answer) {
    constexpr std::size_t list_node = sizeof(dns::Question) + sizeof(dns::AnswerPtr) + 4 * sizeof(void*);
    constexpr std::size_t index_node =
        4 * sizeof(void*); // link, iterator, hash, and its share of the buckets
    constexpr std::size_t shared_answer = sizeof(dns::Answer) + 2 * sizeof(void*);
    return list_node + index_node + shared_answer + 3 * block_overhead + heap_bytes(question.name) +
           heap_bytes(answer.addresses) + heap_bytes(answer.exchanges) + heap_bytes(answer.texts) +
           heap_bytes(answer.names);
}

Cache::Cache(const CacheLimits& limits)
    : limits_(limits), shard_bytes_(limits.bytes / shard_count(limits.bytes)) {
    for (std::size_t i = 0; i < shard_count(limits.bytes); ++i) {
        shards_.push_back(std::make_unique<milter::LockGuarded<Shard>>());
    }
}

dns::AnswerPtr Cache::find(const dns::Question& question, Clock::time_point now) {
    return shard_of(question).with([&](Shard& shard) -> dns::AnswerPtr {
        const auto found = shard.index.find(question);
        if (found == shard.index.end()) {
            return nullptr;
        }
        const Entries::iterator entry = *found;
        if (entry->expires <= now) {
            shard.erase(entry);
            return nullptr;
        }
        shard.by_use.splice(shard.by_use.begin(), shard.by_use, entry);
        return entry->answer;
    });
}

void Cache::insert(const dns::Question& question, const dns::AnswerPtr& answer, Clock::time_point now) {
    const std::chrono::seconds keep = time_to_keep(*answer);
    shard_of(question).with([&](Shard& shard) {
        if (const auto known = shard.index.find(question); known != shard.index.end()) {
            shard.erase(*known);
        }
        if (keep > std::chrono::seconds::zero()) {
            shard.insert({question, answer, now + keep, estimate_bytes(question, *answer)}, shard_bytes_);
        }
    });
}

CacheStatistics Cache::statistics() const {
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

void Cache::Shard::erase(Entries::iterator entry) {
    bytes -= entry->bytes;
    index.erase(entry);
    by_use.erase(entry);
}

void Cache::Shard::insert(Entry entry, std::size_t limit) {
    if (entry.bytes > limit) {
        return; // rather ask again than empty the shard for one answer
    }
    while (bytes + entry.bytes > limit) {
        erase(std::prev(by_use.end()));
        ++evicted;
    }
    bytes += entry.bytes;
    by_use.push_front(std::move(entry));
    index.insert(by_use.begin());
}

std::chrono::seconds Cache::time_to_keep(const dns::Answer& answer) const {
    const std::chrono::seconds ttl{answer.ttl};
    switch (answer.status) {
    case dns::Status::found:
        return std::min(ttl, limits_.max_ttl);
    case dns::Status::no_data:
    case dns::Status::no_name:
        return std::min(ttl,
                        limits_.max_negative_ttl); // RFC 2308 5: a bound of one to three hours works well
    case dns::Status::failed:
        // RFC 2308 7.1, 7.2: never over five minutes. Briefly is enough to spare a broken server a burst of
        // mail.
        return std::min(limits_.failure_ttl, std::chrono::seconds{300});
    }
    return std::chrono::seconds::zero();
}

milter::LockGuarded<Cache::Shard>& Cache::shard_of(const dns::Question& question) const {
    // The low bits pick the bucket inside the shard; take the upper half here.
    constexpr unsigned half = sizeof(std::size_t) * 4;
    return *shards_[(std::hash<dns::Question>()(question) >> half) % shards_.size()];
}

} // namespace resolver
