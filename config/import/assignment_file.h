// The grammar of policyd-spf.conf and pyspf-milter.conf: on each line a name, one `=`, and a value; `#` ends
// the line. What does not fit is passed over by the program, which goes on with its default.
//
// And that of /etc/default/NAME and of an EnvironmentFile: the assignments of a shell, of which only the
// plain ones are understood.
#pragma once

#include "config/import/options.h"

#include <map>
#include <string>
#include <string_view>

namespace config::import {

[[nodiscard]] Options parse_assignment_file(std::string_view text, const std::string& file);

// `$NAME` and `${NAME}` stand for what was assigned before. `known` is what holds at the beginning.
[[nodiscard]] Options parse_shell_file(std::string_view text, const std::string& file,
                                       const std::map<std::string, std::string, std::less<>>& known);

} // namespace config::import
