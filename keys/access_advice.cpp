#include "keys/access_advice.h"

#include "keys/ownership.h"

#include <fmt/format.h>

namespace keys {

namespace {

constexpr mode_t group_read = 0040;
constexpr mode_t group_enter = 0010;

// Of the group that the reader has by itself, not by what is added to it; empty: only the owner's rights
// help.
std::string own_group(const Reader& reader) {
    return reader.groups.empty() || reader.groups.front() == 0 ? std::string()
                                                               : group_name(reader.groups.front());
}

// A group that is there for others already, and lets them in. Root's is never given away.
bool serves_a_group(const Ownership& entry, const Reader& reader, mode_t right) {
    return entry.group != 0 && !reader.has_group(entry.group) && (entry.group_mode() & right) != 0;
}

std::string join_group(const Ownership& entry, const Reader& reader) {
    return fmt::format("usermod -aG {} {}, then restart the daemon", group_name(entry.group), reader.name);
}

// What belongs to a person, or to root alone, is opened for no daemon.
bool is_private(const std::string& path, const Ownership& directory, const Reader& reader) {
    return path == "/root" || !reader.trusts(directory.user);
}

} // namespace

std::string reading_advice(const std::string& path, const Ownership& file, const Reader& reader) {
    if (file.user == reader.user) {
        return fmt::format("chmod u+r {}", path);
    }
    if (serves_a_group(file, reader, group_read)) {
        return join_group(file, reader);
    }
    const auto group = own_group(reader);
    if (group.empty()) {
        return fmt::format("chown {} {}", reader.name, path);
    }
    return reader.has_group(file.group) && reader.trusts(file.user)
               ? fmt::format("chmod 0640 {}", path)
               : fmt::format("chown root:{} {} && chmod 0640 {}", group, path, path);
}

std::string entering_advice(const std::string& path, const Ownership& directory, const Reader& reader) {
    if (directory.user == reader.user) {
        return fmt::format("chmod u+x {}", path);
    }
    if (is_private(path, directory, reader)) {
        return "move the file to where the daemon's files are, such as /etc/paraph";
    }
    if (serves_a_group(directory, reader, group_enter)) {
        return join_group(directory, reader);
    }
    const auto group = own_group(reader);
    if (group.empty()) {
        return fmt::format("chown {} {}", reader.name, path);
    }
    return reader.has_group(directory.group) ? fmt::format("chmod g+x {}", path)
                                             : fmt::format("chgrp {} {} && chmod g+x {}", group, path, path);
}

std::string owning_advice(const Reader& reader) {
    const auto group = own_group(reader);
    return reader.user == 0 || group.empty() ? fmt::format("chown {} it", reader.name)
                                             : fmt::format("chown root:{} it and chmod 0640 it", group);
}

} // namespace keys
