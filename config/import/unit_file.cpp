#include "config/import/unit_file.h"

#include "base/ascii.h"
#include "config/import/text_lines.h"

#include <algorithm>

namespace config::import {

namespace {

// Lines that end in a backslash go on in the next one; comments in between are passed over.
std::vector<std::pair<std::size_t, std::string>> joined_lines(std::string_view text) {
    std::vector<std::pair<std::size_t, std::string>> joined;
    bool goes_on = false;
    for (const TextLine& line : lines_of(text)) {
        std::string_view content = base::trim_wsp(line.text);
        if (content.empty() || content.front() == '#' || content.front() == ';') {
            goes_on = goes_on && !content.empty();
            continue;
        }
        const bool continued = content.back() == '\\';
        content.remove_suffix(continued ? 1 : 0);
        if (goes_on) {
            joined.back().second += " " + std::string(content);
        } else {
            joined.emplace_back(line.number, content);
        }
        goes_on = continued;
    }
    return joined;
}

// "-", "@", "+", "!" and ":" before the program say how it is started.
void add_command(std::string_view value, Place place, UnitFacts& facts) {
    while (!value.empty() && std::string_view("-@+!:").find(value.front()) != std::string_view::npos) {
        value.remove_prefix(1);
    }
    if (value.empty()) {
        facts.commands.clear();
        return;
    }
    facts.commands.push_back({split_words(value), std::move(place)});
}

void add_setting(std::string_view name, std::string_view value, Place place, UnitFacts& facts) {
    if (name == "ExecStart") {
        add_command(value, std::move(place), facts);
    } else if (name == "Environment") {
        const auto words = split_words(value);
        if (words.empty()) {
            facts.environment.clear();
        }
        facts.environment.insert(facts.environment.end(), words.begin(), words.end());
    } else if (name == "EnvironmentFile") {
        if (value.empty()) {
            facts.environment_files.clear();
        } else {
            facts.environment_files.emplace_back(value.substr(value.front() == '-' ? 1 : 0));
        }
    } else if (name == "User") {
        facts.user = value;
    }
}

} // namespace

void read_unit(std::string_view text, const std::string& file, UnitFacts& facts) {
    bool in_service = false;
    for (const auto& [number, line] : joined_lines(text)) {
        if (line.front() == '[') {
            in_service = line == "[Service]";
            continue;
        }
        const auto sign = line.find('=');
        if (in_service && sign != std::string::npos) {
            add_setting(base::trim_wsp(std::string_view(line).substr(0, sign)),
                        base::trim_wsp(std::string_view(line).substr(sign + 1)), {file, number, 1}, facts);
        }
    }
}

std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    bool open = false;
    char quote = '\0';
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (quote == '\0' && (base::is_wsp(c) || c == '\n')) {
            if (open) {
                words.push_back(std::move(word));
            }
            word.clear();
            open = false;
            continue;
        }
        open = true;
        if (c == quote) {
            quote = '\0';
        } else if (quote == '\0' && (c == '"' || c == '\'')) {
            quote = c;
        } else if (c == '\\' && at + 1 < text.size()) {
            word += text[++at];
        } else {
            word += c;
        }
    }
    if (open) {
        words.push_back(std::move(word));
    }
    return words;
}

} // namespace config::import
