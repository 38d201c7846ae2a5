// The configuration of a running daemon: where it comes from, and reading it again.
#pragma once

#include "config/load.h"
#include "milter/daemon/startup.h"
#include "milter/log/logger.h"
#include "milter/runtime/runtime.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace milter::daemon {

inline constexpr const char* built_in_defaults = "built-in defaults";

// What a configuration was read from, beside what its settings and its keys name.
struct SourceFiles {
    std::string main_text;         // of the configuration file; empty unless files are watched
    std::vector<std::string> read; // the configuration file first
    std::vector<config::IncludePattern> patterns;
};

struct Configuration {
    std::shared_ptr<const runtime::Runtime> runtime; // null when there is any problem
    std::vector<std::string> problems;
    std::vector<std::string> faults; // of single domains and keys: everything else works
    std::vector<std::string> warnings;
    std::string source; // the file, or built_in_defaults
    SourceFiles files;
    std::int64_t begun = 0; // reading it: nanoseconds since 1970
};

// Reads everything anew. Used at start and at each reload, which keeps what `known` relays were, and what the
// sources of `before` answered. With `main_text` the configuration file is not read: that was its text.
[[nodiscard]] Configuration read_configuration(const CommandLine& command_line,
                                               const runtime::KnownHosts& known = {},
                                               const runtime::Runtime* before = nullptr,
                                               const std::string* main_text = nullptr);

// glibc keeps what a configuration of many domains took while it was read, and what the one before it took,
// for the thread that reads, which may never ask again.
void give_memory_back();

// Writes down what is wrong with it.
void report(log::Logger& logger, const Configuration& configuration);

} // namespace milter::daemon
