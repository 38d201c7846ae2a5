#include "config/import/assignment_file.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/import/text_lines.h"

#include <fmt/format.h>

#include <algorithm>

namespace config::import {

namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

constexpr std::size_t longest_value = 4096;

std::size_t column_of(std::string_view line, std::string_view part) {
    return static_cast<std::size_t>(part.data() - line.data()) + 1;
}

bool is_shell_name(std::string_view name) {
    return !name.empty() && !base::is_digit(name.front()) &&
           std::all_of(name.begin(), name.end(), [](char c) { return base::is_alnum(c) || c == '_'; });
}

// Reads the name behind a `$`, and moves behind it.
std::string_view variable_at(std::string_view text, std::size_t& at) {
    const bool braces = at < text.size() && text[at] == '{';
    const std::size_t begin = at + (braces ? 1 : 0);
    std::size_t end = begin;
    while (end < text.size() && (base::is_alnum(text[end]) || text[end] == '_')) {
        ++end;
    }
    at = braces && end < text.size() && text[end] == '}' ? end + 1 : end;
    return text.substr(begin, end - begin);
}

// A word of a shell: up to a blank, a `;` or a comment that stands outside of quotation marks.
std::string shell_word(std::string_view text, const Variables& variables) {
    std::string word;
    char quote = '\0';
    for (std::size_t at = 0; at < text.size() && word.size() < longest_value;) {
        const char c = text[at++];
        if (quote == '\0' && (base::is_wsp(c) || c == ';')) {
            break;
        }
        if (c == quote) {
            quote = '\0';
        } else if (quote == '\0' && (c == '"' || c == '\'')) {
            quote = c;
        } else if (c == '\\' && quote != '\'' && at < text.size()) {
            word += text[at++];
        } else if (c == '$' && quote != '\'') {
            const auto found = variables.find(variable_at(text, at));
            word += found == variables.end() ? "" : found->second;
        } else {
            word += c;
        }
    }
    return word;
}

} // namespace

Options parse_assignment_file(std::string_view text, const std::string& file) {
    Options options;
    options.file = file;
    for (const TextLine& line : lines_of(text)) {
        const std::string_view content = base::trim_wsp(line.text.substr(0, line.text.find('#')));
        if (content.empty()) {
            continue;
        }
        const Place place{file, line.number, column_of(line.text, content)};
        if (const auto mark = template_mark(content);
            !mark.empty() && !content.starts_with("Reason_")) { // whose placeholders are its own
            options.problems.push_back(
                {place, fmt::format("{} stands there: this is a template that was never filled in",
                                    base::quoted(mark))});
            options.is_template = true;
            continue;
        }
        const auto sign = content.find('=');
        const std::string_view name = base::trim_wsp(content.substr(0, sign));
        const bool more =
            sign != std::string_view::npos && content.find('=', sign + 1) != std::string_view::npos;
        if (sign == std::string_view::npos || (more && name != "Reason_URL")) { // a URL may have more of them
            options.problems.push_back({place, fmt::format("expected NAME = VALUE, with one '=': {}; "
                                                           "policyd-spf passes over the line",
                                                           base::quoted(content))});
            continue;
        }
        const std::string_view value = base::trim_wsp(content.substr(sign + 1));
        options.list.push_back({std::string(name), std::string(value), place,
                                value.empty() ? place.column : column_of(line.text, value)});
    }
    return options;
}

Options parse_shell_file(std::string_view text, const std::string& file, const Variables& known) {
    Options options;
    Variables variables = known;
    for (const TextLine& line : lines_of(text)) {
        std::string_view content = base::trim_wsp(line.text);
        if (content.starts_with("export ")) {
            content = base::trim_wsp(content.substr(std::string_view("export ").size()));
        }
        const auto sign = content.find('=');
        if (content.empty() || content.front() == '#') {
            continue;
        }
        const Place place{file, line.number, column_of(line.text, content)};
        if (sign == std::string_view::npos || !is_shell_name(content.substr(0, sign))) {
            options.problems.push_back(
                {place, "expected NAME=VALUE; other commands of a shell are not read"});
            continue;
        }
        const std::string name(content.substr(0, sign));
        variables[name] = shell_word(content.substr(sign + 1), variables);
        options.list.push_back({name, variables[name], place, place.column + sign + 1});
    }
    return options;
}

} // namespace config::import
