#include "config/import/report.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace config::import {

namespace {

constexpr std::size_t width = 100;

// Lines of at most `width` characters, each behind `indent`.
std::string wrapped(std::string_view text, const std::string& indent) {
    std::string result;
    std::string line;
    for (const std::string_view word : base::split(text, ' ')) {
        if (!line.empty() && indent.size() + line.size() + 1 + word.size() > width) {
            result += indent + line + "\n";
            line.clear();
        }
        line += (line.empty() ? "" : " ") + std::string(word);
    }
    return result + indent + line + "\n";
}

struct Heading {
    Effect effect;
    std::string_view text;
};
constexpr std::array<Heading, 6> headings{
    {{Effect::decide, "DECIDE BEFORE YOU SWITCH: not carried over, and it matters who is signed or refused"},
     {Effect::dropped, "NOT CARRIED OVER"},
     {Effect::senders, "WHAT CHANGES FOR SENDERS"},
     {Effect::receivers, "WHAT CHANGES FOR RECEIVERS"},
     {Effect::replaced, "DONE IN ANOTHER WAY"},
     {Effect::note, "GOOD TO KNOW"}}};

constexpr std::size_t longest = 4096;

std::string place_of(const Finding& finding) {
    const std::string place = finding.place.print();
    return fmt::format("  {}{}{}\n", base::one_line(place, longest),
                       finding.option.empty() || place.empty() ? "" : " ",
                       base::one_line(finding.option, longest));
}

// Options of which the same is to be said stand together.
std::string print_findings(const Outcome& outcome, const Heading& heading) {
    std::vector<std::pair<std::string, std::string>> groups; // what is said, and the places
    for (const Finding& finding : outcome.findings) {
        if (finding.effect != heading.effect) {
            continue;
        }
        const auto known =
            std::ranges::find(groups, finding.text, &std::pair<std::string, std::string>::first);
        if (known == groups.end()) {
            groups.emplace_back(finding.text, place_of(finding));
        } else {
            known->second += place_of(finding);
        }
    }
    std::string text;
    for (const auto& [said, places] : groups) {
        text += places + wrapped(base::one_line(said, longest), "      ");
    }
    return text.empty() ? text : fmt::format("\n{}\n{}", heading.text, text);
}

bool needs_quotes(std::string_view word) {
    return word.empty() || !std::all_of(word.begin(), word.end(), [](char c) {
               return base::is_alnum(c) || std::string_view("-_./:@=,+%").find(c) != std::string_view::npos;
           });
}

std::string print_steps(const std::vector<Step>& steps) {
    std::string text = steps.empty() ? "" : "\nTHE SWITCH, STEP BY STEP\n";
    for (const Step& step : steps) {
        text += fmt::format("  # {}\n", base::one_line(step.why, longest));
        if (!step.command.empty()) {
            text += fmt::format("  {}\n", print_command(step.command));
            continue;
        }
        if (step.file.empty()) {
            for (const auto line : base::split(step.text, '\n')) {
                text += line.empty() ? "" : fmt::format("  #     {}\n", base::one_line(line, longest));
            }
            continue;
        }
        text += fmt::format("  mkdir -p {}\n", step.file.substr(0, step.file.rfind('/')));
        text += fmt::format("  cat > {} <<EOF\n", step.file);
        text += step.text;
        text += "EOF\n";
    }
    return text;
}

} // namespace

std::string print_nothing(const Outcome& outcome) {
    std::string text;
    for (const Problem& problem : outcome.problems) {
        text += problem.print() + "\n";
    }
    for (const Finding& finding : outcome.findings) {
        text += fmt::format("{}: {}\n", base::printable(finding.place.print()), finding.text);
    }
    return text + (outcome.findings.empty()
                       ? "there is no configuration of opendkim, opendmarc or policyd-spf here"
                       : "none of opendkim, opendmarc and policyd-spf is in use here");
}

std::string print_command(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        std::string shown = base::one_line(word, longest);
        if (needs_quotes(shown)) {
            std::string quoted = "'";
            for (const char c : shown) {
                quoted += c == '\'' ? "'\\''" : std::string(1, c);
            }
            shown = quoted + "'";
        }
        text += (text.empty() ? "" : " ") + shown;
    }
    return text;
}

std::string print_report(const Outcome& outcome, const std::vector<std::string>& keys) {
    std::string text;
    if (!outcome.problems.empty()) {
        text += "LINES THAT MAKE NO SENSE\n";
        for (const Problem& problem : outcome.problems) {
            text += wrapped(base::one_line(problem.print(), longest), "  ");
        }
    }
    for (const Heading& heading : headings) {
        text += print_findings(outcome, heading);
    }
    if (!keys.empty()) {
        text += "\nKEYS\n";
        for (const std::string& key : keys) {
            text += wrapped(base::one_line(key, longest), "  ");
        }
    }
    text += print_steps(outcome.steps);
    const Counts& counts = outcome.counts;
    const auto all = counts.carried + counts.same + counts.replaced + counts.dropped;
    text += fmt::format(
        "\n{} {}: {} carried over, {} the same anyhow, {} done in another way, {} not carried "
        "over\n",
        all, all == 1 ? "option" : "options", counts.carried, counts.same, counts.replaced, counts.dropped);
    return text.starts_with('\n') ? text.substr(1) : text;
}

} // namespace config::import
