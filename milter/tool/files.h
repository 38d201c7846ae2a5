// Reading what the command line names, whole and bounded.
#pragma once

#include "milter/tool/command.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace milter::tool {

// No MTA accepts a larger message in its default configuration, and no file of answers is larger.
inline constexpr std::size_t max_input_bytes = std::size_t{256} * 1024 * 1024;

// The whole file, or standard input for "-".
[[nodiscard]] Result<std::string> read_input(const std::string& path, Console& console);

// Writes the whole file, replacing what was there; "-" is standard output.
[[nodiscard]] Result<void> write_output(const std::string& path, std::string_view text, Console& console);

// Everything from a pipe until its other end is closed or reading fails.
[[nodiscard]] std::string read_to_end(int descriptor);

} // namespace milter::tool
