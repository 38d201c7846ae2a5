#include "keys/table_file.h"

#include "base/ascii.h"
#include "keys/file_bytes.h"
#include "keys/limits.h"

#include <fmt/format.h>

#include <algorithm>

namespace keys {

namespace {

// The row of a line; a name without a value when there is nothing else, an empty name when there is nothing
// at all.
TableRow parse_line(std::string_view line, std::size_t number) {
    line = base::trim_fws(line.substr(0, line.find('#')));
    const auto blank = line.find_first_of(" \t");
    const std::string_view value = blank == std::string_view::npos ? std::string_view() : line.substr(blank);
    return {number, std::string(line.substr(0, blank)), std::string(base::trim_wsp(value))};
}

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return base::is_control(c) && c != '\t'; });
}

} // namespace

base::Result<TableName, std::string> parse_table_name(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || text.substr(0, colon).find('/') != std::string_view::npos) {
        return TableName{TableKind::exact, std::string(text)};
    }
    const std::string_view kind = text.substr(0, colon);
    const std::string path(text.substr(colon + 1));
    if (kind == "file") {
        return TableName{TableKind::exact, path};
    }
    if (kind == "refile") {
        return TableName{TableKind::patterns, path};
    }
    return base::refuse(
        fmt::format("tables of the kind '{}:' are not supported; write the rows to a file", kind));
}

std::vector<TableRow> parse_table(std::string_view text, const std::string& file,
                                  std::vector<Problem>& problems) {
    std::vector<TableRow> rows;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        TableRow row = parse_line(text.substr(0, end), number);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (row.name.empty()) {
            continue;
        }
        if (has_control(row.name) || has_control(row.value)) {
            problems.push_back({file, number, "control characters are not allowed"});
        } else if (row.value.empty()) {
            problems.push_back(
                {file, number, fmt::format("'{}' has no value", base::printable(row.name, 80))});
        } else {
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

base::Result<std::string, std::string> read_table(const std::string& path) {
    const OpenFile file(path);
    return file.read(max_table_file);
}

} // namespace keys
