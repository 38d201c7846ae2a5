// Lets one thread sleep until another one wakes it. A condition variable would do, but the C library takes
// the mutex behind one for contended after each wait, so that letting go of it costs another system call.
#pragma once

#include <semaphore.h>

#include <chrono>

namespace milter::threads {

class Wakeup {
  public:
    using Clock = std::chrono::steady_clock;

    Wakeup() { sem_init(&rings_, 0, 0); }
    ~Wakeup() { sem_destroy(&rings_); }
    Wakeup(const Wakeup&) = delete;
    Wakeup& operator=(const Wakeup&) = delete;

    // From any thread; not lost when nobody sleeps yet.
    void ring() { sem_post(&rings_); }

    // Returns after a ring, at `end`, or earlier for no reason. True: it was a ring.
    bool sleep_until(Clock::time_point end);
    // Returns after a ring, or earlier for no reason.
    void sleep() { sem_wait(&rings_); }

  private:
    sem_t rings_{};
};

} // namespace milter::threads
