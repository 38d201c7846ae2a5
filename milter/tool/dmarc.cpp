// paraph dmarc: the tree walk of a domain, the records on it and the policy that applies.

#include "base/ascii.h"
#include "base/secret_text.h"
#include "milter/command_line/app.h"
#include "milter/record/json.h"
#include "milter/tool/commands.h"
#include "milter/tool/configuration.h"
#include "milter/tool/dmarc_survey.h"
#include "milter/tool/dns_options.h"
#include "milter/tool/lookups_json.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace milter::tool {

namespace {

using Json = nlohmann::ordered_json;
using base::printable;

struct DmarcOptions {
    DnsOptions dns;
    std::string config;
    bool json = false;
    std::string domain;
};

std::string_view policy_word(const std::optional<dmarc::Policy>& policy) {
    return policy ? dmarc::print(*policy) : "no policy";
}

void print_stop(const DmarcSurvey::Stop& stop, std::ostream& out) {
    fmt::print(out, "    _dmarc.{}: {}\n", stop.domain.text(), printable(stop.remark));
    if (!stop.record) {
        return;
    }
    for (const std::string& diagnostic : stop.record->diagnostics) {
        fmt::print(out, "        {}\n", printable(diagnostic));
    }
    for (const auto& uri : stop.record->rua) {
        fmt::print(out, "        aggregate reports to {}\n", printable(uri.uri));
    }
}

void print_words(const DmarcSurvey& survey, const base::DomainName& domain, std::ostream& out) {
    fmt::print(out, "Tree walk from {}:\n", domain.text());
    for (const auto& stop : survey.stops) {
        print_stop(stop, out);
    }
    if (!survey.trouble.empty()) {
        fmt::print(out, "The walk could not be finished: {}\n", printable(survey.trouble));
        return;
    }
    fmt::print(out, "Organizational domain: {}\n", survey.organizational_domain.text());
    if (!survey.policy_domain) {
        fmt::print(out, "No DMARC record applies to {}\n", domain.text());
        return;
    }
    fmt::print(out, "The record of {} applies:\n", survey.policy_domain->text());
    if (!survey.remark.empty()) {
        fmt::print(out, "    {}\n", survey.remark);
    }
    fmt::print(out, "    mail from {}{}: {}\n", domain.text(), survey.exists ? "" : ", which does not exist",
               policy_word(survey.own));
    fmt::print(out, "    mail from names below that exist: {}\n", policy_word(survey.subdomains));
    fmt::print(out, "    mail from names below that do not exist: {}\n", policy_word(survey.non_existent));
    if (survey.test) {
        fmt::print(out, "    t=y: each policy is lowered by one level\n");
    }
}

Json policy_json(const std::optional<dmarc::Policy>& policy) {
    return policy ? Json(dmarc::print(*policy)) : Json();
}

void print_json(const DmarcSurvey& survey, const base::DomainName& domain, const Lookups& lookups,
                std::ostream& out) {
    Json walk = Json::array();
    for (const auto& stop : survey.stops) {
        walk.push_back({{"domain", stop.domain.text()},
                        {"remark", stop.remark},
                        {"record", stop.record ? record::to_json(*stop.record) : Json()}});
    }
    const bool finished = survey.trouble.empty();
    const Json json{{"domain", domain.text()},
                    {"walk", walk},
                    {"trouble", survey.trouble},
                    {"organizational_domain", finished ? Json(survey.organizational_domain.text()) : Json()},
                    {"policy_domain", survey.policy_domain ? Json(survey.policy_domain->text()) : Json()},
                    {"exists", survey.exists},
                    {"policy", policy_json(survey.own)},
                    {"subdomain_policy", policy_json(survey.subdomains)},
                    {"non_existent_policy", policy_json(survey.non_existent)},
                    {"test", survey.test},
                    {"remark", survey.remark},
                    {"questions", to_json(lookups)}};
    out << record::dump(json);
}

Result<ExitCode> dmarc_command(const DmarcOptions& options, Console& console) {
    const auto domain = base::DomainName::parse_international(options.domain);
    if (!domain) {
        return fail(ExitCode::usage, fmt::format("{} is not a domain name", base::quoted(options.domain)));
    }
    const auto settings = load_settings(options.config);
    if (!settings) {
        return tl::make_unexpected(settings.error());
    }
    const auto checks = make_checks(*settings);
    auto lookups = open_lookups(options.dns, *settings, console);
    if (!checks || !lookups) {
        return tl::make_unexpected(!checks ? checks.error() : lookups.error());
    }
    const auto survey = lookups->finish([&](const dns::Answers& known) {
        return survey_dmarc(*domain, known, checks->options.dmarc_options);
    });
    if (!survey) {
        return tl::make_unexpected(survey.error());
    }
    if (options.json) {
        print_json(*survey, *domain, *lookups, console.out);
    } else {
        print_words(*survey, *domain, console.out);
    }
    if (auto reported = report_lookups(options.dns, *lookups, options.json, console); !reported) {
        return tl::make_unexpected(reported.error());
    }
    return survey->trouble.empty() ? ExitCode::ok : ExitCode::temporary;
}

} // namespace

void add_dmarc(command_line::App& app, Command& chosen) {
    auto options = std::make_shared<DmarcOptions>();
    command_line::App* sub = app.add_subcommand("dmarc", "Show the DMARC records and policies of a domain");
    sub->footer("Example:\n  paraph dmarc news.example.org");
    add_dns_options(*sub, options->dns);
    sub->add_option("-c,--config", options->config, "Take settings from this configuration")
        ->type_name("FILE");
    sub->add_flag("--json", options->json, "Print one JSON object");
    sub->add_option("DOMAIN", options->domain, "An author domain")->required();
    sub->callback([options, &chosen] {
        chosen = [options](Console& console) { return dmarc_command(*options, console); };
    });
}

} // namespace milter::tool
