#include "config/import/data_set.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/import/text_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace config::import {

namespace {

struct Known {
    std::string_view prefix;
    SetKind kind;
};
constexpr std::array<Known, 18> known{{{"csl", SetKind::list},
                                       {"file", SetKind::file},
                                       {"refile", SetKind::patterns},
                                       {"db", SetKind::berkeley},
                                       {"bdb", SetKind::berkeley},
                                       {"mdb", SetKind::lmdb},
                                       {"lmdb", SetKind::lmdb},
                                       {"dsn", SetKind::sql},
                                       {"ldap", SetKind::ldap},
                                       {"ldaps", SetKind::ldap},
                                       {"ldapi", SetKind::ldap},
                                       {"lua", SetKind::other},
                                       {"memcache", SetKind::other},
                                       {"socket", SetKind::other},
                                       {"repute", SetKind::other},
                                       {"erlang", SetKind::other},
                                       {"mlock", SetKind::other},
                                       {"hash", SetKind::other}}};

// What has no prefix, by its look.
SetKind kind_of_plain(std::string_view value) {
    if (value.ends_with(".db") && value.find(',') == std::string_view::npos) {
        return SetKind::berkeley;
    }
    return value.starts_with('/') ? SetKind::file : SetKind::list;
}

bool is_in_file(SetKind kind) {
    return kind == SetKind::file || kind == SetKind::patterns || kind == SetKind::berkeley ||
           kind == SetKind::lmdb;
}

std::vector<SetItem> list_items(std::string_view text, const Place& place) {
    std::vector<SetItem> items;
    for (const std::string_view part : base::split(text, ',')) {
        const std::string_view item = base::trim_wsp(part);
        const auto sign = item.find('=');
        if (!item.empty()) {
            items.push_back({std::string(base::trim_wsp(item.substr(0, sign))),
                             sign == std::string_view::npos
                                 ? std::string()
                                 : std::string(base::trim_wsp(item.substr(sign + 1))),
                             place});
        }
    }
    return items;
}

std::vector<SetItem> file_items(std::string_view text, const std::string& file) {
    std::vector<SetItem> items;
    for (const TextLine& line : lines_of(text)) {
        const std::string_view content = base::trim_fws(line.text.substr(0, line.text.find('#')));
        if (content.empty()) {
            continue;
        }
        const auto blank = content.find_first_of(" \t");
        items.push_back(
            {std::string(content.substr(0, blank)),
             blank == std::string_view::npos ? std::string()
                                             : std::string(base::trim_wsp(content.substr(blank))),
             {file, line.number, static_cast<std::size_t>(content.data() - line.text.data()) + 1}});
    }
    return items;
}

} // namespace

ReadSet parse_data_set(std::string_view value) {
    const auto colon = value.find(':');
    const auto comma = value.find(',');
    if (colon == std::string_view::npos || comma < colon) {
        return {{kind_of_plain(value), "", std::string(value)}, ""};
    }
    const std::string_view word = value.substr(0, colon);
    const auto found =
        std::ranges::find_if(known, [&](const Known& one) { return base::iequals(one.prefix, word); });
    if (found == known.end()) {
        return {{kind_of_plain(value), "", std::string(value)}, std::string(value.substr(0, colon + 1))};
    }
    // The URL of a directory is the whole.
    const bool whole = found->kind == SetKind::ldap;
    const std::string_view rest = value.substr(colon + 1);
    return {{found->kind, base::to_lower(value.substr(0, colon + 1)),
             std::string(whole ? value : base::trim_wsp(rest))},
            "",
            is_in_file(found->kind) && rest != base::trim_wsp(rest)};
}

bool is_expression(std::string_view row) {
    return row.find_first_of("[](){}|?^$\\") != std::string_view::npos;
}

base::Result<std::vector<SetItem>, std::string> read_items(const DataSet& set, const Place& place,
                                                           const std::string& base, const Files& files) {
    if (set.kind == SetKind::list) {
        return list_items(set.rest, place);
    }
    if (!set.is_readable()) {
        return tl::make_unexpected(fmt::format("a {} table cannot be read from here", set.prefix));
    }
    const std::string path = absolute(set.rest, base);
    const auto text = files.read(path);
    if (!text) {
        return tl::make_unexpected(fmt::format("{}: {}", base::shown(path), text.error()));
    }
    return file_items(*text, path);
}

std::string absolute(const std::string& path, const std::string& base) {
    if (path.empty() || path.front() == '/') {
        return path;
    }
    return fmt::format("{}/{}", base.ends_with('/') ? base.substr(0, base.size() - 1) : base,
                       path.starts_with("./") ? path.substr(2) : path);
}

} // namespace config::import
