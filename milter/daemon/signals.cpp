#include "milter/daemon/signals.h"

#include <pthread.h>

#include <csignal>
#include <initializer_list>

namespace milter::daemon {

namespace {

const int wake_signal = SIGRTMIN; // nobody else sends it

sigset_t awaited_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, wake_signal}) {
        sigaddset(&set, signal);
    }
    return set;
}

pthread_t main_thread;

} // namespace

void prepare_signals() {
    main_thread = pthread_self();
    const sigset_t set = awaited_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    static_cast<void>(std::signal(SIGXFSZ, SIG_IGN)); // a file that may not grow is a failed write
}

Signal next_signal() {
    const sigset_t set = awaited_signals();
    int signal = 0;
    while (sigwait(&set, &signal) != 0) {
    }
    switch (signal) {
    case SIGTERM:
    case SIGINT:
        return Signal::stop;
    case SIGHUP:
    case SIGUSR1:
        return Signal::reload;
    case SIGUSR2:
        return Signal::totals;
    default:
        return Signal::wake;
    }
}

void wake_main_thread() {
    pthread_kill(main_thread, wake_signal);
}

} // namespace milter::daemon
