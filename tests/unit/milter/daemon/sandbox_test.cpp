#include "milter/daemon/sandbox.h"

#include "support/catch.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

namespace {

// In a child, because there is no way back: each forbidden thing it could do sets a bit.
int child() {
    if (!milter::daemon::give_up_other_programs().empty()) {
        return 64;
    }
    int possible = 0;
    if (const pid_t pid = fork(); pid >= 0) {
        if (pid == 0) {
            _exit(0);
        }
        possible |= 1;
    } else if (errno != EPERM) {
        possible |= 2;
    }
    execl("/bin/false", "false", nullptr); // returns only when refused; else the child ends with 1
    possible |= errno == EPERM ? 0 : 4;
    bool ran = false;
    std::thread([&ran] { ran = true; }).join();
    return possible | (ran ? 0 : 8);
}

} // namespace

TEST_CASE("no other program and no other process, but threads") {
    const pid_t pid = fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
        _exit(child());
    }
    int status = 0;
    REQUIRE(waitpid(pid, &status, 0) == pid);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}
