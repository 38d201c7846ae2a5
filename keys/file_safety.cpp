#include "keys/file_safety.h"

#include "base/secret_text.h"
#include "keys/access_advice.h"
#include "keys/file_bytes.h"
#include "keys/ownership.h"

#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace keys {

namespace {

constexpr mode_t group_read = 0040;
constexpr mode_t group_write = 0020;
constexpr mode_t other_read = 0004;
constexpr mode_t other_write = 0002;
constexpr int most_links = 40; // path_resolution(7): the kernel follows no more

std::string facts(const Ownership& file) {
    return fmt::format("(mode {:04o}, owner {}:{})", file.mode & 07777U, user_name(file.user),
                       group_name(file.group));
}

bool can_enter(const Ownership& directory, const Reader& reader) {
    const mode_t needed = directory.user == reader.user       ? 0100U
                          : reader.has_group(directory.group) ? 0010U
                                                              : 0001U;
    // What an access control list lets in, opening will tell.
    return reader.user == 0 || directory.list.has_value() || (directory.mode & needed) != 0;
}

std::string_view verb(bool reads, bool writes) {
    return reads && writes ? "read and written" : reads ? "read" : "written";
}

// Users and groups of an access control list. Who owns the files may do as he likes; our groups may read.
bool is_harmless(const Grant& grant, const Reader& reader) {
    if (!grant.to_group) {
        return reader.trusts(grant.number);
    }
    return !grant.write && (grant.number == 0 || reader.has_group(grant.number));
}

std::string shown(const Grant& grant) {
    return fmt::format("{} by {} {}", verb(grant.read, grant.write), grant.to_group ? "group" : "user",
                       grant.to_group ? group_name(grant.number) : user_name(grant.number));
}

template <class Concerns>
std::optional<std::string> list_danger(const Ownership& file, const Reader& reader, Concerns concerns) {
    if (file.list) {
        for (const Grant& grant : file.list->grants) {
            if (concerns(grant) && !is_harmless(grant, reader)) {
                return fmt::format("can be {} through its access control list {}; setfacl -b it",
                                   shown(grant), facts(file));
            }
        }
    }
    return std::nullopt;
}

// Opening tells that nothing is there. All else leaves open who can change it.
std::optional<std::string> cannot_look(const std::string& path, int error) {
    if (error == ENOENT || error == ENOTDIR) {
        return std::nullopt;
    }
    return fmt::format("{}, above it, cannot be looked at: {}", shown_path(path), error_text(error));
}

std::string too_many_links() {
    return fmt::format("is reached through more than {} symbolic links", most_links);
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
    const std::string_view safe_mode =
        (file.group_mode() & group_read) != 0 && group_is_ours ? "0640" : "0600";
    if (!reader.trusts(file.user)) {
        return fmt::format("belongs to neither root nor {} {}; {}", reader.name, facts(file),
                           owning_advice(reader));
    }
    if ((file.mode & (other_read | other_write)) != 0) {
        return fmt::format("can be {} by others {}; chmod {} it",
                           verb((file.mode & other_read) != 0, (file.mode & other_write) != 0), facts(file),
                           safe_mode);
    }
    if ((file.group_mode() & group_write) != 0) {
        return fmt::format("can be written by its group {}; chmod {} it", facts(file), safe_mode);
    }
    if ((file.group_mode() & group_read) != 0 && !group_is_ours) {
        return fmt::format("can be read by group {}, which is neither root's nor one of {}'s {}; chmod {} it",
                           group_name(file.group), reader.name, facts(file), safe_mode);
    }
    return list_danger(file, reader, [](const Grant&) { return true; });
}

namespace {

bool is_let_in(const Ownership& file, const Reader& reader) {
    return file.list &&
           std::any_of(file.list->grants.begin(), file.list->grants.end(), [&](const Grant& grant) {
               return grant.read &&
                      (grant.to_group ? reader.has_group(grant.number) : grant.number == reader.user);
           });
}

} // namespace

std::optional<std::string> unreadable(const Ownership& file, const Reader& reader) {
    const mode_t needed = file.user == reader.user       ? 0400U
                          : reader.has_group(file.group) ? group_read
                                                         : other_read;
    const mode_t mode = (file.mode & ~mode_t{0070}) | file.group_mode();
    if (reader.user == 0 || (mode & needed) != 0 || is_let_in(file, reader)) {
        return std::nullopt;
    }
    return fmt::format("cannot be read by user {} {}", reader.name, facts(file));
}

std::optional<std::string> replace_danger(const Ownership& directory, const Ownership& entry,
                                          const Reader& reader) {
    // Whoever owns a directory can give himself any permission in it.
    if (!reader.trusts(directory.user)) {
        return fmt::format("belongs to neither root nor {} {}; chown root it", reader.name, facts(directory));
    }
    const bool sticky = (directory.mode & S_ISVTX) != 0;
    if (sticky && reader.trusts(entry.user)) {
        return std::nullopt;
    }
    if ((directory.mode & other_write) != 0) {
        return fmt::format("can be written by others {}; chmod o-w it", facts(directory));
    }
    if ((directory.group_mode() & group_write) != 0) {
        return fmt::format("can be written by its group {}; chmod g-w it", facts(directory));
    }
    return list_danger(directory, reader, [](const Grant& grant) { return grant.write; });
}

namespace {

// Without its access control list.
base::Result<Ownership, int> entry_at(const std::string& path) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) {
        return base::refuse(int{errno});
    }
    return Ownership{status.st_uid, status.st_gid, status.st_mode & 07777U, S_ISLNK(status.st_mode), {}};
}

} // namespace

