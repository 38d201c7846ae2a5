#include "milter/daemon/reloader.h"

#include "config/load_source.h"
#include "config/schema.h"
#include "keys/table_file.h"
#include "milter/daemon/notify.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace milter::daemon {

namespace {

using log::Event;

// `at_start` is what the socket, the resolver and the log were set up with.
void warn_of_restart(log::Logger& logger, const config::Settings& at_start, const config::Settings& now) {
    for (const auto& change : config::changes_that_need_restart(at_start, now)) {
        logger.write(Event::configuration_warning, fmt::format("{} until paraphd is restarted", change));
    }
}

} // namespace

Reloader::Reloader(runtime::Service& service, CommandLine command_line, SourceFiles files, std::int64_t begun)
    : service_(service), command_line_(std::move(command_line)), at_start_(service.runtime()->settings),
      files_(std::move(files)) {
    const threads::Lock lock(mutex_);
    note_state(begun);
}

Reloader::Outcome Reloader::reload() {
    const threads::Lock lock(mutex_);
    notify_reloading();
    auto outcome = take(read_anew(nullptr));
    notify_ready();
    return outcome;
}

void Reloader::watch(const std::stop_token& stop) {
    threads::Lock lock(mutex_);
    const auto replaced = [this]() PARAPH_REQUIRES(mutex_) { return replaced_; };
    while (!stop.stop_requested()) {
        const auto interval = service_.runtime()->settings.reload.watch;
        if (interval.count() == 0) {
            reloaded_.wait(lock, stop, replaced);
        } else if (!reloaded_.wait_for(lock, stop, interval, replaced) && !stop.stop_requested()) {
            look();
        }
        if (std::exchange(replaced_, false)) { // messages under way have kept the old one until now
            constexpr std::chrono::seconds last_message{10};
            reloaded_.wait_for(lock, stop, last_message, replaced);
            give_memory_back();
        }
    }
}

void Reloader::look() {
    if (detector_.look(state().value())) {
        service_.logger().write(Event::files_changed, "tables, keys or included files have changed");
        static_cast<void>(take(read_anew(&files_.main_text)));
    }
}

Configuration Reloader::read_anew(const std::string* main_text) const {
    const auto runtime = service_.runtime();
    return read_configuration(command_line_, runtime->relay_hosts, runtime.get(), main_text);
}

Reloader::Outcome Reloader::take(Configuration configuration) {
    report(service_.logger(), configuration);
    Outcome outcome{.taken = configuration.runtime != nullptr,
                    .source = configuration.source,
                    .problems = std::move(configuration.problems),
                    .faults = std::move(configuration.faults),
                    .warnings = std::move(configuration.warnings)};
    if (outcome.taken) {
        warn_of_restart(service_.logger(), at_start_, configuration.runtime->settings);
        service_.replace_runtime(std::move(configuration.runtime));
        files_ = std::move(configuration.files);
        give_memory_back();
        replaced_ = true;
        reloaded_.notify_all();
        service_.logger().write(Event::reloaded,
                                fmt::format("configuration reloaded from {}", outcome.source));
    } else {
        service_.logger().write(
            Event::reload_refused,
            fmt::format("{} has errors, the old configuration stays in use", outcome.source));
    }
    note_state(configuration.begun);
    return outcome;
}

// What changed while it was read may have been read as it was before.
void Reloader::note_state(std::int64_t begun) {
    if (service_.runtime()->settings.reload.watch.count() == 0) {
        return;
    }
    constexpr std::int64_t tick = 20'000'000; // the clock of a file system is as coarse as that
    const FileState seen = state();
    const bool meanwhile = seen.last_change() >= begun - tick && seen.last_change() <= time_now();
    detector_.read(meanwhile ? std::nullopt : std::optional(seen.value()));
}

FileState Reloader::state() const {
    FileState state;
    for (std::size_t i = 1; i < files_.read.size(); ++i) { // the first one is the configuration file
        state.add(files_.read[i]);
    }
    for (const auto& [directory, pattern] : files_.patterns) {
        for (const std::string& path : config::expand_pattern(directory, pattern)) {
            state.add(path);
        }
    }
    const auto runtime = service_.runtime();
    if (const std::string& list = runtime->settings.dmarc.public_suffix_list; !list.empty()) {
        state.add(list);
    }
    // A source has no file, or one that it watches itself.
    if (const auto table = keys::parse_table_name(runtime->settings.senders.table);
        table && !table->path.empty()) {
        state.add(table->path);
    }
    runtime->keys->for_each_file([&state](const std::string& path) { state.add(path); });
    return state;
}

} // namespace milter::daemon
