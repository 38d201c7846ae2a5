#include "milter/tool/rotation/program.h"

#include "base/ascii.h"
#include "keys/file_bytes.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

namespace milter::tool::rotation {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t told_output = 500;
constexpr std::size_t kept_output = std::size_t{1024} * 1024;

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (std::string& text : texts) {
        all.push_back(text.data());
    }
    all.push_back(nullptr);
    return all;
}

// With a process group of its own, so that what it starts ends with it.
int start(const Program& program, int output, pid_t& child) {
    auto command = program.command;
    std::vector<std::string> environment{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                         "LANG=C"};
    environment.insert(environment.end(), program.environment.begin(), program.environment.end());
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, program.input.c_str(), O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    const int error = posix_spawn(&child, command.front().c_str(), &actions, &attributes,
                                  pointers(command).data(), pointers(environment).data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

bool read_some(int descriptor, std::string& text) {
    std::array<char, 4096> chunk{};
    const auto count = ::read(descriptor, chunk.data(), chunk.size());
    if (count > 0) {
        text.append(chunk.data(), static_cast<std::size_t>(count));
        text.erase(0, text.size() - std::min(text.size(), kept_output));
    }
    return count > 0;
}

// What is there now.
void read_rest(int descriptor, std::string& text) {
    constexpr int most = 1024; // something it left may go on writing
    pollfd readable{descriptor, POLLIN, 0};
    for (int chunks = 0; chunks < most && poll(&readable, 1, 0) > 0 && read_some(descriptor, text);
         ++chunks) {
    }
}

// Nothing: it was still running at the deadline. What it left running may hold its output open, so that the
// end of that says nothing.
std::optional<int> await(pid_t child, int descriptor, Clock::time_point deadline, std::string& text) {
    constexpr int tick = 20; // milliseconds
    for (;;) {
        int status = 0;
        const pid_t ended = waitpid(child, &status, WNOHANG);
        pollfd readable{descriptor, POLLIN, 0};
        if (poll(&readable, 1, ended == 0 ? tick : 0) > 0) {
            read_some(descriptor, text);
            if ((readable.revents & POLLIN) == 0 && ended == 0) {
                poll(nullptr, 0, tick);
            }
        }
        if (ended == child) {
            read_rest(descriptor, text);
            return status;
        }
        if (ended < 0 && errno != EINTR) {
            return -1;
        }
        if (Clock::now() >= deadline) {
            return std::nullopt;
        }
    }
}

std::string told(const std::string& text) {
    auto trimmed = base::trim_fws(text);
    trimmed.remove_prefix(trimmed.size() - std::min(trimmed.size(), told_output));
    return trimmed.empty() ? "" : fmt::format(": {}", base::one_line(trimmed, told_output));
}

} // namespace

base::Result<Ended, std::string> run_to_end(const Program& program) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        return base::refuse(keys::error_text(errno));
    }
    const keys::Descriptor output(ends[0]);
    pid_t child = 0;
    int error = 0;
    {
        const keys::Descriptor input(ends[1]);
        error = start(program, input.get(), child);
    }
    const auto& name = program.command.front();
    if (error != 0) {
        return base::refuse(fmt::format("{}: {}", name, keys::error_text(error)));
    }
    std::string text;
    const auto status = await(child, output.get(), Clock::now() + program.time, text);
    if (!status) {
        kill(-child, SIGKILL);
        while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
        }
        return base::refuse(fmt::format("{} did not end in time and was killed{}", name, told(text)));
    }
    if (!WIFEXITED(*status)) {
        return base::refuse(fmt::format("{} was killed{}", name, told(text)));
    }
    return Ended{WEXITSTATUS(*status), std::move(text)};
}

base::Result<void, std::string> run_program(const Program& program) {
    const auto ended = run_to_end(program);
    if (!ended) {
        return base::refuse(ended.error());
    }
    return ended->code == 0 ? base::Result<void, std::string>()
                            : base::refuse(fmt::format("{} exited with {}{}", program.command.front(),
                                                       ended->code, told(ended->output)));
}

} // namespace milter::tool::rotation
