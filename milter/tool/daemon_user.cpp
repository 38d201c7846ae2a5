#include "milter/tool/daemon_user.h"

#include "keys/ownership.h"

#include <unistd.h>

namespace milter::tool {

std::optional<gid_t> daemon_group() {
    const auto account = geteuid() == 0 ? keys::find_account(daemon_user) : std::nullopt;
    return account ? std::optional(account->group) : std::nullopt;
}

} // namespace milter::tool
