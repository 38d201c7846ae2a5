#include "keys/load_table.h"

#include "keys/file_bytes.h"

namespace keys {

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

} // namespace keys
