#include "milter/tool/as_user.h"

#include "milter/tool/files.h"

#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <exception>
#include <optional>
#include <system_error>

namespace milter::tool {

namespace {

void write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const auto count = write(descriptor, text.data(), text.size());
        if (count < 0 && errno != EINTR) {
            return;
        }
        text.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
}

constexpr int answered = 0;
constexpr int gave_up = 1; // with the reason for an answer

std::string in_words(const char* step) {
    return std::string(step) + ": " + std::generic_category().message(errno);
}

// Nothing is thrown beyond the child: it would go on as a second copy of the caller.
[[noreturn]] void answer(const std::string& user, const keys::Account& account, int descriptor,
                         const std::function<std::string()>& ask) {
    int status = gave_up;
    try {
        if (become(user, account)) {
            write_all(descriptor, ask());
            status = answered;
        } else {
            write_all(descriptor, in_words("cannot become that user"));
        }
    } catch (const std::exception& error) {
        write_all(descriptor, error.what());
    } catch (...) { // NOLINT(bugprone-empty-catch): the status tells
    }
    _exit(status);
}

Told wait_for(pid_t child, std::string text) {
    int status = 0;
    pid_t ended = 0;
    while ((ended = waitpid(child, &status, 0)) < 0 && errno == EINTR) {
    }
    if (ended == child && WIFEXITED(status) && WEXITSTATUS(status) == answered) {
        return text;
    }
    const bool has_reason = ended == child && WIFEXITED(status) && !text.empty();
    return base::refuse(has_reason ? std::move(text)
                                   : std::string("the process that was to find out has died"));
}

} // namespace

bool become(const std::string& user, const keys::Account& account) {
    return initgroups(user.c_str(), account.group) == 0 && setgid(account.group) == 0 &&
           setuid(account.user) == 0;
}

Told as_user(const std::string& user, const std::function<std::string()>& ask) {
    const auto account = user.empty() ? std::nullopt : keys::find_account(user);
    if (user.empty() || (account && account->user == geteuid())) {
        return ask();
    }
    if (!account) {
        return base::refuse(std::string("there is no such user"));
    }
    if (geteuid() != 0) {
        return base::refuse(std::string("only root can try as another user"));
    }
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) {
        return base::refuse(in_words("pipe"));
    }
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        answer(user, *account, ends[1], ask);
    }
    const std::string trouble = child < 0 ? in_words("fork") : std::string();
    close(ends[1]);
    std::string text = child > 0 ? read_to_end(ends[0]) : std::string();
    close(ends[0]);
    if (child < 0) {
        return base::refuse(trouble);
    }
    return wait_for(child, std::move(text));
}

} // namespace milter::tool
