// The options that say where answers come from and what is shown of them; the same for every subcommand that
// looks something up.
#pragma once

#include "config/settings.h"
#include "milter/tool/lookups.h"

#include <memory>
#include <string>
#include <vector>

namespace milter::command_line {
class App;
}

namespace milter::tool {

struct DnsOptions {
    std::vector<std::string> nameservers; // --nameserver
    std::string answers;                  // --answers
    std::string missing = "error";        // --missing
    std::string dump;                     // --dump-answers
    bool show_questions = false;          // --show-questions
};

void add_dns_options(command_line::App& app, DnsOptions& options);

// How to ask: the servers of --nameserver, else those of the settings; none: the system's.
[[nodiscard]] Result<resolver::Options> resolver_options(const DnsOptions& options,
                                                         const config::Settings& settings);

// Where the answers come from, for whoever asks about many things with it.
[[nodiscard]] Result<std::unique_ptr<AnswerSource>>
open_source(const DnsOptions& options, const config::Settings& settings, Console& console);

[[nodiscard]] Result<Lookups> open_lookups(const DnsOptions& options, const config::Settings& settings,
                                           Console& console);

// Once the verdict is there: writes the dump, and prints the questions unless the output is JSON, which holds
// them.
[[nodiscard]] Result<void> report_lookups(const DnsOptions& options, const Lookups& lookups, bool json,
                                          Console& console);

} // namespace milter::tool
