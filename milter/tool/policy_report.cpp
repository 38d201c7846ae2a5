#include "milter/tool/policy_report.h"

#include "base/ascii.h"
#include "milter/command_line/app.h"
#include "milter/record/json.h"
#include "milter/record/log_line.h"
#include "milter/runtime/policies.h"
#include "milter/runtime/runtime.h"
#include "milter/session/direction.h"
#include "milter/session/judgement.h"
#include "milter/session/recipient_answers.h"

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
    paths.push_back(record::setting_path(setting));
    return paths;
}

// Whether a domain's policy is followed decides as much as what then follows.
std::vector<std::string> deciding_settings(const Finding& finding) {
    const bool by_domain = finding.setting == "dmarc_reject" || finding.setting == "dmarc_quarantine";
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

// The name of the policy, of those that may judge the message, that does most with it.
std::string hardest_of(const std::vector<const authenticate::Policy*>& applicable,
                       const std::vector<PolicyReport::Row>& rows) {
    const PolicyReport::Row* hardest = nullptr;
    for (const auto* policy : applicable) {
        const auto row = std::find_if(rows.begin(), rows.end(),
                                      [&](const auto& one) { return one.profile == policy->profile; });
        if (row != rows.end() && (hardest == nullptr || does_more(row->disposition, hardest->disposition))) {
            hardest = &*row;
        }
    }
    return hardest == nullptr ? authenticate::Policy().profile : hardest->profile;
}

void print_why_less(const Finding& finding, std::ostream& out) {
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

void print_finding(const ReportedFinding& reported, std::ostream& out) {
    const Finding& finding = reported.finding;
    fmt::print(out, "    {}: {} by {} ({})\n", finding.reason, print(finding.asked), reported.setting,
               reported.origin);
    print_why_less(finding, out);
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

void print_recipient(const PolicyReport::Recipient& recipient, std::ostream& out) {
    const Finding& finding = recipient.outcome.finding;
    fmt::print(out, "  {}: {}\n",
               recipient.path.empty() ? std::string("any recipient") : base::printable(recipient.path),
               print(finding.taken));
    if (const auto& reply = recipient.outcome.reply) {
        fmt::print(out, "    reply {} {} {}\n", reply->code, reply->enhanced, base::printable(reply->text));
    }
    if (!finding.reason.empty()) {
        fmt::print(out, "    {}: {} by {}\n", finding.reason, print(finding.asked), finding.setting);
        print_why_less(finding, out);
    }
}

// Why the daemon would not judge the message at all; empty: it would.
std::string why_not_judged(const config::Settings& settings, const PolicyOptions& options,
                           const authenticate::Verdict& verdict, const authenticate::Envelope& envelope,
                           const message::HeaderList& headers) {
    session::Origin origin;
    origin.client.address = verdict.relay ? verdict.relay->relay : envelope.client;
    origin.daemon_name = options.daemon_name;
    origin.client_is_relay = verdict.relay.has_value();
    const auto direction = session::decide(origin, settings.roles, settings.mode);
    if (direction.mode != record::Mode::verify) {
        return fmt::format("{}: the daemon {}, and does nothing of what follows", direction.why,
                           direction.mode == record::Mode::sign ? "signs such mail"
                                                                : "leaves such mail alone");
    }
    const auto exempt = runtime::exempt_domains(settings);
    if (session::is_exempt(verdict.author, headers, exempt)) {
        return fmt::format(
            "exempt domain {}: the daemon leaves such mail alone, and does nothing of what follows",
            verdict.author.domains.front().text());
    }
    return direction.is_own
               ? fmt::format("{}: mail of your own, which the daemon marks where it would be refused",
                             direction.why)
               : std::string();
}

// Where the daemon would do something else with mail that comes in like that.
std::vector<std::string> notes(const config::Settings& settings, const PolicyOptions& options,
                               const runtime::Policies& policies, const std::string& not_judged) {
    std::vector<std::string> notes;
    if (!not_judged.empty()) {
        notes.push_back(not_judged);
    }
    if (settings.mode == config::Mode::sign) {
        notes.emplace_back("mode: sign: the daemon checks no mail, and does nothing of what follows");
    }
    const auto& reinjection = settings.roles.reinjection_daemons;
    if (std::find(reinjection.begin(), reinjection.end(), options.daemon_name) != reinjection.end()) {
        notes.push_back(
            fmt::format("{} is a reinjection daemon: what internal hosts hand back there is checked "
                        "without SPF, and marked where it would be refused",
                        options.daemon_name));
    }
    for (const auto& profile : policies.profiles) {
        if (options.recipients.empty() && !profile.conditions.recipient_domains.empty()) {
            notes.push_back(fmt::format("no --rcpt: profile {} not tried", profile.policy.profile));
        }
    }
    return notes;
}

nlohmann::ordered_json finding_json(const ReportedFinding& reported) {
    auto json = record::to_json(reported.finding);
    json["setting"] = reported.setting;
    json["origin"] = reported.origin;
    return json;
}

} // namespace

void add_policy_options(command_line::App& app, PolicyOptions& options) {
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
    const auto policyd = runtime::policyd_rules(*loaded.settings);
    PolicyReport report;
    session::Arrival known{.daemon_name = options.daemon_name,
                           .daemon_port = options.daemon_port,
                           .envelope = envelope,
                           .circumstances = {}};
    known.circumstances.recipients = options.recipients;
    known.circumstances.signs = authenticate::find_signs(headers, envelope.mail_from);
    known.circumstances.now = now;
    if (policyd && loaded.settings->spf.policyd.stage == config::PolicydStage::rcpt && !verdict.relay) {
        known.recipients_answered = true;
        known.circumstances.recipients.clear();
        const auto& given = options.recipients;
        for (const auto& path : given.empty() ? std::vector<std::string>{""} : given) {
            report.recipients.push_back(
                {path, session::judge_recipient({path}, verdict.sender, envelope, policies, *policyd, now)});
            if (!path.empty() && !report.recipients.back().outcome.reply) {
                known.circumstances.recipients.push_back(path);
            }
        }
    }
    const session::Arrival arrival = arrive(std::move(known), verdict);
    report.notes = notes(*loaded.settings, options, policies,
                         why_not_judged(*loaded.settings, options, verdict, envelope, headers));
    report.rows.push_back(make_row(
        policies.otherwise, judge_by(policies.otherwise, verdict, arrival, policies, policyd), loaded));
    for (const auto& profile : policies.profiles) {
        report.rows.push_back(
            make_row(profile.policy, judge_by(profile.policy, verdict, arrival, policies, policyd), loaded));
    }
    report.chosen = hardest_of(policies_for(verdict, arrival, policies), report.rows);
    return report;
}

void print_words(const PolicyReport& report, std::ostream& out) {
    for (const std::string& note : report.notes) {
        fmt::print(out, "\n{}\n", base::printable(note));
    }
    if (!report.recipients.empty()) {
        fmt::print(out, "\nWhat recipients hear (spf.policyd.stage: rcpt):\n");
    }
    for (const auto& recipient : report.recipients) {
        print_recipient(recipient, out);
    }
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
    auto recipients = nlohmann::ordered_json::array();
    for (const auto& recipient : report.recipients) {
        auto json = record::to_json(recipient.outcome.finding);
        json["recipient"] = recipient.path;
        recipients.push_back(std::move(json));
    }
    return {
        {"notes", report.notes}, {"chosen", report.chosen}, {"recipients", recipients}, {"policies", rows}};
}

} // namespace milter::tool
