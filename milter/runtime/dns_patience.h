// Since when mail is put off for want of a DNS answer: of each domain, so that no mail bounces for a zone
// that stays broken.
#pragma once

#include "base/unix_time.h"
#include "milter/threads/lru_cache.h"

#include <chrono>
#include <cstddef>
#include <string>

namespace milter::runtime {

class DnsPatience {
  public:
    // More are forgotten, those that were put off longest ago first. Who floods us with names of broken zones
    // has the mail of others put off for longer, and no more.
    static constexpr std::size_t most_domains = 10'000;
    // What was put off so long after the first time has bounced at its sender's: a new fault begins.
    static constexpr std::chrono::hours forgotten_after{5 * 24};

    // To be asked when mail of that domain is to be put off; the first time begins the wait.
    [[nodiscard]] bool is_over(const std::string& domain, std::chrono::seconds limit, base::UnixTime now) {
        const auto is_stale = [&](base::UnixTime first) {
            const std::chrono::seconds most = limit + forgotten_after;
            return now < first || now - first > most.count();
        };
        if (const auto first = since_.find(domain, is_stale)) {
            return now - *first >= limit.count();
        }
        since_.insert(domain, now, 1);
        return false;
    }

    [[nodiscard]] std::size_t size() const { return since_.statistics().entries; }

  private:
    threads::LruCache<std::string, base::UnixTime> since_{most_domains};
};

} // namespace milter::runtime
