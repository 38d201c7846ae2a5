// The subcommands. Each add_ function declares one on the application and sets `chosen` when the command line
// names it.
#pragma once

#include "milter/tool/command.h"

namespace CLI {
class App;
}

namespace milter::tool {

void add_verify(CLI::App& app, Command& chosen);
void add_policy(CLI::App& app, Command& chosen);
void add_sign(CLI::App& app, Command& chosen);
void add_spf(CLI::App& app, Command& chosen);
void add_dmarc(CLI::App& app, Command& chosen);
void add_check_config(CLI::App& app, Command& chosen);
void add_show_config(CLI::App& app, Command& chosen);
void add_key(CLI::App& app, Command& chosen);
void add_import(CLI::App& app, Command& chosen);
void add_report(CLI::App& app, Command& chosen);
void add_reload(CLI::App& app, Command& chosen);
void add_probe(CLI::App& app, Command& chosen);

} // namespace milter::tool
