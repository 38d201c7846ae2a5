// What CLI11 tells of a wrong command line names no likely word.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace milter::command_line {

// "there is no option '--quite' of paraph check-config; did you mean '--quiet'?" for the first option or
// subcommand that `app` does not know. Empty: it knows all of them. `arguments` without the program's name.
[[nodiscard]] std::string unknown_argument(CLI::App& app, const std::vector<std::string>& arguments);

} // namespace milter::command_line
