// paraph report: reports to the owners of domains.

#include "milter/command_line/app.h"
#include "milter/tool/commands.h"
#include "milter/tool/report_commands.h"

namespace milter::tool {

void add_report(command_line::App& app, Command& chosen) {
    command_line::App* report = app.add_subcommand("report", "Send DMARC reports to the owners of domains");
    report->require_subcommand(1);
    add_report_send(*report, chosen);
    add_report_bounce(*report, chosen);
    add_report_suppress(*report, chosen);
    add_report_status(*report, chosen);
}

} // namespace milter::tool
