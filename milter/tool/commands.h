// The subcommands. Each add_ function declares one on the application and sets `chosen` when the command line
// names it.
#pragma once

#include "milter/tool/command.h"

namespace milter::command_line {
class App;
}

namespace milter::tool {

void add_verify(command_line::App& app, Command& chosen);
void add_policy(command_line::App& app, Command& chosen);
void add_sign(command_line::App& app, Command& chosen);
void add_spf(command_line::App& app, Command& chosen);
void add_dmarc(command_line::App& app, Command& chosen);
void add_check_config(command_line::App& app, Command& chosen);
void add_show_config(command_line::App& app, Command& chosen);
void add_key(command_line::App& app, Command& chosen);
void add_import(command_line::App& app, Command& chosen);
void add_report(command_line::App& app, Command& chosen);
void add_reload(command_line::App& app, Command& chosen);
void add_probe(command_line::App& app, Command& chosen);

} // namespace milter::tool
