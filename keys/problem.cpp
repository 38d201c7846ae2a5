#include "keys/problem.h"

#include <fmt/format.h>

namespace keys {

std::string print(const Problem& problem) {
    const std::string line = problem.line == 0 ? "" : fmt::format(":{}", problem.line);
    return fmt::format("{}{}: {}{}", problem.file, line,
                       problem.severity == Severity::warning ? "warning: " : "", problem.message);
}

} // namespace keys
