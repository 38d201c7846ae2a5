#include "milter/tool/compare/guardian.h"

#include "milter/tool/compare/private_folder.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

namespace milter::tool::compare {

namespace {

int guardian = -1; // the end of the pipe that is written

void tell(pid_t number) {
    if (guardian >= 0) {
        while (::write(guardian, &number, sizeof number) < 0 && errno == EINTR) {
        }
    }
}

// Until nobody has the other end. A number that is negated has ended.
std::vector<pid_t> read_running(int from) {
    std::vector<pid_t> running;
    while (true) {
        pid_t number = 0; // whole or not at all: a pipe takes few octets at once
        const auto count = ::read(from, &number, sizeof number);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count != static_cast<ssize_t>(sizeof number)) {
            return running;
        }
        if (number > 0) {
            running.push_back(number);
        } else {
            running.erase(std::remove(running.begin(), running.end(), -number), running.end());
        }
    }
}

[[noreturn]] void guard(int from, const std::string& folder) {
    ::setsid();
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
        ::signal(number, SIG_IGN);
    }
    // Whoever reads what the parent says must see its end.
    const auto kept = static_cast<unsigned>(from);
    if (kept > 0) {
        ::close_range(0, kept - 1, 0);
    }
    ::close_range(kept + 1, ~0U, 0);
    for (const pid_t leader : read_running(from)) {
        ::kill(-leader, SIGKILL);
    }
    PrivateFolder::remove(folder);
    ::_exit(0);
}

} // namespace

base::Result<std::unique_ptr<Guardian>, std::string> Guardian::start(std::string folder) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return base::refuse(fmt::format("pipe: {}", keys::error_text(errno)));
    }
    const keys::Descriptor from(ends[0]);
    const pid_t child = ::fork();
    if (child == 0) {
        guard(from.get(), folder);
    }
    std::unique_ptr<Guardian> made(new Guardian(child, ends[1]));
    return child > 0 ? base::Result<std::unique_ptr<Guardian>, std::string>(std::move(made))
                     : base::refuse(fmt::format("fork: {}", keys::error_text(errno)));
}

Guardian::Guardian(pid_t pid, int to) : pid_(pid), to_(std::make_unique<keys::Descriptor>(to)) {
    guardian = to;
}

Guardian::~Guardian() {
    guardian = -1;
    to_.reset();
    while (pid_ > 0 && ::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

void Guardian::note_start(pid_t leader) {
    tell(leader);
}

void Guardian::note_end(pid_t leader) {
    tell(-leader);
}

} // namespace milter::tool::compare
