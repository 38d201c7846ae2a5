// POSIX access control lists (acl(5)): rights of single users and groups beside those in a file's mode.
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keys {

// A right beyond those of owner, owning group and others.
struct Grant {
    bool to_group = false;
    std::uint32_t number = 0; // of the user or group
    bool read = false;
    bool write = false;
};

struct AccessList {
    mode_t group = 0;          // what the owning group may, as in a mode: there stands the mask in its place
    std::vector<Grant> grants; // as the mask leaves them; those that allow neither are not here
};

// The extended attribute as the kernel has it. Nothing if it cannot be understood.
[[nodiscard]] std::optional<AccessList> parse_access_list(std::string_view attribute);

// acl(5): the group's bits of a mode are the mask of its list. Where there are none, no list lets anybody in,
// and neither does the kernel look at one.
[[nodiscard]] constexpr bool may_let_in(mode_t mode) {
    return (mode & 0070U) != 0;
}

// Nothing: the file, or its file system, has no such list. The error is one of errno.
using FoundList = base::Result<std::optional<AccessList>, int>;
[[nodiscard]] FoundList access_list_of(int descriptor);
[[nodiscard]] FoundList access_list_of(const std::string& path, bool follow_link);

} // namespace keys
