#include "config/import/command_line.h"

#include "base/secret_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace config::import {

const std::vector<Letter>& letters_of(Program program) {
    static const std::vector<Letter> opendkim{{'A', false, "AutoRestart", "yes"},
                                              {'b', true, "Mode", ""},
                                              {'c', true, "Canonicalization", ""},
                                              {'d', true, "Domain", ""},
                                              {'D', false, "SubDomains", "yes"},
                                              {'e', true, "", ""},
                                              {'f', false, "Background", "no"},
                                              {'F', true, "", ""},
                                              {'k', true, "KeyFile", ""},
                                              {'l', false, "Syslog", "yes"},
                                              {'L', true, "Minimum", ""},
                                              {'n', false, "", ""},
                                              {'o', true, "OmitHeaders", ""},
                                              {'p', true, "Socket", ""},
                                              {'P', true, "PidFile", ""},
                                              {'q', false, "Quarantine", "yes"},
                                              {'Q', false, "", ""},
                                              {'r', false, "RequiredHeaders", "yes"},
                                              {'s', true, "Selector", ""},
                                              {'S', true, "SignatureAlgorithm", ""},
                                              {'t', true, "", ""},
                                              {'T', true, "DNSTimeout", ""},
                                              {'u', true, "UserID", ""},
                                              {'v', false, "", ""},
                                              {'V', false, "", ""},
                                              {'W', false, "LogWhy", "yes"},
                                              {'x', true, "", ""},
                                              {'X', false, "", ""}};
    static const std::vector<Letter> opendmarc{{'A', false, "AutoRestart", "yes"},
                                               {'c', true, "", ""},
                                               {'f', false, "Background", "no"},
                                               {'l', false, "Syslog", "yes"},
                                               {'n', false, "", ""},
                                               {'p', true, "Socket", ""},
                                               {'P', true, "PidFile", ""},
                                               {'t', true, "", ""},
                                               {'u', true, "UserID", ""},
                                               {'v', false, "", ""},
                                               {'V', false, "", ""}};
    return program == Program::opendkim ? opendkim : opendmarc;
}

CommandLine parse_command_line(Program program, const std::vector<std::string>& words, const Place& place) {
    CommandLine line;
    const auto& letters = letters_of(program);
    const char file_letter = program == Program::opendkim ? 'x' : 'c';
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::string& word = words[at];
        if (word.size() < 2 || word.front() != '-' || word == "--") {
            continue; // getopt(3) stops here; the programs take no arguments
        }
        // Several letters may share a word, and a value may stand in it as well: -lp inet:8891@localhost
        for (std::size_t i = 1; i < word.size(); ++i) {
            const auto known = std::ranges::find(letters, word[i], &Letter::letter);
            if (known == letters.end()) {
                line.options.problems.push_back(
                    {place, fmt::format("unknown option {} of the command line", base::quoted(word))});
                break;
            }
            std::string value(known->value);
            if (known->has_value) {
                value = i + 1 < word.size() ? word.substr(i + 1) : at + 1 < words.size() ? words[++at] : "";
                i = word.size();
            }
            if (known->letter == file_letter) {
                line.file = value;
            } else if (!known->option.empty()) {
                line.options.list.push_back({std::string(known->option), value, place, 0});
            }
        }
    }
    return line;
}

} // namespace config::import
