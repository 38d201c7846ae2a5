// Settings for a subcommand, and what is built from them: the daemon's own reading of its configuration.
#pragma once

#include "authenticate/options.h"
#include "config/load.h"
#include "config/settings.h"
#include "dmarc/public_suffix.h"
#include "milter/tool/command.h"

#include <memory>
#include <string>

namespace milter::command_line {
class App;
}

namespace milter::tool {

inline constexpr const char* default_config_file = "/etc/paraph/paraph.yaml";

// As the daemon reads it: "-" is standard input, an empty path the default file, or the built-in defaults
// when there is none.
[[nodiscard]] config::Loaded read_configuration(const std::string& path, Console& console);

// -c, --config of a subcommand that needs settings.
void add_config_option(command_line::App& sub, std::string& path);

// With the lines that give each setting. Refused where there are errors, with all of them, one a line.
[[nodiscard]] Result<config::Loaded> usable_configuration(const std::string& path, Console& console);

// The defaults when `path` is empty. A file with errors is refused with all of them, one a line.
[[nodiscard]] Result<config::Settings> load_settings(const std::string& path);

// The same, for commands that can do nothing without settings: all errors, one on each line.
[[nodiscard]] Result<config::Settings> usable_settings(const std::string& path, Console& console);

// Options that point to a list of public suffixes, together with that list.
struct Checks {
    authenticate::Options options;
    std::unique_ptr<const dmarc::PublicSuffixList> public_suffixes;
};

[[nodiscard]] Result<Checks> make_checks(const config::Settings& settings);

// What the daemon would call itself: `given`, else the setting, else the host's name.
[[nodiscard]] Result<std::string> authserv_id(const std::string& given, const config::Settings& settings);

} // namespace milter::tool
