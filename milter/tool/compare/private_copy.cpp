#include "milter/tool/compare/private_copy.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace milter::tool::compare {

namespace {

// Reports are mail to strangers, and histories what reports are made of.
constexpr std::array<std::string_view, 41> opendkim_left_out{"Socket",
                                                             "PidFile",
                                                             "Background",
                                                             "UMask",
                                                             "Syslog",
                                                             "SyslogSuccess",
                                                             "SyslogFacility",
                                                             "SyslogName",
                                                             "LogWhy",
                                                             "LogResults",
                                                             "MilterDebug",
                                                             "AutoRestart",
                                                             "AutoRestartCount",
                                                             "AutoRestartRate",
                                                             "EnableCoredumps",
                                                             "SendReports",
                                                             "SendADSPReports",
                                                             "ReportAddress",
                                                             "ReportBccAddress",
                                                             "MTACommand",
                                                             "TemporaryDirectory",
                                                             "KeepTemporaryFiles",
                                                             "Diagnostics",
                                                             "DiagnosticDirectory",
                                                             "Statistics",
                                                             "StatisticsName",
                                                             "StatisticsPrefix",
                                                             "StatsPolicyScript",
                                                             "StatisticsPolicyScript",
                                                             "FlowData",
                                                             "FlowDataTTL",
                                                             "FlowDataFactor",
                                                             "ReputationCache",
                                                             "ReputationRatios",
                                                             "ReputationLowTime",
                                                             "ReputationSpamCheck",
                                                             "ReputationTest",
                                                             "ReputationTimeFactor",
                                                             "RedirectFailuresTo",
                                                             "Include",
                                                             "ReputationDuplicates"};
constexpr std::array<std::string_view, 20> opendmarc_left_out{"Socket",
                                                              "PidFile",
                                                              "Background",
                                                              "UMask",
                                                              "Syslog",
                                                              "SyslogFacility",
                                                              "MilterDebug",
                                                              "AutoRestart",
                                                              "AutoRestartCount",
                                                              "AutoRestartRate",
                                                              "EnableCoredumps",
                                                              "HistoryFile",
                                                              "RecordAllMessages",
                                                              "FailureReports",
                                                              "FailureReportsBcc",
                                                              "FailureReportsSentBy",
                                                              "FailureReportsOnNone",
                                                              "CopyFailuresTo",
                                                              "ReportCommand",
                                                              "TemporaryDirectory"};

bool is_among(std::span<const std::string_view> names, std::string_view name) {
    return std::ranges::any_of(names, [&](std::string_view one) { return base::iequals(one, name); });
}

std::string kept(const config::import::Options& options, std::span<const std::string_view> left_out,
                 const PrivatePlace& place) {
    std::string text =
        fmt::format("Socket local:{}\nBackground no\nSyslog no\nAutoRestart no\n", place.socket);
    for (const auto& option : options.list) {
        const bool is_user = base::iequals(option.name, "UserID") && !place.can_change_user;
        if (!is_among(left_out, option.name) && !is_user && !option.value.empty()) {
            text += fmt::format("{} {}\n", option.name, option.value);
        }
    }
    return text;
}

} // namespace

std::string private_opendkim(const config::import::Options& options, const PrivatePlace& place) {
    return kept(options, opendkim_left_out, place) + fmt::format("TemporaryDirectory {}\n", place.folder);
}

std::string private_opendmarc(const config::import::Options& options, const PrivatePlace& place) {
    return kept(options, opendmarc_left_out, place);
}

std::string private_policyd(std::string_view text) {
    std::string copy;
    for (const auto line : base::split(text, '\n')) {
        const auto name = base::trim_fws(line.substr(0, line.find('=')));
        if (!base::iequals(name, "debugLevel")) {
            copy.append(line).push_back('\n');
        }
    }
    return copy + "debugLevel = -1\n";
}

std::string obstacle_of(const config::import::Options& options) {
    const auto is_chroot = [](const config::import::Option& one) {
        return base::iequals(one.name, "ChangeRootDirectory");
    };
    return std::ranges::any_of(options.list, is_chroot)
               ? "it changes its root directory (ChangeRootDirectory), where this run has none"
               : "";
}

} // namespace milter::tool::compare
