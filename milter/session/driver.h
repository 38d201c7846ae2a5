// The question-and-answer loop of one message: what the evaluators ask goes to the resolver, what it answers
// comes back to them, under one budget of questions and time.
#pragma once

#include "dns/answers.h"
#include "dns/questions.h"
#include "milter/resolver/resolver.h"
#include "milter/runtime/driver_limits.h"
#include "milter/threads/share.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <variant>

namespace milter::session {

class Driver {
  public:
    // What is still needed, given what is known; empty when satisfied. Runs on any thread, one call at a time
    // per driver, and must not refer to anything that dies before the driver.
    using Need = std::function<dns::Questions(const dns::Answers&)>;

    // `waiting` counts the drivers that wait in finish().
    Driver(resolver::Resolver& resolver, runtime::DriverLimits limits, threads::Share::Total& waiting);
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;
    ~Driver(); // answers that are still under way are ignored

    // Gathers answers in the background, round after round, while the message still arrives. It must ask for
    // nothing that finish() has no need of, because that waits for it.
    void prefetch(Need need);

    // Calls `evaluate(answers)`, a variant of a verdict and dns::Questions, until there is a verdict. Waits
    // for what is missing; when the budget is spent, missing answers become `failed`, so that a verdict
    // always comes. `progress` is called now and then while waiting.
    template <class Evaluate>
    auto finish(const Evaluate& evaluate, const std::function<void()>& progress);

    // What is asked from now on may use the questions kept in reserve, and `more`; what asks already may not.
    void open_reserve(std::size_t more = 0);

    // What was waited so far does not count for the next finish().
    void renew_budget();

    [[nodiscard]] std::chrono::milliseconds waited() const; // in finish()
    [[nodiscard]] std::size_t questions() const;            // asked so far, the cached ones as well
    [[nodiscard]] bool timed_out() const;                   // the budget was spent
    [[nodiscard]] bool refused_questions() const;           // there were more than the limit
    // Too many others were waiting: what was missing counts as failed, so that the verdict is worth nothing.
    [[nodiscard]] bool turned_away() const;

  private:
    class State;

    dns::Questions evaluate_known(const std::function<dns::Questions(const dns::Answers&)>& evaluate);
    void wait_for(const dns::Questions& questions, const std::function<void()>& progress);

    std::shared_ptr<State> state_;
    threads::Share::Total& waiting_;
};

template <class Evaluate>
auto Driver::finish(const Evaluate& evaluate, const std::function<void()>& progress) {
    using Outcome = std::invoke_result_t<Evaluate, const dns::Answers&>;
    Outcome outcome;
    const auto attempt = [&](const dns::Answers& known) {
        outcome = evaluate(known);
        const auto* missing = std::get_if<dns::Questions>(&outcome);
        return missing == nullptr ? dns::Questions{} : *missing;
    };
    for (auto missing = evaluate_known(attempt); !missing.empty(); missing = evaluate_known(attempt)) {
        wait_for(missing, progress);
    }
    return std::get<0>(std::move(outcome));
}

} // namespace milter::session
