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
};

// The error says how it ended, with the last of what it wrote.
[[nodiscard]] base::Result<void, std::string> run_program(const Program& program);

} // namespace milter::tool::rotation
