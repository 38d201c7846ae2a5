#include "milter/tool/key_report.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/choices.h"
#include "keys/published_record.h"
#include "milter/tool/counted.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>

namespace milter::tool {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t max_line = 1024;

bool has(const KeyReport& report, KeyFinding::Kind kind) {
    return std::any_of(report.lines.begin(), report.lines.end(),
                       [kind](const KeyReport::Line& line) { return line.finding.kind == kind; });
}

std::string good_line(const KeyReport& report) {
    if (!report.live || report.live->servers.empty()) {
        return "good: the record publishes this key";
    }
    const auto shown =
        std::count_if(report.live->servers.begin(), report.live->servers.end(),
                      [](const ServerView& view) { return view.kind == ServerView::Kind::shown; });
    return fmt::format("good: the record publishes this key, at {} of {}",
                       counted(static_cast<std::size_t>(shown), "server"), report.live->zone);
}

ordered_json to_json(const ServerView& view) {
    ordered_json server{{"host", view.who.host},
                        {"address", view.who.server.address.print()},
                        {"zone", view.zone},
                        {"says", print(view.kind)},
                        {"answer", print(view.reply)}};
    if (view.serial) {
        server["serial"] = *view.serial;
    }
    if (view.kind == ServerView::Kind::shown) {
        server["ttl"] = view.reply.ttl;
    } else if (view.reply.soa) {
        server["negative_ttl"] = view.reply.soa->negative_ttl;
    }
    return server;
}

ordered_json to_json(const KeyReport& report) {
    ordered_json key{{"record", keys::record_name(report.name.selector, report.name.domain)},
                     {"domain", report.name.domain},
                     {"selector", report.name.selector},
                     {"key", base::shown(place_of(report.name), max_line)},
                     {"state", config::word_of(config::key_state_choices, report.name.state)},
                     {"active", report.name.state == config::KeyState::active},
                     {"result", print(report.result())}};
    if (!report.type.empty()) {
        key["type"] = report.type;
        key["bits"] = report.bits;
    }
    key["findings"] = ordered_json::array();
    for (const auto& line : report.lines) {
        key["findings"].push_back({{"kind", print(line.finding.kind)},
                                   {"text", base::printable(line.finding.text, max_line)},
                                   {"servers", line.servers}});
    }
    key["servers"] = ordered_json::array();
    for (const ServerView& view : report.live ? report.live->servers : std::vector<ServerView>()) {
        key["servers"].push_back(to_json(view));
    }
    return key;
}

} // namespace

KeyReport::Result KeyReport::result() const {
    return type.empty()                          ? Result::unusable
           : has(*this, KeyFinding::Kind::wrong) ? Result::wrong
           : has(*this, KeyFinding::Kind::open)  ? Result::open
                                                 : Result::good;
}

const char* print(KeyReport::Result result) {
    switch (result) {
    case KeyReport::Result::good:
        return "good";
    case KeyReport::Result::wrong:
        return "wrong";
    case KeyReport::Result::open:
        return "open";
    case KeyReport::Result::unusable:
        return "unusable";
    }
    return "?";
}

const char* print(KeyFinding::Kind kind) {
    switch (kind) {
    case KeyFinding::Kind::wrong:
        return "wrong";
    case KeyFinding::Kind::note:
        return "note";
    case KeyFinding::Kind::open:
        return "open";
    }
    return "?";
}

void KeyCounts::add(const KeyReport& report) {
    switch (report.result()) {
    case KeyReport::Result::good:
        ++good;
        return;
    case KeyReport::Result::wrong:
        ++wrong;
        return;
    case KeyReport::Result::open:
        ++open;
        return;
    case KeyReport::Result::unusable:
        ++unusable;
        return;
    }
}

ExitCode KeyCounts::exit_code() const {
    return unusable > 0 ? ExitCode::config
           : wrong > 0  ? ExitCode::data
           : open > 0   ? ExitCode::temporary
                        : ExitCode::ok;
}

void print_report(const KeyReport& report, std::ostream& out) {
    fmt::print(out, "{}, private key {}", keys::record_name(report.name.selector, report.name.domain),
               base::shown(place_of(report.name), max_line));
    if (!report.type.empty()) {
        fmt::print(out, " ({}, {} bits)", report.type, report.bits);
    }
    fmt::print(out, "\n");
    if (report.result() == KeyReport::Result::good) {
        fmt::print(out, "  {}\n", base::printable(good_line(report), max_line));
    }
    for (const auto& line : report.lines) {
        fmt::print(out, "  {}: {}{}{}\n", print(line.finding.kind),
                   base::printable(fmt::format("{}", fmt::join(line.servers, ", ")), max_line),
                   line.servers.empty() ? "" : ": ", base::printable(line.finding.text, max_line));
    }
    if (report.result() == KeyReport::Result::wrong && !report.name.file.empty()) {
        fmt::print(out, "  `paraph key show {} --selector {} --domain {}` prints the record to publish\n",
                   base::shown(report.name.file, max_line), report.name.selector, report.name.domain);
    }
}

std::string print(const KeyCounts& counts) {
    std::string text = counted(counts.all(), "key") + ":";
    const char* separator = " ";
    for (const auto& [count, word] :
         {std::pair(counts.good, "good"), std::pair(counts.wrong, "wrong"), std::pair(counts.open, "open"),
          std::pair(counts.unusable, "unusable")}) {
        if (count > 0) {
            text += fmt::format("{}{} {}", separator, count, word);
            separator = ", ";
        }
    }
    return text;
}

void print_json(const std::vector<KeyReport>& reports, std::ostream& out) {
    KeyCounts counts;
    ordered_json keys = ordered_json::array();
    for (const KeyReport& report : reports) {
        counts.add(report);
        keys.push_back(to_json(report));
    }
    const ordered_json all{{"keys", keys},
                           {"good", counts.good},
                           {"wrong", counts.wrong},
                           {"open", counts.open},
                           {"unusable", counts.unusable}};
    fmt::print(out, "{}\n", all.dump(2, ' ', true, ordered_json::error_handler_t::replace));
}

} // namespace milter::tool
