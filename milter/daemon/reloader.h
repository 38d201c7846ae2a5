// Reading the configuration again while the daemon runs: asked for by a signal or by `paraph reload`, or
// because a table has changed. One at a time.
#pragma once

#include "milter/daemon/change_detector.h"
#include "milter/daemon/configuration.h"
#include "milter/daemon/file_state.h"
#include "milter/daemon/startup.h"
#include "milter/runtime/service.h"
#include "milter/threads/mutex.h"

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace milter::daemon {

class Reloader {
  public:
    struct Outcome {
        bool taken = false; // else the old configuration stays in use
        std::string source;
        std::vector<std::string> problems;
        std::vector<std::string> faults;
        std::vector<std::string> warnings;
    };

    // `service` must outlive the object; it began with a configuration of these files, read since `begun`.
    Reloader(runtime::Service& service, CommandLine command_line, SourceFiles files, std::int64_t begun);

    // Reads everything anew. The log says what came of it.
    Outcome reload();

    // Looks at the files as often as the settings say, and reads them again when they have changed; but for
    // the configuration file, which is taken as it was when it was read last.
    void watch(const std::stop_token& stop);

  private:
    void look() PARAPH_REQUIRES(mutex_);
    // With `main_text` in place of the configuration file.
    [[nodiscard]] Configuration read_anew(const std::string* main_text) const;
    [[nodiscard]] Outcome take(Configuration configuration) PARAPH_REQUIRES(mutex_);
    void note_state(std::int64_t begun) PARAPH_REQUIRES(mutex_);
    [[nodiscard]] FileState state() const PARAPH_REQUIRES(mutex_);

    runtime::Service& service_;
    const CommandLine command_line_;
    const config::Settings at_start_; // without domains; the snapshot itself would stay in memory
    threads::Mutex mutex_;
    std::condition_variable_any reloaded_;
    bool replaced_ PARAPH_GUARDED_BY(mutex_) = false;
    SourceFiles files_ PARAPH_GUARDED_BY(mutex_); // of the configuration in use
    ChangeDetector detector_ PARAPH_GUARDED_BY(mutex_);
};

} // namespace milter::daemon
