// Which processes run a program, whatever scripts and files of pids say.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace milter::tool::import {

// By the name of its file; one that was replaced since counts as well.
[[nodiscard]] std::vector<pid_t> processes_of(const std::string& program);

} // namespace milter::tool::import
