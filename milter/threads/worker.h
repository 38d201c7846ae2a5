// A thread that does a job on request. Requests that come while it works count as one: the job is done once
// more afterwards.
#pragma once

#include "milter/threads/mutex.h"

#include <condition_variable>
#include <functional>
#include <thread>

namespace milter::threads {

class Worker {
  public:
    explicit Worker(std::function<void()> job)
        : thread_([this, job = std::move(job)](const std::stop_token& stop) { run(job, stop); }) {}

    void request() {
        const Lock lock(mutex_);
        requested_ = true;
        changed_.notify_one();
    }

  private:
    void run(const std::function<void()>& job, const std::stop_token& stop) {
        while (wait(stop)) {
            job();
        }
    }

    // False when the worker is to end.
    bool wait(const std::stop_token& stop) {
        Lock lock(mutex_);
        const bool wanted =
            changed_.wait(lock, stop, [this]() PARAPH_REQUIRES(mutex_) { return requested_; });
        requested_ = false;
        return wanted && !stop.stop_requested();
    }

    Mutex mutex_;
    std::condition_variable_any changed_;
    bool requested_ PARAPH_GUARDED_BY(mutex_) = false;
    std::jthread thread_; // last: it uses all of the above
};

} // namespace milter::threads
