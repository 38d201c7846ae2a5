// A resolver over a zone that answers on a thread of its own, and not before it is opened; or at once, on the
// thread that asks.
#pragma once

#include "milter/resolver/resolver.h"
#include "support/world/zone.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace hostile {

class LateResolver final : public milter::resolver::Resolver {
  public:
    explicit LateResolver(const test::Zone& zone) : zone_(zone) {}
    LateResolver(const LateResolver&) = delete;
    LateResolver& operator=(const LateResolver&) = delete;
    ~LateResolver() override { close(); }

    void ask(const dns::Question& question, Callback callback) override {
        std::unique_lock lock(mutex_);
        ++asked_;
        if (at_once_) {
            lock.unlock();
            callback(std::make_shared<const dns::Answer>(zone_.answer(question)));
            return;
        }
        waiting_.emplace_back(question, std::move(callback));
        changed_.notify_one();
    }

    void answer_at_once() { at_once_ = true; } // before anybody asks

    void open() {
        thread_ = std::thread([this] { answer_all(); });
    }

    // Questions that nobody waits for any more are dropped.
    void close() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
            changed_.notify_one();
        }
        if (thread_.joinable()) {
            thread_.join();
        }
    }

    [[nodiscard]] std::size_t asked() const { return asked_; } // after close()

  private:
    void answer_all() {
        std::unique_lock lock(mutex_);
        while (true) {
            changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
            if (closed_) {
                return;
            }
            auto [question, callback] = std::move(waiting_.front());
            waiting_.pop_front();
            lock.unlock();
            callback(std::make_shared<const dns::Answer>(zone_.answer(question)));
            lock.lock();
        }
    }

    const test::Zone& zone_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::pair<dns::Question, Callback>> waiting_;
    std::size_t asked_ = 0;
    bool at_once_ = false;
    bool closed_ = false;
    std::thread thread_;
};

} // namespace hostile
