#include "config/import/key_copies.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/import/data_set.h"
#include "config/import/text_lines.h"

#include <fmt/format.h>

#include <algorithm>

namespace config::import {

namespace {

// A name of a file that no shell misreads.
std::string safe_name(std::string_view text) {
    std::string name;
    for (const char c : text) {
        name += base::is_alnum(c) || c == '.' || c == '-' || c == '_' ? c : '_';
    }
    return name.starts_with('.') ? "_" + name : name;
}

bool is_taken(const std::vector<UsedKey>& keys, const std::string& copy) {
    return std::ranges::any_of(keys, [&](const UsedKey& key) { return key.copy == copy; });
}

// The value of a row in its parts: "example.org:s2026:/etc/keys/s2026.pem".
struct Row {
    std::string_view before; // with the second colon
    std::string_view domain;
    std::string_view selector;
    std::string_view path;
    std::string_view behind; // the algorithm, with its colon
};
std::optional<Row> read_row(std::string_view value) {
    const auto first = value.find(':');
    const auto second = first == std::string_view::npos ? first : value.find(':', first + 1);
    if (second == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view rest = value.substr(second + 1);
    const auto third = rest.find(':');
    Row row{value.substr(0, second + 1), value.substr(0, first), value.substr(first + 1, second - first - 1),
            rest.substr(0, third), third == std::string_view::npos ? std::string_view() : rest.substr(third)};
    const bool is_path =
        row.path.starts_with('/') || row.path.starts_with("./") || row.path.starts_with("../");
    return is_path ? std::optional(row) : std::nullopt;
}

class TableCopy {
  public:
    TableCopy(Job& job, const Option& option, std::string path)
        : job_(job), option_(option), path_(std::move(path)) {}

    // The text with the paths of the copies.
    std::string rewrite(std::string_view text) {
        std::string copy;
        for (const TextLine& line : lines_of(text)) {
            copy += rewrite_line(line) + "\n";
        }
        return copy;
    }

  private:
    std::string rewrite_line(const TextLine& line) {
        const std::string_view content = line.text.substr(0, line.text.find('#'));
        const auto name = content.find_first_not_of(" \t");
        const auto blank = name == std::string_view::npos ? name : content.find_first_of(" \t", name);
        const std::string_view value =
            blank == std::string_view::npos ? std::string_view() : base::trim_wsp(content.substr(blank));
        const auto row = read_row(value);
        if (!row) {
            return std::string(line.text);
        }
        const Option at{option_.name, "", {path_, line.number, 1}, 0};
        const std::string path = take(*row, at);
        return fmt::format("{}{}{}{}",
                           line.text.substr(0, static_cast<std::size_t>(value.data() - line.text.data())),
                           row->before, path, row->behind);
    }

    std::string take(const Row& row, const Option& at) {
        if (row.path.find('%') != std::string_view::npos) {
            if (job_.work().copy_keys) {
                job_.tell(Effect::dropped, at,
                          "keys with % in their path are not copied: the daemon has to get at them where "
                          "they are");
            }
            return std::string(row.path);
        }
        const std::string path = absolute(std::string(row.path), job_.base());
        if (!row.path.starts_with('/') && !job_.work().copy_keys) {
            job_.tell(
                Effect::decide, at,
                fmt::format("opendkim finds this key at {}; paraphd takes the path from the directory of "
                            "the table. Write the path in full",
                            base::shown(path)));
        }
        return copied_key(job_, at, path, fmt::format("{}.{}.pem", row.selector, row.domain));
    }

    Job& job_;
    const Option& option_;
    std::string path_;
};

} // namespace

std::string copied_key(Job& job, const Option& option, const std::string& path,
                       const std::string& wanted_name) {
    auto& keys = job.work().keys;
    const auto known = std::ranges::find(keys, path, &UsedKey::path);
    if (known != keys.end()) {
        return known->copy.empty() ? path : known->copy;
    }
    UsedKey key{path, option.place, ""};
    if (job.work().copy_keys) {
        const std::string stem = fmt::format("{}/keys/{}", job.work().out, safe_name(wanted_name));
        key.copy = stem;
        for (int number = 2; is_taken(keys, key.copy); ++number) {
            key.copy = fmt::format("{}-{}.pem", stem.substr(0, stem.size() - std::string_view(".pem").size()),
                                   number);
        }
    }
    keys.push_back(key);
    return key.copy.empty() ? path : key.copy;
}

std::string copy_keys_of_table(Job& job, const Option& option, const std::string& table) {
    const bool patterns = table.starts_with("refile:");
    const std::string path = patterns ? table.substr(std::string_view("refile:").size()) : table;
    const auto text = job.files().read(path);
    if (!text) {
        return table; // which was told
    }
    const std::string copy = TableCopy(job, option, path).rewrite(*text);
    if (!job.work().copy_keys) {
        return table;
    }
    const std::string name = job.work().out + "/KeyTable";
    job.work().new_files.push_back({name, copy, true}); // a table may have keys in it
    job.tell(Effect::replaced, option,
             fmt::format("the table is copied to {} with the new paths of its keys; the old one is not read "
                         "any more",
                         name));
    return (patterns ? "refile:" : "") + name;
}

} // namespace config::import
