// What every policy of a configuration would do with a message, and which line says so.
#pragma once

#include "authenticate/policyd.h"
#include "config/load.h"
#include "message/header_list.h"
#include "milter/tool/command.h"

#include <nlohmann/json_fwd.hpp>

#include <iosfwd>
#include <string>
#include <vector>

namespace milter::command_line {
class App;
}

namespace milter::tool {

struct PolicyOptions {
    bool wanted = false;                 // --policy
    std::vector<std::string> recipients; // --rcpt
    std::string daemon_name;             // --daemon-name
    std::string daemon_port;             // --daemon-port
};

// All but --policy.
void add_policy_options(command_line::App& app, PolicyOptions& options);

// One thing that speaks against the message under a policy.
struct ReportedFinding {
    authenticate::Finding finding;
    std::string setting; // with its path: "policy.profiles.partners.spf_fail"
    std::string origin;  // "FILE:LINE", or "default"
};

struct PolicyReport {
    struct Row {
        std::string profile;
        authenticate::Disposition disposition;
        std::vector<ReportedFinding> findings; // those that something is asked for
    };
    struct Recipient {
        std::string path; // empty: any
        authenticate::PolicydOutcome outcome;
    };
    std::vector<std::string> notes;    // where the daemon would do something else
    std::vector<Recipient> recipients; // what each hears before the message is sent, where one does
    std::string chosen;                // for this message
    std::vector<Row> rows;

    [[nodiscard]] const authenticate::Disposition& chosen_disposition() const;
};

// `envelope` is as the mail server gives it.
[[nodiscard]] PolicyReport report_policies(const config::Loaded& loaded, const PolicyOptions& options,
                                           const authenticate::Verdict& verdict,
                                           const authenticate::Envelope& envelope,
                                           const message::HeaderList& headers, base::UnixTime now);

void print_words(const PolicyReport& report, std::ostream& out);
[[nodiscard]] nlohmann::ordered_json to_json(const PolicyReport& report);

} // namespace milter::tool
