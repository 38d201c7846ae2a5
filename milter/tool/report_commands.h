// The subcommands of `paraph report`.
#pragma once

#include "milter/tool/command.h"

namespace CLI {
class App;
}

namespace milter::tool {

void add_report_send(CLI::App& report, Command& chosen);
void add_report_bounce(CLI::App& report, Command& chosen);
void add_report_status(CLI::App& report, Command& chosen);
void add_report_suppress(CLI::App& report, Command& chosen);

} // namespace milter::tool
