// The lines of a file, numbered, with LF or CRLF at their ends or nothing at the end of the file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace config::import {

struct TextLine {
    std::size_t number = 0; // 1-based
    std::string_view text;  // without its end
};

[[nodiscard]] std::vector<TextLine> lines_of(std::string_view text);

// A part of a word, as most languages have them: a letter, a digit, an underscore.
[[nodiscard]] bool is_word(char c);

// "{{ name }}", "${NAME}", "__NAME__" and their like: the mark by which a file is known as a template that
// was never filled in; empty: it is none.
[[nodiscard]] std::string_view template_mark(std::string_view line);

// What stands between commas, without blanks around it; nothing where nothing stands.
[[nodiscard]] std::vector<std::string> comma_list(std::string_view text);

// Quotation marks around all of a text; empty: none.
[[nodiscard]] bool is_quoted(std::string_view text);

} // namespace config::import
