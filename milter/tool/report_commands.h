// The subcommands of `paraph report`.
#pragma once

#include "milter/tool/command.h"

namespace milter::command_line {
class App;
}

namespace milter::tool {

void add_report_send(command_line::App& report, Command& chosen);
void add_report_bounce(command_line::App& report, Command& chosen);
void add_report_status(command_line::App& report, Command& chosen);
void add_report_suppress(command_line::App& report, Command& chosen);

} // namespace milter::tool
