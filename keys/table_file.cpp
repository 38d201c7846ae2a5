#include "keys/table_file.h"

#include "base/ascii.h"
#include "base/secret_text.h"
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

// The lines of a table, one after the other.
class Lines {
  public:
    explicit Lines(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool done() const { return rest_.empty(); }
    [[nodiscard]] std::size_t number() const { return number_; }
    std::string_view next() {
        const auto end = rest_.find('\n');
        const std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        ++number_;
        return line;
    }
    // Goes on behind the line that has the text, or to the end.
    void skip_behind(std::string_view text) {
        while (!done() && next().find(text) == std::string_view::npos) {
        }
    }

  private:
    std::string_view rest_;
    std::size_t number_ = 0;
};

constexpr std::string_view pem_begin = "-----BEGIN ";
constexpr std::string_view pem_end = "-----END ";

bool opens_pem(std::string_view line) {
    const auto begin = line.find(pem_begin);
    return begin != std::string_view::npos && line.find(pem_end, begin) == std::string_view::npos;
}

// The last line of a key can be too short to look like one.
bool is_line_of_key(std::string_view text) {
    constexpr std::size_t shortest = 16;
    const bool base64 = std::all_of(text.begin(), text.end(), [](char c) {
        return base::is_alnum(c) || std::string_view("+/=-_").find(c) != std::string_view::npos;
    });
    return base64 && text.size() >= shortest && std::any_of(text.begin(), text.end(), base::is_upper);
}

// What is wrong with a row; empty: nothing.
std::string row_problem(const TableRow& row) {
    if (has_control(row.name) || has_control(row.value)) {
        return "control characters are not allowed";
    }
    if (!row.value.empty()) {
        return {};
    }
    return is_line_of_key(row.name) ? "the row has no value; it must hold a name, blanks and a value"
                                    : fmt::format("{} has no value", base::quoted(row.name));
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
    if (kind == "csl") {
        return TableName{TableKind::exact, {}, path};
    }
    return base::refuse(fmt::format("{} is no kind of table; known are file:, refile: and csl:",
                                    base::quoted(std::string(kind) + ':')));
}

std::vector<TableRow> parse_table(std::string_view text, const std::string& file,
                                  std::vector<Problem>& problems) {
    std::vector<TableRow> rows;
    for (Lines lines(text); !lines.done();) {
        const std::string_view line = lines.next();
        TableRow row = parse_line(line, lines.number());
        if (row.name.empty()) {
            continue;
        }
        std::string problem = row_problem(row);
        if (opens_pem(line)) {
            problem = "a private key is written here on several lines; give the path of its file instead, or "
                      "write it all on one line";
            lines.skip_behind(pem_end);
        }
        if (problem.empty()) {
            rows.push_back(std::move(row));
        } else {
            problems.push_back({file, row.line, std::move(problem)});
        }
    }
    return rows;
}

std::vector<TableRow> parse_row_list(std::string_view text, const std::string& place,
                                     std::vector<Problem>& problems) {
    std::vector<TableRow> rows;
    std::size_t number = 0;
    for (const std::string_view item : base::split(text, ',')) {
        ++number;
        const auto sign = item.find('=');
        const std::string_view value = sign == std::string_view::npos ? "" : item.substr(sign + 1);
        TableRow row{number, std::string(base::trim_fws(item.substr(0, sign))),
                     std::string(base::trim_fws(value))};
        if (row.name.empty() && row.value.empty()) {
            continue;
        }
        std::string problem =
            row.name.empty() ? "the row has no name; it is written NAME=VALUE" : row_problem(row);
        if (problem.empty()) {
            rows.push_back(std::move(row));
        } else {
            problems.push_back({place, number, std::move(problem)});
        }
    }
    return rows;
}

LoadedTable load_table(const std::string& option, const std::string& place_of_rows,
                       std::vector<Problem>& problems) {
    if (option.empty()) {
        return {};
    }
    const auto name = parse_table_name(option);
    if (!name) {
        problems.push_back({shown_path(option), 0, name.error()});
        return {};
    }
    if (option.starts_with("csl:")) {
        return {*name, place_of_rows, parse_row_list(name->rows, place_of_rows, problems)};
    }
    const auto text = read_table(name->path);
    if (!text) {
        problems.push_back({shown_path(name->path), 0, text.error()});
        return {*name, name->path, {}};
    }
    return {*name, name->path, parse_table(*text, name->path, problems)};
}

base::Result<std::string, std::string> read_table(const std::string& path) {
    const OpenFile file(path);
    return file.read(max_table_file);
}

} // namespace keys
