#include "milter/session/driver.h"

#include "milter/threads/mutex.h"
#include "milter/threads/wakeup.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

namespace milter::session {

using Clock = std::chrono::steady_clock;

// Shared with the resolver's callbacks, which may outlive the driver.
class Driver::State : public std::enable_shared_from_this<State> {
  public:
    State(resolver::Resolver& resolver, runtime::DriverLimits limits)
        : resolver_(resolver), limits_(limits),
          known_([this](const dns::Question& question) PARAPH_REQUIRES(mutex_) { return recall(question); }) {
    }

    void close() {
        const threads::Lock lock(mutex_);
        closed_ = true;
        tasks_.clear();
    }

    void prefetch(Need need) { advance(add_task(std::move(need))); }

    void open_reserve(std::size_t more) {
        const threads::Lock lock(mutex_);
        reserve_open_ = true;
        more_ = more;
    }

    dns::Questions evaluate(const Need& need) {
        const threads::Lock lock(mutex_);
        most_ = most_questions();
        return need(known_);
    }

    // Returns with all answers, or with the budget spent and the rest failed.
    void wait_for(const dns::Questions& questions, const std::function<void()>& progress) {
        const auto begin = Clock::now();
        const auto deadline = begin + left_to_wait();
        const std::size_t waiter = begin_to_wait();
        send(note(questions, waiter));
        while (!wait_until(waiter, std::min(deadline, Clock::now() + limits_.progress_interval))) {
            if (Clock::now() >= deadline) {
                give_up(questions);
                break;
            }
            progress();
        }
        const threads::Lock lock(mutex_);
        waiter_.reset();
        waited_ += std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
    }

    void renew_budget() {
        const threads::Lock lock(mutex_);
        waited_before_ = waited_;
    }

    std::chrono::milliseconds waited() const {
        const threads::Lock lock(mutex_);
        return waited_;
    }
    std::size_t questions() const {
        const threads::Lock lock(mutex_);
        return sent_;
    }
    bool timed_out() const {
        const threads::Lock lock(mutex_);
        return timed_out_;
    }
    bool refused_questions() const {
        const threads::Lock lock(mutex_);
        return refused_;
    }
    bool turned_away() const {
        const threads::Lock lock(mutex_);
        return turned_away_;
    }
    std::size_t most_waiting() const { return limits_.waiting; }

    void turn_away(const dns::Questions& questions) {
        const threads::Lock lock(mutex_);
        turned_away_ = true;
        fail(questions);
    }

  private:
    struct Task {
        Need need;            // none: it is finish() that waits
        std::size_t most = 0; // questions of all tasks, up to which this one may ask
        std::size_t open = 0; // answers this task's round still waits for
    };

    struct Completed {
        std::vector<std::size_t> tasks;    // that can go on
        std::optional<std::size_t> waiter; // which task finish() waited for this answer with
    };

    std::chrono::milliseconds left_to_wait() const {
        const threads::Lock lock(mutex_);
        return limits_.budget - (waited_ - waited_before_);
    }

    std::size_t add_task(Need need) {
        const threads::Lock lock(mutex_);
        tasks_.push_back({std::move(need), most_questions()});
        return tasks_.size() - 1;
    }

    std::size_t most_questions() const PARAPH_REQUIRES(mutex_) {
        return limits_.questions + more_ - (reserve_open_ ? 0 : std::min(limits_.reserve, limits_.questions));
    }

    std::size_t begin_to_wait() {
        const std::size_t task = add_task(nullptr);
        const threads::Lock lock(mutex_);
        waiter_ = task;
        return task;
    }

    // What is cached needs no round. It counts as asked all the same, so that the limit is one of work.
    dns::AnswerPtr recall(const dns::Question& question) PARAPH_REQUIRES(mutex_) {
        if (sent_ >= most_ || waiting_.contains(question)) {
            return nullptr;
        }
        auto answer = resolver_.recall(question);
        sent_ += answer == nullptr ? 0U : 1U;
        return answer;
    }

    // Runs rounds of a task until it is satisfied or has to wait. Not recursive: answers from the cache
    // arrive inside send(), while the round's own count keeps them from starting the next round.
    void advance(std::size_t task) PARAPH_EXCLUDES(mutex_) {
        while (true) {
            dns::Questions missing;
            {
                const threads::Lock lock(mutex_);
                if (closed_ || tasks_[task].open != 0) {
                    return;
                }
                most_ = tasks_[task].most;
                missing = tasks_[task].need(known_);
                if (missing.empty()) {
                    return;
                }
                tasks_[task].open = 1;
            }
            send(note(missing, task));
            const threads::Lock lock(mutex_);
            if (closed_ || --tasks_[task].open != 0) {
                return;
            }
        }
    }

    // Registers who waits for what; returns the questions that nobody has asked yet.
    std::vector<dns::Question> note(const dns::Questions& questions, std::size_t task) {
        std::vector<dns::Question> fresh;
        const threads::Lock lock(mutex_);
        if (closed_) {
            return fresh;
        }
        for (const auto& question : questions) {
            if (known_.find(question) != nullptr) {
                continue;
            }
            const auto [entry, first] = waiting_.try_emplace(question);
            if (first && sent_ >= tasks_[task].most) {
                waiting_.erase(entry);
                refused_ = true;
                known_.insert(question, dns::failed(dns::Failure::refused));
                continue;
            }
            if (first) {
                ++sent_;
                fresh.push_back(question);
            }
            wait_in(entry->second, task);
            // Who waits at the end of the message would ask the same next. It waits for this round as well,
            // so that it wakes up once for the whole chain.
            if (waiter_ && waiter_ != task) {
                wait_in(entry->second, *waiter_);
            }
        }
        return fresh;
    }

