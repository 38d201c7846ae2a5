#include "base/pair_value.h"

#include "base/ascii.h"

#include <algorithm>

namespace base {

namespace {

bool is_bare(std::string_view value) {
    return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
        return is_visible(c) && c != '"' && c != '\\' && c != '=' && c != ',';
    });
}

} // namespace

std::string pair_value(std::string_view value, std::size_t limit) {
    if (is_bare(value) && value.size() <= limit) {
        return std::string(value);
    }
    std::string quoted = "\"";
    for (const char c : printable(value, limit)) {
        quoted += c == '"' ? '\'' : c;
    }
    return quoted + '"';
}

} // namespace base
