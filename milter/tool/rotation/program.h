// Programs that the configuration names and the tool runs: no shell, a clean environment, a limit of time.
#pragma once

#include "base/result.h"

#include <chrono>
#include <string>
#include <vector>

namespace milter::tool::rotation {

struct Program {
    std::vector<std::string> command;     // a path, and arguments
    std::vector<std::string> environment; // "NAME=value", beside PATH and LANG
    std::chrono::milliseconds time{60'000};
    std::string input = "/dev/null"; // a file
};

struct Ended {
    int code = 0;
    std::string output; // of both streams, the last megabyte
};

// However it ends by itself. The error: it could not be started, was killed, or did not end in time.
[[nodiscard]] base::Result<Ended, std::string> run_to_end(const Program& program);

// The error says how it ended, with the last of what it wrote.
[[nodiscard]] base::Result<void, std::string> run_program(const Program& program);

} // namespace milter::tool::rotation
