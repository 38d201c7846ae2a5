#include "config/import/sendmail_file.h"

#include "base/ascii.h"
#include "config/import/text_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace config::import {

namespace {

// "`text'", of which what is between the quotes.
std::optional<std::string_view> take_quoted(std::string_view& text) {
    const auto begin = text.find('`');
    const auto end = begin == std::string_view::npos ? begin : text.find('\'', begin);
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const auto found = text.substr(begin + 1, end - begin - 1);
    text.remove_prefix(end + 1);
    return found;
}

std::string socket_of(std::string_view options) {
    for (const auto& item : comma_list(options)) {
        if (item.starts_with("S=")) {
            return std::string(base::trim_wsp(std::string_view(item).substr(2)));
        }
    }
    return {};
}

bool is_loopback(const base::SocketName& socket) {
    return socket.is_everywhere() || socket.host == "localhost" || socket.host == "::1" ||
           socket.host.starts_with("127.");
}

bool is_same(const base::SocketName& one, const base::SocketName& other) {
    if (one.is_unix() || other.is_unix()) {
        const auto plain = [](const std::string& path) {
            return path.starts_with("/var/run/") ? path.substr(std::string_view("/var").size()) : path;
        };
        return one.is_unix() == other.is_unix() && plain(one.path) == plain(other.path);
    }
    return one.port == other.port && (one.host == other.host || (is_loopback(one) && is_loopback(other)));
}

// How Sendmail writes our socket. What F= and T= do: docs/guide/sendmail.md.
std::string line_for(const std::string& ours) {
    auto socket = base::SocketName::parse(ours).value_or(base::SocketName());
    if (!socket.is_unix() && socket.is_everywhere()) {
        socket.host = socket.family == base::SocketName::Family::inet6 ? "::1" : "127.0.0.1";
    }
    return fmt::format("INPUT_MAIL_FILTER(`paraph', `S={}, F=T, T=C:30s;S:30s;R:60s;E:5m')dnl",
                       socket.is_unix() ? "local:" + socket.path : socket.print_for_libmilter());
}

} // namespace

std::vector<SendmailFilter> read_sendmail(std::string_view text, const std::string& file) {
    constexpr std::array<std::string_view, 2> macros{"INPUT_MAIL_FILTER(", "MAIL_FILTER("};
    std::vector<SendmailFilter> filters;
    for (const TextLine& line : lines_of(text)) {
        auto rest = base::trim_wsp(line.text); // behind "dnl" is a comment
        const auto macro = std::ranges::find_if(macros, [&](auto name) { return rest.starts_with(name); });
        if (macro == macros.end()) {
            continue;
        }
        rest.remove_prefix(macro->size());
        const auto name = take_quoted(rest);
        const auto options = name ? take_quoted(rest) : std::nullopt;
        if (options) {
            filters.push_back({std::string(*name), socket_of(*options), {file, line.number, 1}});
        }
    }
    return filters;
}

std::vector<SendmailChange> sendmail_changes(const std::vector<SendmailFilter>& filters,
                                             const std::vector<base::SocketName>& old,
                                             const std::string& ours, const std::string& file) {
    std::vector<SendmailChange> changes;
    for (const auto& filter : filters) {
        const auto called = base::SocketName::parse(filter.socket);
        if (called &&
            std::ranges::any_of(old, [&](const auto& socket) { return is_same(*called, socket); })) {
            changes.push_back({filter.place, filter.name, changes.empty() ? line_for(ours) : ""});
        }
    }
    if (changes.empty()) {
        changes.push_back({{file, 0, 0}, "", line_for(ours)});
    }
    return changes;
}

} // namespace config::import
