// Single flight: all who ask the same question at the same time share one query.
#pragma once

#include "dns/question.h"
#include "milter/resolver/resolver.h"
#include "milter/threads/lock_guarded.h"

#include <cstddef>
#include <unordered_map>
#include <vector>

namespace milter::resolver {

// Safe to use from any thread; calls nobody back itself.
class Inflight {
  public:
    using Callbacks = std::vector<Resolver::Callback>;
    enum class Joined {
        first,   // the caller must have the question answered, then land() it
        waiting, // somebody else already does
        full,    // too many open questions; the callback was not taken
    };

    explicit Inflight(std::size_t max_questions) : max_questions_(max_questions) {}

    // Moves from `callback` unless the result is `full`.
    [[nodiscard]] Joined join(const dns::Question& question, Resolver::Callback& callback);
    // Ends the flight: everybody who waits for it. Who asks from now on starts a new one.
    [[nodiscard]] Callbacks land(const dns::Question& question);
    [[nodiscard]] std::size_t size() const;

  private:
    std::size_t max_questions_;
    threads::LockGuarded<std::unordered_map<dns::Question, Callbacks>> flights_;
};

} // namespace milter::resolver
