// The command line of `paraph`, from arguments to exit code.
#pragma once

#include "milter/tool/command.h"

#include <string>
#include <vector>

namespace milter::tool {

// `arguments` without the program's name. Never throws.
[[nodiscard]] ExitCode run(const std::vector<std::string>& arguments, Console& console);

} // namespace milter::tool
