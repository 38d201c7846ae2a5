// Data that threads share, reachable only with its lock held.
//
//     LockGuarded<std::vector<int>> numbers;
//     numbers.with([](auto& list) { list.push_back(1); });
#pragma once

#include "milter/threads/mutex.h"

#include <functional>
#include <utility>

namespace milter::threads {

template <class T>
class LockGuarded {
  public:
    template <class... Arguments>
    explicit LockGuarded(Arguments&&... arguments) : value_(std::forward<Arguments>(arguments)...) {}
    LockGuarded(const LockGuarded&) = delete;
    LockGuarded& operator=(const LockGuarded&) = delete;

    // Calls `use` with the value; what it returns must not point into the value.
    template <class Use>
    auto with(Use&& use) {
        const Lock lock(mutex_);
        return std::invoke(std::forward<Use>(use), value_);
    }
    template <class Use>
    auto with(Use&& use) const {
        const Lock lock(mutex_);
        return std::invoke(std::forward<Use>(use), value_);
    }

  private:
    mutable Mutex mutex_;
    T value_ PARAPH_GUARDED_BY(mutex_);
};

} // namespace milter::threads
