// A mutex whose users the compiler checks: std::mutex, with annotations that the standard library's lacks.
//
//     Mutex mutex_;
//     int count_ PARAPH_GUARDED_BY(mutex_) = 0;
//     ...
//     const Lock lock(mutex_);
//     ++count_;
#pragma once

#include "milter/threads/annotations.h"

#include <mutex>

namespace milter::threads {

class PARAPH_LOCK Mutex {
  public:
    void lock() PARAPH_ACQUIRES() { mutex_.lock(); }
    void unlock() PARAPH_RELEASES() { mutex_.unlock(); }

  private:
    std::mutex mutex_;
};

// Holds the mutex as long as it lives. lock() and unlock() are for std::condition_variable_any.
class PARAPH_SCOPED_LOCK Lock {
  public:
    explicit Lock(Mutex& mutex) PARAPH_ACQUIRES(mutex) : mutex_(mutex) { mutex_.lock(); }
    ~Lock() PARAPH_RELEASES() { mutex_.unlock(); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

    void lock() PARAPH_ACQUIRES() { mutex_.lock(); }
    void unlock() PARAPH_RELEASES() { mutex_.unlock(); }

  private:
    Mutex& mutex_;
};

} // namespace milter::threads
