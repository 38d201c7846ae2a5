// What was probably meant where a file is not YAML. The parser tells where it gave up, which is often behind
// the place that has to be corrected.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace config {

struct SyntaxError {
    std::size_t line = 0;   // 1-based; 0: unknown
    std::size_t column = 0; // 1-based, in bytes
    std::string reason;
    std::string hint;
};

// `error` as the parser has it, for `text`.
[[nodiscard]] SyntaxError explain_syntax(SyntaxError error, std::string_view text);

} // namespace config
