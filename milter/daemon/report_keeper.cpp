#include "milter/daemon/report_keeper.h"

#include "milter/reports/open_database.h"

#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <random>
#include <string>

namespace milter::daemon {

namespace {

using Clock = threads::Wakeup::Clock;

// While nothing is counted: another configuration wakes us earlier.
constexpr std::chrono::milliseconds between_cleanings = std::chrono::hours(1);
// So long a server is waited for at the end. Whoever stops us has waited for listen.drain_time already, and
// kills what does not end.
constexpr std::chrono::seconds last_patience{8};

// Nobody else's, after a restart or on another host.
std::string new_instance() {
    std::random_device random;
    return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

reports::Flusher::Make make_with(log::Logger& logger, const reports::EndTime& end) {
    return [&logger, &end](const config::Reports& settings) {
        reports::OpenOptions options;
        options.end = &end;
        options.set_aside = [&logger](std::string_view name) {
            logger.write(
                log::Event::reports_set_aside,
                fmt::format("the store of counts for reports is broken and was renamed to {}", name));
        };
        return reports::make_database(settings, std::move(options));
    };
}

} // namespace

ReportKeeper::ReportKeeper(runtime::Service& service)
    : service_(service), collector_([this] { wakeup_.ring(); }),
      flusher_(collector_, failures_, service.logger(), service.counters, make_with(service.logger(), end_),
               new_instance(), service.runtime()->host_name),
      queue_([this] { wakeup_.ring(); }), history_(queue_, service.logger(), service.counters),
      bell_(service, wakeup_) {
    configure(service_.runtime()->settings.reports); // the first message may come before a store answers
    service_.facts_readers = {&collector_, &queue_};
    service_.failure_reader = &failures_;
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void ReportKeeper::stop() {
    if (thread_.joinable()) {
        end_.set(Clock::now() + last_patience);
        thread_.request_stop();
        wakeup_.ring();
        thread_.join();
    }
}

void ReportKeeper::run(const std::stop_token& stop) {
    bool collecting = false;                     // what was, though no setting asks for it any more
    flush(service_.runtime()->settings.reports); // what is old goes, whether or not there is mail
    while (!stop.stop_requested()) {
        const auto settings = service_.runtime()->settings.reports;
        configure(settings);
        const bool is_on = collector_.is_on(settings) || queue_.is_on(settings);
        const bool idle = !is_on && !collecting;
        wakeup_.sleep_until(Clock::now() + (idle ? between_cleanings : settings.flush));
        flush(settings);
        collecting = is_on || flusher_.has_batch() || history_.has_batch();
    }
    if (collecting) {
        flush(service_.runtime()->settings.reports);
        history_.give_up();
        flusher_.give_up();
    }
}

void ReportKeeper::configure(const config::Reports& settings) {
    collector_.configure(settings);
    queue_.configure(settings);
    const auto problem = failures_.configure(settings);
    if (!problem.empty() && problem != failure_problem_) {
        service_.logger().write(log::Event::reports_failing, "no failure reports are made: " + problem);
    }
    failure_problem_ = problem;
}

void ReportKeeper::flush(const config::Reports& settings) {
    const auto attempt = [this](const auto& write) {
        try {
            write();
        } catch (const std::exception& error) { // of memory, mostly; what was counted is still there
            service_.logger().write(log::Event::internal_error,
                                    fmt::format("counts for reports: {}", error.what()));
        }
    };
    attempt([&] { history_.flush(settings); }); // first: a database may take its time
    attempt([&] { flusher_.flush(settings, service_.now()); });
}

} // namespace milter::daemon
