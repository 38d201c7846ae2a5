// Perl as programs have it for their configuration: of all that Perl can do, only what stands behind a word
// is looked at, and comments are told from code.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace config::import {

// Without comments, documentation (=pod to =cut) and what stands behind __END__; its lines are the file's.
[[nodiscard]] std::string perl_code(std::string_view text);

struct PerlWord {
    std::size_t line = 0;    // 1-based
    char before = '\n';      // what stands right before it
    std::string_view behind; // what follows, as much as a statement may have
};

// Each place where the word stands as a whole. `code` has to outlive them.
[[nodiscard]] std::vector<PerlWord> words_in(std::string_view code, std::string_view word);

// Without blanks and line ends at the beginning.
[[nodiscard]] std::string_view without_blanks(std::string_view code);

} // namespace config::import
