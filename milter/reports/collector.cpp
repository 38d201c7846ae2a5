#include "milter/reports/collector.h"

#include "milter/reports/evaluation_of.h"
#include "report/evaluation.h"

#include <new>
#include <utility>

namespace milter::reports {

// The message is none the worse if there is no memory for its count.
void Collector::read(const record::MessageFacts& facts) {
    try {
        count(facts);
    } catch (const std::bad_alloc&) {
        ++dropped_;
    }
}

void Collector::count(const record::MessageFacts& facts) {
    if (!facts.verdict || !report::wants_reports(*facts.verdict)) {
        return;
    }
    auto evaluation = evaluation_of(facts);
    if (!evaluation) {
        return;
    }
    const std::size_t memory = memory_;
    const std::size_t held = held_;
    const std::size_t room = memory > held ? memory - held : 0;
    const bool is_scarce = held + bytes_ > memory / 4 * 3; // the store does not keep up
    auto one = count_of(*std::move(evaluation), is_scarce ? report::Detail::no_results : report::Detail::full,
                        facts.arrived);
    bool is_much = false;
    {
        threads::Lock lock(mutex_);
        const auto before = pending_.bytes();
        if (!pending_.add(std::move(one), room)) {
            ++dropped_;
            return;
        }
        less_detail_ += is_scarce ? 1 : 0;
        bytes_ = pending_.bytes();
        is_much = before <= memory / 4 && pending_.bytes() > memory / 4;
        late_ += disk_.wait(lock, wake_) ? 0 : 1;
    }
    if (is_much) {
        wake_();
    }
}

void Collector::configure(const config::Reports& settings) {
    memory_ = settings.memory;
    const threads::Lock lock(mutex_);
    disk_.set_wanted(settings.durable);
}

Pending Collector::take() {
    Pending taken;
    const threads::Lock lock(mutex_);
    std::swap(taken, pending_);
    bytes_ = 0;
    disk_.take();
    return taken;
}

void Collector::settle(bool is_stored) {
    const threads::Lock lock(mutex_);
    disk_.settle(is_stored);
}

Collector::Losses Collector::take_losses() {
    return {less_detail_.exchange(0), dropped_.exchange(0), late_.exchange(0)};
}

} // namespace milter::reports
