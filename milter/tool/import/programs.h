// Programs of this host: Postfix's, those of the service manager, and paraph's own subcommands.
#pragma once

#include "milter/tool/import/hands.h"
#include "milter/tool/rotation/program.h"

#include <string>
#include <vector>

namespace milter::tool::import {

using Words = std::vector<std::string>;

// Where the system's programs are, in the order in which root finds them. Empty: nowhere.
[[nodiscard]] std::string find_program(const std::string& name);

// By its name. However it ends; `input` is a file.
[[nodiscard]] Told<rotation::Ended> run_named(Words words, const std::string& input = "/dev/null");
// What it wrote; the error: it failed.
[[nodiscard]] Told<std::string> output_of(const Words& words);
[[nodiscard]] Done must_run(const Words& words);

// A subcommand of `paraph`, in this process, and all that it writes.
[[nodiscard]] rotation::Ended run_paraph(const Words& words, const std::string& input = {});

} // namespace milter::tool::import
