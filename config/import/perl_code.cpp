#include "config/import/perl_code.h"

#include "base/ascii.h"
#include "config/import/text_lines.h"

#include <algorithm>

namespace config::import {

namespace {

// One without an end is not read to the end of the file for each word in it.
constexpr std::size_t longest_statement = 1000;

// Where the comment begins. "#" within a text, and that of "$#list" or "qr#...#", begins none.
std::size_t comment_in(std::string_view line) {
    constexpr std::string_view ends_code = " \t;,(){}[]";
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == '#' && (i == 0 || ends_code.find(line[i - 1]) != std::string_view::npos)) {
            return i;
        }
        if (c != '\'' && c != '"') {
            continue;
        }
        auto end = i + 1;
        while (end < line.size() && line[end] != c) {
            end += line[end] == '\\' ? 2U : 1U;
        }
        if (end >= line.size()) {
            return std::string_view::npos; // it goes on in the next line
        }
        i = end;
    }
    return std::string_view::npos;
}

} // namespace

std::string perl_code(std::string_view text) {
    std::string code;
    bool in_documentation = false;
    for (const TextLine& line : lines_of(text)) {
        const std::string_view word = line.text.substr(0, line.text.find_first_of(" \t"));
        if (!in_documentation && (word == "__END__" || word == "__DATA__")) {
            break;
        }
        in_documentation |= word.size() > 1 && word.front() == '=' && base::is_alpha(word[1]);
        if (!in_documentation) {
            code.append(line.text.substr(0, comment_in(line.text)));
        }
        in_documentation &= word != "=cut";
        code += '\n';
    }
    return code;
}

std::vector<PerlWord> words_in(std::string_view code, std::string_view word) {
    std::vector<PerlWord> all;
    std::size_t line = 1, counted = 0;
    for (auto at = code.find(word); at != std::string_view::npos; at = code.find(word, at + word.size())) {
        line += static_cast<std::size_t>(std::ranges::count(code.substr(counted, at - counted), '\n'));
        counted = at;
        const char before = at == 0 ? '\n' : code[at - 1];
        const std::string_view behind = code.substr(at + word.size(), longest_statement);
        if (!is_word(before) && (behind.empty() || !is_word(behind.front()))) {
            all.push_back({line, before, behind});
        }
    }
    return all;
}

std::string_view without_blanks(std::string_view code) {
    return code.substr(std::min(code.find_first_not_of(" \t\r\n"), code.size()));
}

} // namespace config::import
