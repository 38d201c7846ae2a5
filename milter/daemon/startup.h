// From the command line to a running daemon.
#pragma once

#include "base/socket_name.h"
#include "config/log_settings.h"

#include <optional>
#include <string>

namespace milter::daemon {

struct CommandLine {
    std::string config; // empty: the system's file if it exists, else the built-in defaults
    std::optional<config::LogTarget> log_target; // overrides log.target
    std::optional<base::SocketName> socket;      // overrides listen.socket
    bool settings_from_environment = false;      // see config/environment.h
};

// The exit codes of sysexits.h: 0 after an orderly end, 78 for a bad configuration, 69 when the socket cannot
// be opened.
[[nodiscard]] int run(const CommandLine& command_line);

} // namespace milter::daemon
