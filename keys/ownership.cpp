#include "keys/ownership.h"

#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <array>

namespace keys {

namespace {

// Entries of the user database; a group with thousands of members needs more and is then shown by its number.
using Buffer = std::array<char, 16384>;

constexpr std::size_t most_groups = 65536; // NGROUPS_MAX of Linux

} // namespace

std::optional<Account> find_account(const std::string& name) {
    Buffer buffer{};
    struct passwd entry{};
    struct passwd* found = nullptr;
    if (::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
        return std::nullopt;
    }
    return Account{entry.pw_uid, entry.pw_gid};
}

std::vector<gid_t> groups_of(const std::string& name, gid_t primary) {
    std::vector<gid_t> groups(64);
    int count = static_cast<int>(groups.size());
    while (::getgrouplist(name.c_str(), primary, groups.data(), &count) < 0 && groups.size() < most_groups) {
        groups.resize(std::max(groups.size() * 2, static_cast<std::size_t>(std::max(count, 0))));
        count = static_cast<int>(groups.size());
    }
    groups.resize(std::min(groups.size(), static_cast<std::size_t>(std::max(count, 0))));
    return groups;
}

std::string user_name(uid_t user) {
    Buffer buffer{};
    struct passwd entry{};
    struct passwd* found = nullptr;
    const bool known =
        ::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr;
    return known ? entry.pw_name : std::to_string(user);
}

std::string group_name(gid_t group) {
    Buffer buffer{};
    struct group entry{};
    struct group* found = nullptr;
    const bool known =
        ::getgrgid_r(group, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr;
    return known ? entry.gr_name : std::to_string(group);
}

} // namespace keys
