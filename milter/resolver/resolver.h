// Answers to DNS questions, asynchronously, through one shared cache.
#pragma once

#include "dns/answers.h"
#include "dns/question.h"
#include "dns/server.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace milter::resolver {

using dns::Server;

struct Options {
    std::vector<Server> servers;                  // empty: the system's resolv.conf, followed when it changes
    std::string resolv_conf = "/etc/resolv.conf"; // read only when `servers` is empty
    // For one attempt at one server. With several servers at most 1.2 s, so that a dead one is soon passed
    // over.
    std::chrono::milliseconds timeout{3000};
    int attempts = 2; // rounds over all servers
    std::size_t cache_bytes = 16UL * 1024 * 1024;
    std::size_t max_questions_in_flight = 10000; // over it: failed(timeout) at once, and logged
    std::chrono::seconds max_ttl{86400};
    std::chrono::seconds max_negative_ttl{3600};
    std::chrono::seconds failure_ttl{
        5}; // RFC 2308 7: failures are remembered, briefly; not timeouts of our own budget
    // Takes rare warnings for the operator ("no nameserver answered in time"); at most one of a kind a
    // minute. Called from any thread that asks and from the resolver's own; must not throw or call back into
    // the resolver.
    std::function<void(std::string_view)> report;
};

// What the daemon's own code sees of name resolution; tests put a table in its place.
class Resolver {
  public:
    using Callback = std::function<void(const dns::AnswerPtr&)>;

    virtual ~Resolver() = default;

    // Calls back exactly once: before returning when the answer is cached, else from the resolver's own
    // thread. The callback must not block. Every question is answered; one that cannot be is answered
    // `failed`, and a name that no question can carry does not exist. What a callback throws is counted,
    // reported and dropped.
    virtual void ask(const dns::Question& question, Callback callback) = 0;

    // The answer if it is cached, else null, with nothing done about it.
    [[nodiscard]] virtual dns::AnswerPtr recall(const dns::Question& /*question*/) { return nullptr; }
};

struct Statistics {
    std::uint64_t questions = 0;       // calls of ask(), and of recall() that were answered
    std::uint64_t cache_hits = 0;      // of these: answered from the cache
    std::uint64_t joined = 0;          // of these: shared a query that was already under way
    std::uint64_t sent = 0;            // queries handed to the network, each attempt at each server
    std::uint64_t failures = 0;        // questions that ended as `failed`
    std::uint64_t evicted = 0;         // cache entries dropped for want of room
    std::uint64_t callback_errors = 0; // exceptions that callbacks threw
    std::size_t cache_entries = 0, cache_bytes = 0;
};

// The real one: a thread of its own moves the packets.
class CachingResolver final : public Resolver {
  public:
    explicit CachingResolver(const Options& options);
    ~CachingResolver() override; // answers what is still open with `failed`, then joins the thread

    void ask(const dns::Question& question, Callback callback) override;
    [[nodiscard]] dns::AnswerPtr recall(const dns::Question& question) override;
    [[nodiscard]] Statistics statistics() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace milter::resolver
