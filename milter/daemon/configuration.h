// The configuration of a running daemon: where it comes from, and reading it again.
#pragma once

#include "milter/daemon/startup.h"
#include "milter/log/logger.h"
#include "milter/runtime/runtime.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace milter::daemon {

inline constexpr const char* built_in_defaults = "built-in defaults";

struct Configuration {
    std::shared_ptr<const runtime::Runtime> runtime; // null when there is any problem
    std::vector<std::string> problems;
    std::vector<std::string> faults; // of single domains and keys: everything else works
    std::vector<std::string> warnings;
    std::string source; // the file, or built_in_defaults
};

// Reads everything anew. Used at start and at each reload, which keeps what `known` relays were.
[[nodiscard]] Configuration read_configuration(const CommandLine& command_line,
                                               const runtime::KnownHosts& known = {});

} // namespace milter::daemon
