#include "config/diagnostic.h"

#include <fmt/format.h>

namespace config {

std::string print(const Diagnostic& diagnostic) {
    std::string text = diagnostic.file;
    if (diagnostic.line != 0) {
        text += fmt::format(":{}", diagnostic.line);
    }
    if (diagnostic.column != 0) {
        text += fmt::format(":{}", diagnostic.column);
    }
    text += diagnostic.severity == Severity::warning ? ": warning: " : ": error: ";
    text += diagnostic.message;
    if (!diagnostic.hint.empty()) {
        text += fmt::format(" ({})", diagnostic.hint);
    }
    return text;
}

} // namespace config
