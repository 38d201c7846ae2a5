#include "keys/access_advice.h"

#include "base/ascii.h"
#include "keys/ownership.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace keys {

namespace {

constexpr mode_t group_read = 0040;
constexpr mode_t group_enter = 0010;

constexpr const char* daemon_directory = "/etc/paraph";

// What can be pasted into a shell as it is, or in single quotes. Of anything else (line ends, quotes, what a
// diagnostic would print in another way) no command is made.
bool is_plain(std::string_view path) {
    return !path.empty() && path.front() != '-' && std::ranges::all_of(path, [](char c) {
        return base::is_alnum(c) || std::string_view("_./@+-").find(c) != std::string_view::npos;
    });
}

bool can_be_quoted(std::string_view path) {
    return path.starts_with('/') &&
           std::ranges::all_of(path, [](char c) { return c >= ' ' && c <= '~' && c != '\'' && c != '\\'; });
}

// "chmod u+r PATH", of several "chgrp paraph PATH && chmod g+x PATH"; "chmod u+r it" without a command.
std::string commands(const std::string& path, const std::vector<std::string>& steps) {
    const bool pasted = is_plain(path) || can_be_quoted(path);
    const auto object = !pasted ? "it" : is_plain(path) ? path : fmt::format("'{}'", path);
    std::string text;
    for (const auto& step : steps) {
        text += fmt::format("{}{} {}", text.empty() ? "" : pasted ? " && " : " and ", step, object);
    }
    return text;
}

// Of the group that the reader has by itself, not by what is added to it; empty: only the owner's rights
// help.
std::string own_group(const Reader& reader) {
    return reader.groups.empty() || reader.groups.front() == 0 ? std::string()
                                                               : group_name(reader.groups.front());
}

// A group that lets its members in, and is there for that.
bool can_join(const Ownership& entry, const Reader& reader, mode_t right) {
    return entry.group != 0 && !reader.has_group(entry.group) && (entry.group_mode() & right) != 0 &&
           is_for_keys(group_name(entry.group), reader.name);
}

std::string join_group(const Ownership& entry, const Reader& reader) {
    const auto group = group_name(entry.group);
    return fmt::format("usermod -aG {} {}, then restart the daemon, which may then do all that group {} may",
                       group, reader.name, group);
}

// What belongs to a person, to root alone or to another service's group is opened for no daemon, but for
// what was made for this one.
bool may_be_opened(const std::string& path, const Ownership& directory, const Reader& reader) {
    const bool ours = path == daemon_directory || path.starts_with(fmt::format("{}/", daemon_directory));
    return reader.trusts(directory.user) && (ours || reader.has_group(directory.group));
}

} // namespace

bool is_for_keys(std::string_view group, std::string_view daemon) {
    return group == "opendkim" || group == daemon ||
           (group.starts_with(daemon) && group.substr(daemon.size()).starts_with('-'));
}

std::string reading_advice(const std::string& path, const Ownership& file, const Reader& reader) {
    if (file.user == reader.user) {
        return commands(path, {"chmod u+r"});
    }
    if (can_join(file, reader, group_read)) {
        return join_group(file, reader);
    }
    const auto group = own_group(reader);
    if (group.empty()) {
        return commands(path, {fmt::format("chown {}", reader.name)});
    }
    return reader.has_group(file.group) && reader.trusts(file.user)
               ? commands(path, {"chmod 0640"})
               : commands(path, {fmt::format("chown root:{}", group), "chmod 0640"});
}

std::string entering_advice(const std::string& path, const Ownership& directory, const Reader& reader) {
    if (directory.user == reader.user) {
        return commands(path, {"chmod u+x"});
    }
    if (reader.trusts(directory.user) && can_join(directory, reader, group_enter)) {
        return join_group(directory, reader);
    }
    if (!may_be_opened(path, directory, reader)) {
        return fmt::format("move the file to where the daemon's files are, such as {}", daemon_directory);
    }
    const auto group = own_group(reader);
    if (group.empty()) {
        return commands(path, {fmt::format("chown {}", reader.name)});
    }
    return reader.has_group(directory.group) ? commands(path, {"chmod g+x"})
                                             : commands(path, {fmt::format("chgrp {}", group), "chmod g+x"});
}

std::string owning_advice(const Reader& reader) {
    const auto group = own_group(reader);
    return reader.user == 0 || group.empty() ? fmt::format("chown {} it", reader.name)
                                             : fmt::format("chown root:{} it and chmod 0640 it", group);
}

} // namespace keys
