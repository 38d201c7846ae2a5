#include "milter/daemon/counter_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <new>

namespace milter::daemon {

using log::Event;
using Clock = threads::Wakeup::Clock;

namespace {

// How late a line may be: one that could not be written is not tried again and again.
constexpr std::chrono::seconds pause{1};

// Without memory for a line there is none; what it would have told is in the next one.
template <class Write>
void attempt(const Write& write) {
    try {
        write();
    } catch (const std::bad_alloc&) {
    }
}

} // namespace

std::vector<record::Count> read_counts(const runtime::Service& service) {
    auto counts = service.counters.read();
    for (const log::Entry& entry : log::catalogue()) {
        if (entry.flow == log::Flow::limited) {
            counts.push_back(
                {fmt::format("line.{}", entry.identifier), service.logger().occurrences(entry.event)});
        }
    }
    return counts;
}

CounterLog::CounterLog(const runtime::Service& service)
    : service_(service), lines_(Clock::now()), bell_(service, wakeup_),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

CounterLog::~CounterLog() {
    thread_.request_stop();
    wakeup_.ring();
    thread_.join();
    if (every().count() > 0) {
        attempt([this] { write_since_last(); });
    }
}

void CounterLog::request_totals() {
    totals_requested_ = true;
    wakeup_.ring();
}

void CounterLog::run(const std::stop_token& stop) {
    do { // what was requested before the end is still written
        sleep();
        if (totals_requested_.exchange(false)) {
            attempt([this] { write_totals(); });
        }
        if (const auto due = lines_.due(every()); due && Clock::now() >= *due) {
            attempt([this] { write_since_last(); });
        }
    } while (!stop.stop_requested());
}

// Until a line is due, totals are requested, or another configuration says when a line is due.
void CounterLog::sleep() {
    if (const auto due = lines_.due(every())) {
        wakeup_.sleep_until(std::max(*due, Clock::now() + pause));
    } else {
        wakeup_.sleep();
    }
}

void CounterLog::write_since_last() {
    const auto line = lines_.since_last(read_counts(service_), Clock::now());
    if (!line.empty()) {
        service_.logger().write(Event::counters, line);
    }
}

void CounterLog::write_totals() {
    service_.logger().write(Event::totals, lines_.totals(read_counts(service_), Clock::now()));
}

std::chrono::seconds CounterLog::every() const {
    return service_.runtime()->settings.log.counters_every;
}

} // namespace milter::daemon
