// Answers to DNS questions, asynchronously, through one shared cache.
#pragma once

#include "dns/answers.h"
#include "dns/question.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace resolver {

struct Server {
    std::string address; // IPv4 or IPv6 text
    std::uint16_t port = 53;
};

struct Options {
    std::vector<Server> servers;                 // empty: the system's resolv.conf, followed when it changes
    std::chrono::milliseconds timeout{2000};     // for one attempt at one server
    int attempts = 2;                            // rounds over all servers
    std::size_t cache_bytes = 16 * 1024 * 1024;
    std::size_t max_questions_in_flight = 10000; // over it: failed(timeout) at once, and logged
    std::chrono::seconds max_ttl{86400};
    std::chrono::seconds max_negative_ttl{3600};
    std::chrono::seconds failure_ttl{5};         // RFC 2308 7: failures are remembered, briefly; not timeouts of our own budget
};

// What the daemon's own code sees of name resolution; tests put a table in its place.
class Resolver {
  public:
    using Callback = std::function<void(const dns::AnswerPtr&)>;

    virtual ~Resolver() = default;

    // Calls back exactly once: before returning when the answer is cached, else from the resolver's own thread. The
    // callback must not block. Every question is answered; one that cannot be is answered `failed`.
    virtual void ask(const dns::Question& question, Callback callback) = 0;
};

struct Statistics {
    std::uint64_t questions = 0, cache_hits = 0, sent = 0, joined = 0, failures = 0, evicted = 0;
    std::size_t cache_entries = 0, cache_bytes = 0;
};

// The real one: c-ares moves the packets on a thread of its own, ldns builds and reads them.
class CachingResolver final : public Resolver {
  public:
    explicit CachingResolver(Options options);
    ~CachingResolver() override; // answers what is still open with `failed`, then joins the thread

    void ask(const dns::Question& question, Callback callback) override;
    [[nodiscard]] Statistics statistics() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

// "192.0.2.53", "192.0.2.53:5353", "[2001:db8::53]:5353".
[[nodiscard]] std::optional<Server> parse_server(std::string_view text);

} // namespace resolver