    void wait_in(std::vector<std::size_t>& line, std::size_t task) PARAPH_REQUIRES(mutex_) {
        if (std::ranges::find(line, task) == line.end()) {
            line.push_back(task);
            ++tasks_[task].open;
        }
    }

    void send(const std::vector<dns::Question>& questions) PARAPH_EXCLUDES(mutex_) {
        for (const auto& question : questions) {
            resolver_.ask(question, [state = shared_from_this(), question](const dns::AnswerPtr& answer) {
                state->arrive(question, answer);
            });
        }
    }

    // Whoever waits is woken once, by the last of its answers, when the others have asked what they ask next,
    // and not while the lock is held.
    void arrive(const dns::Question& question, const dns::AnswerPtr& answer) PARAPH_EXCLUDES(mutex_) {
        const Completed completed = settle(question, answer);
        const CountDown at_end{*this, completed.waiter};
        for (const std::size_t task : completed.tasks) {
            advance(task);
        }
    }

    // Takes the answer in; returns whose round it completes.
    Completed settle(const dns::Question& question, const dns::AnswerPtr& answer) {
        Completed completed;
        const threads::Lock lock(mutex_);
        const auto entry = waiting_.find(question);
        if (closed_ || entry == waiting_.end()) {
            return completed;
        }
        known_.insert(question, answer);
        for (const std::size_t task : entry->second) {
            if (!tasks_[task].need) {
                completed.waiter = task;
            } else if (--tasks_[task].open == 0) {
                completed.tasks.push_back(task);
            }
        }
        waiting_.erase(entry);
        return completed;
    }

    // Also when a task throws: who waits must not wait for that.
    struct CountDown {
        State& state;
        std::optional<std::size_t> waiter;

        ~CountDown() {
            if (waiter && state.count_down(*waiter)) {
                state.wakeup_.ring();
            }
        }
    };

    // True when that was the last.
    bool count_down(std::size_t task) {
        const threads::Lock lock(mutex_);
        return !closed_ && --tasks_[task].open == 0;
    }

    [[nodiscard]] bool complete(std::size_t waiter) const {
        const threads::Lock lock(mutex_);
        return tasks_[waiter].open == 0;
    }

    // False when the answers were not there in time.
    bool wait_until(std::size_t waiter, Clock::time_point end) {
        while (!complete(waiter)) {
            if (Clock::now() >= end) {
                return false;
            }
            wakeup_.sleep_until(end);
        }
        return true;
    }

    void give_up(const dns::Questions& questions) {
        const threads::Lock lock(mutex_);
        timed_out_ = true;
        fail(questions);
    }

    void fail(const dns::Questions& questions) PARAPH_REQUIRES(mutex_) {
        for (const auto& question : questions) {
            known_.insert(question, dns::failed(dns::Failure::timeout));
        }
    }

    resolver::Resolver& resolver_;
    const runtime::DriverLimits limits_;
    mutable threads::Mutex mutex_;
    threads::Wakeup wakeup_; // of the thread in finish()
    dns::Answers known_ PARAPH_GUARDED_BY(mutex_);
    std::deque<Task> tasks_ PARAPH_GUARDED_BY(mutex_);
    std::optional<std::size_t> waiter_ PARAPH_GUARDED_BY(mutex_); // the task of who waits now
    std::unordered_map<dns::Question, std::vector<std::size_t>> waiting_ PARAPH_GUARDED_BY(mutex_);
    std::size_t sent_ PARAPH_GUARDED_BY(mutex_) = 0;
    std::size_t most_ PARAPH_GUARDED_BY(mutex_) = 0; // up to which the one who recalls now may ask
    bool reserve_open_ PARAPH_GUARDED_BY(mutex_) = false;
    std::size_t more_ PARAPH_GUARDED_BY(mutex_) = 0; // questions than the limit
    std::chrono::milliseconds waited_ PARAPH_GUARDED_BY(mutex_) = {};
    std::chrono::milliseconds waited_before_ PARAPH_GUARDED_BY(mutex_) = {}; // the budget was renewed
    bool closed_ PARAPH_GUARDED_BY(mutex_) = false;
    bool timed_out_ PARAPH_GUARDED_BY(mutex_) = false;
    bool refused_ PARAPH_GUARDED_BY(mutex_) = false;
    bool turned_away_ PARAPH_GUARDED_BY(mutex_) = false;
};

Driver::Driver(resolver::Resolver& resolver, runtime::DriverLimits limits, threads::Share::Total& waiting)
    : state_(std::make_shared<State>(resolver, limits)), waiting_(waiting) {}

Driver::~Driver() {
    state_->close();
}

void Driver::prefetch(Need need) {
    state_->prefetch(std::move(need));
}

dns::Questions Driver::evaluate_known(const Need& evaluate) {
    return state_->evaluate(evaluate);
}

void Driver::wait_for(const dns::Questions& questions, const std::function<void()>& progress) {
    threads::Share place(waiting_);
    if (place.grow(1, state_->most_waiting())) {
        state_->wait_for(questions, progress);
    } else {
        state_->turn_away(questions);
    }
}

void Driver::open_reserve(std::size_t more) {
    state_->open_reserve(more);
}

void Driver::renew_budget() {
    state_->renew_budget();
}

std::chrono::milliseconds Driver::waited() const {
    return state_->waited();
}

std::size_t Driver::questions() const {
    return state_->questions();
}

bool Driver::timed_out() const {
    return state_->timed_out();
}

bool Driver::refused_questions() const {
    return state_->refused_questions();
}

bool Driver::turned_away() const {
    return state_->turned_away();
}

} // namespace milter::session
