#include "milter/tool/daemon_user.h"

#include "keys/ownership.h"

#include <grp.h>
#include <unistd.h>

#include <vector>

namespace milter::tool {

std::optional<gid_t> daemon_group() {
    const auto account = geteuid() == 0 ? keys::find_account(daemon_user) : std::nullopt;
    return account ? std::optional(account->group) : std::nullopt;
}

void join_daemon_group() {
    const auto group = daemon_group();
    const int count = group ? ::getgroups(0, nullptr) : -1;
    if (count < 0) {
        return;
    }
    std::vector<gid_t> groups(static_cast<std::size_t>(count) + 1, *group);
    if (::getgroups(count, groups.data()) == count) {
        // Where it is not permitted, in a container for example, the keys are judged as before.
        [[maybe_unused]] const int refused = ::setgroups(groups.size(), groups.data());
    }
}

} // namespace milter::tool
