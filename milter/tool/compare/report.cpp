#include "milter/tool/compare/report.h"

#include "base/ascii.h"
#include "milter/tool/counted.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <set>

namespace milter::tool::compare {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest = 200;

std::string safe(const std::string& text) {
    return base::one_line(text, longest);
}

std::string word(const std::string& text) {
    return text.empty() ? "no result" : safe(text);
}

std::string listed(std::vector<std::string> names) {
    constexpr std::size_t most = 12;
    const std::size_t more = names.size() > most ? names.size() - most : 0;
    names.resize(names.size() - more);
    const std::string text = fmt::format("{}", fmt::join(names, ", "));
    return more == 0 ? text : fmt::format("{} and {} more", text, more);
}

std::vector<std::string> about(const Difference& difference) {
    std::vector<std::string> names;
    for (const auto& name : difference.about) {
        if (!name.empty()) {
            names.push_back(safe(name));
        }
    }
    return names;
}

// "outbound, 12 messages: c= was relaxed/simple and is relaxed/relaxed (example.org/s1), such as 14"
std::string line(const Group& group) {
    const auto names = about(group.difference);
    std::string text =
        fmt::format("  {}, {}: {} was {} and is {}", group.way == Way::inbound ? "inbound" : "outbound",
                    counted(group.messages, "message"), print(group.difference.subject),
                    word(group.difference.was), word(group.difference.is));
    if (!names.empty()) {
        text += fmt::format(" ({})", listed(names));
    }
    text += fmt::format(", such as {}\n", safe(group.example));
    if (group.reason == nullptr && !group.difference.why_was.empty()) {
        text += fmt::format("      the old ones: {}\n", safe(group.difference.why_was));
    }
    if (group.reason == nullptr && !group.difference.why_is.empty()) {
        text += fmt::format("      paraphd: {}\n", safe(group.difference.why_is));
    }
    return text;
}

std::string heading(const Report& report) {
    std::string text =
        fmt::format("Compared with {}: {} from outside, {} of your own, {} signed.\n",
                    fmt::join(report.compared, ", "), counted(report.tally.compared(Way::inbound), "message"),
                    report.tally.compared(Way::outbound), report.tally.signed_count());
    if (report.was_stopped) {
        text += "Stopped before the end.\n";
    }
    for (const auto& name : report.not_called) {
        text +=
            fmt::format("{} does nothing here: Postfix does not call it. To compare it all the same, name "
                        "its file with --{}.\n",
                        name, name);
    }
    for (const auto& note : report.notes) {
        text += fmt::format("Not compared: {}.\n", safe(note));
    }
    if (report.tally.unreadable() > 0) {
        text +=
            fmt::format("{} cannot be read and {} left out:\n", counted(report.tally.unreadable(), "message"),
                        report.tally.unreadable() == 1 ? "is" : "are");
        for (const auto& name : report.tally.unreadable_names()) {
            text += fmt::format("  {}\n", safe(name));
        }
    }
    return text;
}

std::string with_reason(const Reason& reason, const std::vector<Group>& groups) {
    std::string text = fmt::format("  {} ({}):\n", reason.text, reason.page);
    for (const Group& group : groups) {
        text += group.reason == &reason ? "  " + line(group) : "";
    }
    return text;
}

} // namespace

std::string print(const Report& report) {
    std::string text = heading(report);
    const auto groups = report.tally.groups();
    if (report.tally.has_unknown()) {
        text += "\nWITHOUT A KNOWN REASON\n";
        for (const Group& group : groups) {
            text += group.reason == nullptr ? line(group) : "";
        }
        if (report.tally.unlisted() > 0) {
            text += fmt::format("  {} of further kinds, which are too many to list\n",
                                counted(report.tally.unlisted(), "difference"));
        }
    }
    if (!groups.empty() && groups.back().reason != nullptr) {
        text += "\nWITH A REASON\n";
    }
    std::set<const Reason*> told;
    for (const Group& group : groups) {
        if (group.reason != nullptr && told.insert(group.reason).second) {
            text += with_reason(*group.reason, groups);
        }
    }
    text += fmt::format("\n{} the same in all of this.\n",
                        report.tally.same() == 1 ? "1 message is"
                                                 : fmt::format("{} messages are", report.tally.same()));
    return text;
}

std::string print_json(const Report& report) {
    Json json;
    json["compared"] = report.compared;
    json["not_called"] = report.not_called;
    json["not_compared"] = report.notes;
    json["inbound"] = report.tally.compared(Way::inbound);
    json["outbound"] = report.tally.compared(Way::outbound);
    json["signed"] = report.tally.signed_count();
    json["same"] = report.tally.same();
    json["stopped"] = report.was_stopped;
    json["unreadable"] = report.tally.unreadable();
    json["unlisted"] = report.tally.unlisted();
    json["differences"] = Json::array();
    for (const Group& group : report.tally.groups()) {
        Json one;
        one["way"] = group.way == Way::inbound ? "inbound" : "outbound";
        one["what"] = print(group.difference.subject);
        one["was"] = safe(group.difference.was);
        one["is"] = safe(group.difference.is);
        one["about"] = about(group.difference);
        one["messages"] = group.messages;
        one["example"] = safe(group.example);
        if (group.reason != nullptr) {
            one["reason"] = group.reason->text;
            one["page"] = group.reason->page;
        } else {
            one["reason"] = nullptr;
            one["why_was"] = safe(group.difference.why_was);
            one["why_is"] = safe(group.difference.why_is);
        }
        json["differences"].push_back(std::move(one));
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace milter::tool::compare
