#include "milter/tool/as_user.h"

#include "milter/tool/files.h"

#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace tool {

namespace {

bool become(const passwd& account) {
    return initgroups(account.pw_name, account.pw_gid) == 0 && setgid(account.pw_gid) == 0 &&
           setuid(account.pw_uid) == 0;
}

void write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const auto count = write(descriptor, text.data(), text.size());
        if (count < 0 && errno != EINTR) {
            return;
        }
        text.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
}

[[noreturn]] void answer(const passwd& account, int descriptor, const std::function<std::string()>& ask) {
    if (become(account)) {
        write_all(descriptor, ask());
    }
    _exit(0);
}

} // namespace

std::string as_user(const std::string& user, const std::function<std::string()>& ask) {
    const passwd* account = user.empty() ? nullptr : getpwnam(user.c_str());
    if (account == nullptr || account->pw_uid == geteuid()) {
        return ask();
    }
    std::array<int, 2> ends{};
    if (geteuid() != 0 || pipe(ends.data()) != 0) {
        return {};
    }
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        answer(*account, ends[1], ask);
    }
    close(ends[1]);
    const std::string text = child > 0 ? read_to_end(ends[0]) : std::string();
    close(ends[0]);
    if (child > 0) {
        waitpid(child, nullptr, 0);
    }
    return text;
}

} // namespace tool
