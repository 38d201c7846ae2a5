#include "milter/reports/history_queue.h"

#include "milter/reports/evaluation_of.h"
#include "report/history_line.h"

#include <new>
#include <utility>

namespace milter::reports {

// The message is none the worse if there is no memory for its record.
void HistoryQueue::read(const record::MessageFacts& facts) {
    try {
        if (const auto evaluation = evaluation_of(facts)) {
            keep(report::history_lines(*evaluation, {.job = facts.queue_id,
                                                     .reporter = facts.host,
                                                     .action = facts.disposition.action,
                                                     .received = facts.arrived}));
        }
    } catch (const std::bad_alloc&) {
        ++dropped_;
    }
}

void HistoryQueue::keep(const std::string& lines) {
    const std::size_t memory = memory_;
    bool is_much = false;
    {
        threads::Lock lock(mutex_);
        const std::size_t held = held_;
        const std::size_t before = waiting_.size();
        if (held + before + lines.size() > memory) {
            ++dropped_;
            return;
        }
        waiting_ += lines;
        is_much = before <= memory / 4 && waiting_.size() > memory / 4;
        late_ += disk_.wait(lock, wake_) ? 0 : 1;
    }
    if (is_much) {
        wake_();
    }
}

std::string HistoryQueue::take() {
    std::string taken;
    const threads::Lock lock(mutex_);
    std::swap(taken, waiting_);
    held_ += taken.size(); // while it is being written, which may take as long as a disk likes
    disk_.take();
    return taken;
}

void HistoryQueue::settle(bool is_written) {
    const threads::Lock lock(mutex_);
    disk_.settle(is_written);
}

void HistoryQueue::configure(const config::Reports& settings) {
    memory_ = settings.memory;
    const threads::Lock lock(mutex_);
    disk_.set_wanted(settings.durable);
}

} // namespace milter::reports
