// Users and groups by number and by name.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace keys {

struct Account {
    uid_t user;
    gid_t group;
};

[[nodiscard]] std::optional<Account> find_account(const std::string& name);
[[nodiscard]] std::vector<gid_t> groups_of(const std::string& name, gid_t primary);

// The number as text when it has no name.
[[nodiscard]] std::string user_name(uid_t user);
[[nodiscard]] std::string group_name(gid_t group);

} // namespace keys
