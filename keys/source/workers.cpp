#include "keys/source/workers.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace keys::source {

namespace {

struct Job {
    Job(std::string_view asked, Time until) : name(asked), deadline(until) {}

    const std::string name;
    const Time deadline;
    std::optional<Answer> answer; // by the mutex of Shared
    std::condition_variable done;
};

Answer ask(Connection& connection, const Job& job) {
    try {
        return connection.look_up(job.name, job.deadline);
    } catch (const std::exception& error) { // of the standard library
        return base::refuse(std::string(error.what()));
    }
}

} // namespace

// Outlives the Workers while a thread is stuck.
struct Workers::Shared {
    Shared(Connect to_connect, std::size_t most_threads)
        : connect(std::move(to_connect)), most(most_threads) {}

    const Connect connect;
    const std::size_t most;
    std::mutex mutex;
    std::condition_variable work;
    std::deque<std::shared_ptr<Job>> jobs; // by mutex, as all that follows
    std::size_t threads = 0;
    std::size_t idle = 0;
    bool ended = false;

    // Null at the end.
    std::shared_ptr<Job> next(std::unique_lock<std::mutex>& lock) {
        ++idle;
        work.wait(lock, [&] { return ended || !jobs.empty(); });
        --idle;
        if (ended) {
            return nullptr;
        }
        auto job = std::move(jobs.front());
        jobs.pop_front();
        return job;
    }

    void serve() {
        const auto connection = connect();
        std::unique_lock lock(mutex);
        while (const auto job = next(lock)) {
            lock.unlock();
            Answer answer = ask(*connection, *job);
            lock.lock();
            job->answer = std::move(answer);
            job->done.notify_one();
        }
    }

    void end_thread() {
        const std::lock_guard lock(mutex);
        --threads;
    }

    static void run(Shared& self) noexcept {
        try {
            self.serve();
        } catch (const std::exception&) { // no memory: who waits gives up at his deadline
        }
        self.end_thread();
    }

    // False: no thread is there, nor can one be started.
    bool start_thread(const std::shared_ptr<Shared>& self) {
        if (idle >= jobs.size() || threads >= most) {
            return true;
        }
        try {
            std::thread([self] { run(*self); }).detach();
            ++threads;
        } catch (const std::system_error&) {
            return threads > 0;
        }
        return true;
    }
};

Workers::Workers(Connect connect, std::size_t most)
    : shared_(std::make_shared<Shared>(std::move(connect), most)) {}

Workers::~Workers() {
    const std::lock_guard lock(shared_->mutex);
    shared_->ended = true;
    shared_->work.notify_all();
}

Answer Workers::look_up(std::string_view name, Time deadline) {
    const auto job = std::make_shared<Job>(std::string(name), deadline);
    std::unique_lock lock(shared_->mutex);
    shared_->jobs.push_back(job);
    if (!shared_->start_thread(shared_)) {
        shared_->jobs.pop_back();
        return base::refuse(std::string("no thread can be started"));
    }
    shared_->work.notify_one();
    if (job->done.wait_until(lock, deadline, [&] { return job->answer.has_value(); })) {
        return std::move(*job->answer);
    }
    std::erase(shared_->jobs, job);
    return base::refuse(std::string("no answer in time"));
}

} // namespace keys::source
