// The command line before anything is made of it.
#pragma once

#include <string>
#include <vector>

namespace milter::command_line {

// "argument 3 looks like a private key ...", without a word of it, when a key stands where a name or a path
// should. Empty: there is none. A path of what exists is none.
[[nodiscard]] std::string key_among(const std::vector<std::string>& arguments);

// A message about the command line, which may repeat its arguments, without those that could be a key.
[[nodiscard]] std::string without_keys(std::string message, const std::vector<std::string>& arguments);

} // namespace milter::command_line
