// What may come next on a command line, for the completion of shells (packaging/completion).
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace milter::tool {

// Candidates for the last one of `words`, which is not complete and may be empty; the words before it are
// whole, without the program's name. {"key", "ch"} gives the subcommands of key, {"verify", "--"} the options
// of verify, and
// {"key", "generate", "--type", ""} the values of that option. None: it is a name of the user's own, mostly a
// file.
[[nodiscard]] std::vector<std::string> completions(const CLI::App& app,
                                                   const std::vector<std::string>& words);

} // namespace milter::tool
