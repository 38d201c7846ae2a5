#include "milter/tool/policy_report.h"

#include "authenticate/policyd.h"
#include "base/ascii.h"
#include "milter/record/json.h"
#include "milter/runtime/policies.h"
#include "milter/runtime/runtime.h"
#include "milter/session/judgement.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>

namespace milter::tool {

namespace {

using authenticate::Action;
using authenticate::Disposition;
using authenticate::Finding;

// Where a setting may be given for a profile, the nearest place first.
std::vector<std::string> paths_of(const std::string& setting, const std::string& profile) {
    if (setting.find('.') != std::string::npos) { // a switch of policyd-spf's, the same for all profiles
        return {setting};
    }
    std::vector<std::string> paths;
    if (profile != authenticate::Policy().profile) {
        paths.push_back(fmt::format("policy.profiles.{}.{}", profile, setting));
    }
    constexpr std::string_view author = "author_";
    paths.push_back(setting.starts_with(author) ? fmt::format("author.{}", setting.substr(author.size()))
                                                : fmt::format("policy.{}", setting));
    return paths;
}

// Whether a domain's policy is followed decides as much as what then follows.
std::vector<std::string> deciding_settings(const Finding& finding) {
    const bool by_domain = finding.reason == "dmarc-reject" || finding.reason == "dmarc-quarantine";
    return by_domain ? std::vector<std::string>{finding.setting, "dmarc"} : std::vector{finding.setting};
}

ReportedFinding locate(const Finding& finding, const std::string& profile, const config::Loaded& loaded) {
    for (const std::string& setting : deciding_settings(finding)) {
        for (const std::string& path : paths_of(setting, profile)) {
            if (const auto origin = loaded.origins.find(path); origin != loaded.origins.end()) {
                return {finding, path, fmt::format("{}:{}", origin->second.file, origin->second.line)};
            }
        }
    }
    return {finding, paths_of(finding.setting, profile).back(), "default"};
}

PolicyReport::Row make_row(const authenticate::Policy& policy, Disposition disposition,
                           const config::Loaded& loaded) {
    PolicyReport::Row row{policy.profile, std::move(disposition), {}};
    for (const Finding& finding : row.disposition.findings) {
        if (finding.asked != Action::accept) {
            row.findings.push_back(locate(finding, policy.profile, loaded));
        }
    }
    return row;
}

void print_finding(const ReportedFinding& reported, std::ostream& out) {
    const Finding& finding = reported.finding;
    fmt::print(out, "    {}: {} by {} ({})\n", finding.reason, print(finding.asked), reported.setting,
               reported.origin);
    if (finding.exception) {
        fmt::print(out, "        accepted by exception {} ({}:{})\n",
                   base::printable(finding.exception->name), finding.exception->file,
                   finding.exception->line);
    } else if (!finding.why_milder.empty()) {
        fmt::print(out, "        {} instead: {}\n", print(finding.due), base::printable(finding.why_milder));
    }
    if (finding.dry_run) {
        fmt::print(out, "        dry run: {} would be done\n", print(finding.due));
    }
}

void print_row(const PolicyReport::Row& row, bool chosen, std::ostream& out) {
    fmt::print(out, "{} policy {}: {}\n", chosen ? "*" : " ", row.profile, print(row.disposition.action));
    if (const auto& reply = row.disposition.reply) {
        fmt::print(out, "    reply {} {} {}\n", reply->code, reply->enhanced, base::printable(reply->text));
    }
    for (const auto& field : row.disposition.fields) {
        fmt::print(out, "    field {}: {}\n", field.name, base::printable(field.value));
    }
    for (const ReportedFinding& finding : row.findings) {
        print_finding(finding, out);
    }
    if (row.findings.empty()) {
        fmt::print(out, "    no setting asks for anything\n");
    }
}

nlohmann::ordered_json finding_json(const ReportedFinding& reported) {
    auto json = record::to_json(reported.finding);
    json["setting"] = reported.setting;
    json["origin"] = reported.origin;
    return json;
}

} // namespace

void add_policy_options(CLI::App& app, PolicyOptions& options) {
    app.add_option("--rcpt", options.recipients, "Envelope recipient; may be given several times")
        ->type_name("ADDRESS")
        ->take_all()
        ->expected(1);
    app.add_option("--daemon-name", options.daemon_name, "{daemon_name} of the mail server's service")
        ->type_name("NAME");
    app.add_option("--daemon-port", options.daemon_port, "{daemon_port} of that service")->type_name("PORT");
}

const Disposition& PolicyReport::chosen_disposition() const {
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.profile == chosen; });
    return found == rows.end() ? rows.front().disposition : found->disposition;
}

PolicyReport report_policies(const config::Loaded& loaded, const PolicyOptions& options,
                             const authenticate::Verdict& verdict, const authenticate::Envelope& envelope,
                             const message::HeaderList& headers, base::UnixTime now) {
    const auto policies = runtime::make_policies(*loaded.settings);
    session::Arrival arrival{options.daemon_name, options.daemon_port, {}};
    arrival.circumstances.client = envelope.client;
    arrival.circumstances.mail_from = envelope.mail_from;
    arrival.circumstances.recipients = options.recipients;
    arrival.circumstances.signs = authenticate::find_signs(headers, envelope.mail_from);
    arrival.circumstances.now = now;
    arrival.circumstances.handed_over = verdict.relay ? authenticate::through_relay : "";
    PolicyReport report;
    report.chosen =
        choose_policy(policies.profiles, policies.otherwise, session::profile_facts(arrival, verdict))
            .profile;
    const auto policyd = runtime::policyd_rules(*loaded.settings);
    const auto add = [&](const authenticate::Policy& policy) {
        auto disposition = authenticate::dispose(verdict, arrival.circumstances, policy, policies.exceptions);
        if (policyd) {
            join(authenticate::policyd(
                     {verdict.sender, envelope, options.recipients, verdict.relay.has_value()}, *policyd),
                 disposition);
        }
        report.rows.push_back(make_row(policy, std::move(disposition), loaded));
    };
    add(policies.otherwise);
    for (const auto& profile : policies.profiles) {
        add(profile.policy);
    }
    return report;
}

void print_words(const PolicyReport& report, std::ostream& out) {
    fmt::print(out, "\nWhat would be done (* for this message):\n");
    for (const auto& row : report.rows) {
        print_row(row, row.profile == report.chosen, out);
    }
}

nlohmann::ordered_json to_json(const PolicyReport& report) {
    auto rows = nlohmann::ordered_json::array();
    for (const auto& row : report.rows) {
        auto json = record::to_json(row.disposition);
        json["profile"] = row.profile;
        json["findings"] = nlohmann::ordered_json::array();
        for (const auto& finding : row.findings) {
            json["findings"].push_back(finding_json(finding));
        }
        rows.push_back(std::move(json));
    }
    return {{"chosen", report.chosen}, {"policies", rows}};
}

} // namespace milter::tool
