#include "milter/resolver/cache.h"

#include <algorithm>
#include <string>
#include <vector>

namespace milter::resolver {

namespace {

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

Cache::Cache(const CacheLimits& limits) : limits_(limits), entries_(limits.bytes) {}

dns::AnswerPtr Cache::find(const dns::Question& question, Clock::time_point now) {
    const auto kept = entries_.find(question, [now](const Kept& known) { return known.expires <= now; });
    return kept ? kept->answer : nullptr;
}

void Cache::insert(const dns::Question& question, const dns::AnswerPtr& answer, Clock::time_point now) {
    const std::chrono::seconds time = time_to_keep(*answer);
    if (time > std::chrono::seconds::zero()) {
        entries_.insert(question, {answer, now + time}, estimate_bytes(question, *answer));
    } else {
        entries_.erase(question);
    }
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

} // namespace milter::resolver