base::Result<Ownership, int> ownership_of(const std::string& path) {
    auto found = entry_at(path);
    if (found && !found->is_link && may_let_in(found->mode)) {
        auto list = access_list_of(path, false);
        if (!list) {
            return base::refuse(list.error());
        }
        found->list = std::move(*list);
    }
    return found;
}

std::optional<std::string> DirectoryGuard::danger_above(const std::string& path, const Ownership* known) {
    links_ = 0;
    auto danger = look_above(path, known);
    if (links_ > most_links) {
        known_.clear(); // directories that are fine by themselves
    }
    return danger;
}

std::optional<std::string> DirectoryGuard::barrier_above(const std::string& path) {
    const auto slash = path.rfind('/');
    const bool at_root = slash == std::string::npos || slash == 0;
    return at_root ? std::nullopt : directory(path.substr(0, slash)).barrier;
}

std::optional<std::string> DirectoryGuard::barrier_of(const std::string& path,
                                                      const base::Result<Ownership, int>& found) {
    if (found && !can_enter(*found, reader_)) {
        return fmt::format("{}, above it, cannot be entered by user {} {}; {}", path, reader_.name,
                           facts(*found), entering_advice(path, *found, reader_));
    }
    return barrier_above(path);
}

std::optional<std::string> DirectoryGuard::look_above(const std::string& path, const Ownership* known) {
    const auto slash = path.rfind('/');
    const std::string parent = path.substr(0, std::max<std::size_t>(slash, 1));
    if (parent == path) {
        return std::nullopt; // the root
    }
    const Directory& above = directory(parent);
    if (!above.facts) {
        return above.danger ? above.danger : cannot_look(parent, above.facts.error());
    }
    // Who owns it, and whether it is a link.
    const auto entry = known == nullptr ? entry_at(path) : base::Result<Ownership, int>(*known);
    if (!entry) {
        return above.danger ? above.danger : cannot_look(path, entry.error());
    }
    if (const auto danger = replace_danger(*above.facts, *entry, reader_)) {
        return fmt::format("{}, above it, {}", parent, *danger);
    }
    if (entry->is_link) {
        if (auto danger = follow(path, parent)) {
            return danger;
        }
    }
    return above.danger;
}

std::optional<std::string> DirectoryGuard::follow(const std::string& link, const std::string& parent) {
    if (++links_ > most_links) {
        return too_many_links();
    }
    std::error_code error;
    const auto target = std::filesystem::read_symlink(link, error);
    if (error) {
        return cannot_look(link, error.value());
    }
    return look_above((std::filesystem::path(parent) / target).string(), nullptr);
}

const DirectoryGuard::Directory& DirectoryGuard::directory(const std::string& path) {
    if (const auto known = known_.find(path); known != known_.end()) {
        return known->second;
    }
    // With a slash at the end a link counts as the directory it leads to.
    Directory found{ownership_of(path + '/'), look_above(path, nullptr), {}};
    found.barrier = barrier_of(path, found.facts);
    return known_.insert_or_assign(path, std::move(found)).first->second;
}

} // namespace keys
