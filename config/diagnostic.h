// What is wrong with a configuration, told so that it can be put right.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace config {

enum class Severity {
    warning,
    local_error, // of one domain or one key: everything else works
    error,
};

struct Diagnostic {
    Severity severity = Severity::error;
    std::string file;
    std::size_t line = 0;   // 1-based; 0: the file as a whole
    std::size_t column = 0; // 1-based; 0: the line as a whole
    std::string message;    // "unknown setting 'spf.enable'"
    std::string hint;       // "did you mean 'spf.enabled'?"; may be empty
};

// "FILE:LINE:COLUMN: error: MESSAGE (HINT)"
[[nodiscard]] std::string print(const Diagnostic& diagnostic);

} // namespace config
