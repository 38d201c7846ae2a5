#include "milter/log/logger.h"

#include "base/ascii.h"
#include "base/pair_value.h"
#include "config/choices.h"

#include <fmt/format.h>
#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/syslog_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace milter::log {

namespace {

constexpr std::size_t longest_line = 4000; // syslog daemons commonly take 8 KiB

// One line of printable ASCII. Backslashes stay: values from outside were already escaped by
// base::pair_value().
std::string one_line(std::string_view text) {
    std::string line;
    constexpr std::size_t longest_escape = 4; // \xNN
    for (const char c : text) {
        if (line.size() + longest_escape > longest_line) {
            return line + "...";
        }
        if (base::is_printable(c)) {
            line += c;
        } else {
            line += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    return line;
}

int facility_number(Facility facility) {
    switch (facility) {
    case Facility::mail:
        return LOG_MAIL;
    case Facility::daemon:
        return LOG_DAEMON;
    case Facility::user:
        return LOG_USER;
    case Facility::local0:
        return LOG_LOCAL0;
    case Facility::local1:
        return LOG_LOCAL1;
    case Facility::local2:
        return LOG_LOCAL2;
    case Facility::local3:
        return LOG_LOCAL3;
    case Facility::local4:
        return LOG_LOCAL4;
    case Facility::local5:
        return LOG_LOCAL5;
    case Facility::local6:
        return LOG_LOCAL6;
    case Facility::local7:
        return LOG_LOCAL7;
    }
    return LOG_MAIL;
}

// spdlog has no "notice", so notices go out as informational; the word on the line tells them apart.
spdlog::level::level_enum spdlog_level(Level level) {
    switch (level) {
    case Level::debug:
        return spdlog::level::debug;
    case Level::info:
    case Level::notice:
        return spdlog::level::info;
    case Level::warning:
        return spdlog::level::warn;
    case Level::error:
        return spdlog::level::err;
    }
    return spdlog::level::info;
}

constexpr std::size_t queued_lines = 2048; // some half a kilobyte each

// Has the writing thread sleep for a moment when it has nothing more to write, so that the lines of a busy
// daemon gather and wake it some hundred times a second at most, not once a message. A line of an idle one is
// written at once.
class GatheringSink final : public spdlog::sinks::sink {
  public:
    // `writer` is the thread's own, and outlives each call.
    GatheringSink(spdlog::sink_ptr inner, spdlog::details::thread_pool& writer)
        : inner_(std::move(inner)), writer_(writer) {}

    void log(const spdlog::details::log_msg& line) override {
        inner_->log(line);
        if (writer_.queue_size() == 0) {
            constexpr std::chrono::milliseconds moment{5};
            std::this_thread::sleep_for(moment);
        }
    }
    void flush() override { inner_->flush(); }
    void set_pattern(const std::string& pattern) override { inner_->set_pattern(pattern); }
    void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override {
        inner_->set_formatter(std::move(formatter));
    }

  private:
    spdlog::sink_ptr inner_;
    spdlog::details::thread_pool& writer_;
};
constexpr std::size_t lines_between_counts = 64;

spdlog::sink_ptr make_sink(Target target, Facility facility) {
    if (target == Target::stderr_stream) {
        auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
        sink->set_pattern("%Y-%m-%dT%H:%M:%S.%e paraphd[%P]: %v");
        return sink;
    }
    return std::make_shared<spdlog::sinks::syslog_sink_mt>("paraphd", LOG_PID, facility_number(facility),
                                                           false);
}

} // namespace

std::string_view print(Level level) {
    return config::word_of(config::log_level_choices, level);
}

Logger::Logger() = default;

Logger::Logger(Target target, Facility facility, Level threshold)
    : threshold_(threshold), writer_(std::make_shared<spdlog::details::thread_pool>(queued_lines, 1)),
      sink_(std::make_shared<spdlog::async_logger>(
          "paraphd", std::make_shared<GatheringSink>(make_sink(target, facility), *writer_), writer_,
          spdlog::async_overflow_policy::overrun_oldest)) {
    sink_->set_level(spdlog_level(threshold));
}

Logger::~Logger() {
    writer_.reset(); // ends the writing thread before what it writes to
}

bool Logger::passes(Event event) {
    occurrences_.at(static_cast<std::size_t>(event)).fetch_add(1, std::memory_order_relaxed);
    if (!wants(event)) {
        return false;
    }
    const Entry& entry = describe(event);
    if (entry.flow == Flow::each) {
        return true; // without the lock
    }
    const auto decision = rate_limit_.with(
        [event](RateLimit& limit) { return limit.admit(event, std::chrono::steady_clock::now()); });
    if (decision.suppressed > 0) {
        emit(entry.level, fmt::format("[{}] {} more of these lines were kept back", entry.identifier,
                                      decision.suppressed));
    }
    return decision.write;
}

void Logger::write(Event event, std::string_view text) {
    if (!passes(event)) {
        return;
    }
    const Entry& entry = describe(event);
    emit(entry.level, fmt::format("[{}] {}", entry.identifier, one_line(text)));
}

void Logger::write(Event event, std::string_view queue_id, std::string_view text) {
    if (!passes(event)) {
        return;
    }
    const Entry& entry = describe(event);
    const auto id = queue_id.empty() ? "-" : base::pair_value(queue_id, 64);
    // The line of a finished message is the common case and stands alone behind its queue id.
    const auto mark = event == Event::message ? std::string() : fmt::format("[{}] ", entry.identifier);
    emit(entry.level, fmt::format("{}: {}{}", id, mark, one_line(text)));
}

void Logger::emit(Level level, const std::string& line) {
    sink_->log(spdlog_level(level), "{}: {}", print(level), line);
    if (++written_ % lines_between_counts == 0) {
        report_lost_lines();
    }
}

void Logger::report_lost_lines() {
    const std::size_t lost = writer_->overrun_counter();
    if (lost > reported_lost_.exchange(lost)) {
        const Entry& entry = describe(Event::log_lost);
        // All since the start: while nobody reads, lines that tell of lost ones are lost as well.
        sink_->log(spdlog_level(entry.level), "{}: [{}] {} log lines were lost since the start",
                   print(entry.level), entry.identifier, lost);
    }
}

} // namespace milter::log
