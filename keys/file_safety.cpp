#include "keys/file_safety.h"

#include "base/secret_text.h"
#include "keys/ownership.h"

#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace keys {

namespace {

constexpr mode_t group_read = 0040;
constexpr mode_t group_write = 0020;
constexpr mode_t other_read = 0004;
constexpr mode_t other_write = 0002;
constexpr int deepest_link = 16;

std::string facts(const Ownership& file) {
    return fmt::format("(mode {:04o}, owner {}:{})", file.mode & 07777U, user_name(file.user),
                       group_name(file.group));
}

std::string_view verb(bool reads, bool writes) {
    return reads && writes ? "read and written" : reads ? "read" : "written";
}

} // namespace

Reader Reader::self() {
    Reader reader;
    reader.user = ::geteuid();
    reader.groups.push_back(::getegid());
    const int count = ::getgroups(0, nullptr);
    std::vector<gid_t> others(static_cast<std::size_t>(std::max(count, 0)));
    if (count > 0 && ::getgroups(count, others.data()) >= 0) {
        reader.groups.insert(reader.groups.end(), others.begin(), others.end());
    }
    reader.name = user_name(reader.user);
    return reader;
}

base::Result<Reader, std::string> Reader::of_user(const std::string& name) {
    const auto account = find_account(name);
    if (!account) {
        return base::refuse(fmt::format("there is no user {}", base::quoted(name)));
    }
    return Reader{account->user, groups_of(name, account->group), name};
}

bool Reader::has_group(gid_t group) const {
    return std::find(groups.begin(), groups.end(), group) != groups.end();
}

std::optional<std::string> file_danger(const Ownership& file, const Reader& reader) {
    const bool group_is_ours = file.group == 0 || reader.has_group(file.group);
    const std::string_view safe_mode = (file.mode & group_read) != 0 && group_is_ours ? "0640" : "0600";
    if (!reader.trusts(file.user)) {
        return fmt::format("belongs to neither root nor {} {}; chown it", reader.name, facts(file));
    }
    if ((file.mode & (other_read | other_write)) != 0) {
        return fmt::format("can be {} by others {}; chmod {} it",
                           verb((file.mode & other_read) != 0, (file.mode & other_write) != 0), facts(file),
                           safe_mode);
    }
    if ((file.mode & group_write) != 0) {
        return fmt::format("can be written by its group {}; chmod {} it", facts(file), safe_mode);
    }
    if ((file.mode & group_read) != 0 && !group_is_ours) {
        return fmt::format("can be read by group {}, which is neither root's nor one of {}'s {}; chmod {} it",
                           group_name(file.group), reader.name, facts(file), safe_mode);
    }
    return std::nullopt;
}

std::optional<std::string> unreadable(const Ownership& file, const Reader& reader) {
    const mode_t needed = file.user == reader.user       ? 0400U
                          : reader.has_group(file.group) ? group_read
                                                         : other_read;
    if (reader.user == 0 || (file.mode & needed) != 0) {
        return std::nullopt;
    }
    return fmt::format("cannot be read by user {} {}", reader.name, facts(file));
}

std::optional<std::string> replace_danger(const Ownership& directory, const Ownership& entry,
                                          const Reader& reader) {
    // Whoever owns a directory can give himself any permission in it.
    if (!reader.trusts(directory.user)) {
        return fmt::format("belongs to neither root nor {} {}; chown it", reader.name, facts(directory));
    }
    const bool sticky = (directory.mode & S_ISVTX) != 0;
    if (sticky && reader.trusts(entry.user)) {
        return std::nullopt;
    }
    if ((directory.mode & other_write) != 0) {
        return fmt::format("can be written by others {}; chmod o-w it", facts(directory));
    }
    if ((directory.mode & group_write) != 0) {
        return fmt::format("can be written by its group {}; chmod g-w it", facts(directory));
    }
    return std::nullopt;
}

std::optional<Ownership> ownership_of(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
        return std::nullopt;
    }
    return Ownership{status.st_uid, status.st_gid, status.st_mode & 07777U, S_ISLNK(status.st_mode)};
}

std::optional<std::string> DirectoryGuard::danger_above(const std::string& path) {
    return look_above(path, 0);
}

std::optional<std::string> DirectoryGuard::look_above(const std::string& path, int depth) {
    const auto slash = path.rfind('/');
    const std::string parent = path.substr(0, std::max<std::size_t>(slash, 1));
    if (parent == path || depth > deepest_link) {
        return std::nullopt; // the root; or a link to itself, which opening will refuse
    }
    const Directory& above = directory(parent, depth);
    const auto entry = ownership_of(path);
    if (!above.facts || !entry) {
        return std::nullopt; // opening will tell
    }
    if (const auto danger = replace_danger(*above.facts, *entry, reader_)) {
        return fmt::format("{}, above it, {}", parent, *danger);
    }
    if (entry->is_link) {
        std::error_code error;
        const auto target = std::filesystem::read_symlink(path, error);
        if (auto danger = look_above((std::filesystem::path(parent) / target).string(), depth + 1)) {
            return danger;
        }
    }
    return above.danger;
}

const DirectoryGuard::Directory& DirectoryGuard::directory(const std::string& path, int depth) {
    if (const auto known = known_.find(path); known != known_.end()) {
        return known->second;
    }
    // With a slash at the end a link counts as the directory it leads to.
    Directory found{ownership_of(path + '/'), look_above(path, depth)};
    return known_.insert_or_assign(path, std::move(found)).first->second;
}

} // namespace keys
