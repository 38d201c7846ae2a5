#include "milter/tool/import/own_daemon.h"

#include "keys/file_bytes.h"
#include "keys/ownership.h"
#include "milter/tool/as_user.h"
#include "milter/tool/daemon_user.h"
#include "milter/tool/import/processes.h"
#include "milter/tool/import/programs.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <thread>

namespace milter::tool::import {

namespace {

using namespace std::chrono_literals;

constexpr const char* pid_file = "/run/paraphd.pid";
constexpr const char* log_file = "/var/log/paraphd.log";
constexpr std::size_t longest_log = std::size_t{64} * 1024 * 1024;

// 0: it does not run. Another process may have the number now.
pid_t running() {
    constexpr std::size_t longest = 100;
    const auto text = keys::OpenFile(pid_file).read(longest).value_or(std::string());
    pid_t pid = 0;
    std::from_chars(text.data(), text.data() + text.size(), pid);
    const auto all = processes_of("paraphd");
    return std::find(all.begin(), all.end(), pid) == all.end() ? 0 : pid;
}

Done write_pid(pid_t pid) {
    const keys::Descriptor file(
        ::open(pid_file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644));
    const auto text = fmt::format("{}\n", pid);
    if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        return base::refuse(fmt::format("{}: {}", pid_file, keys::error_text(errno)));
    }
    return {};
}

// It writes its number before it is the daemon: whoever started it may be killed meanwhile.
[[noreturn]] void become_daemon(const std::string& program, const keys::Account& account, int log) {
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (write_pid(::getpid()) && ::setsid() >= 0 && ::dup2(nothing, STDIN_FILENO) >= 0 &&
        ::dup2(log, STDOUT_FILENO) >= 0 && ::dup2(log, STDERR_FILENO) >= 0 && become(daemon_user, account)) {
        ::umask(0077);
        ::execl(program.c_str(), program.c_str(), "--log", "stderr", static_cast<char*>(nullptr));
    }
    ::_exit(1);
}

// As RuntimeDirectory= of the unit has it.
Done make_runtime_directory(const keys::Account& account) {
    constexpr const char* directory = "/run/paraph";
    if (::mkdir(directory, 0755) == 0 && ::chown(directory, account.user, account.group) != 0) {
        return base::refuse(fmt::format("{}: {}", directory, keys::error_text(errno)));
    }
    return {};
}

Done start() {
    const auto account = keys::find_account(daemon_user);
    const auto program = find_program("paraphd");
    if (!account || program.empty()) {
        return base::refuse(std::string("there is no program paraphd, or no user paraph"));
    }
    if (auto made = make_runtime_directory(*account); !made) {
        return made;
    }
    const keys::Descriptor log(
        ::open(log_file, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0640));
    if (log.get() < 0) {
        return base::refuse(fmt::format("{}: {}", log_file, keys::error_text(errno)));
    }
    const pid_t child = ::fork();
    if (child == 0) {
        become_daemon(program, *account, log.get());
    }
    return child < 0 ? base::refuse(fmt::format("fork: {}", keys::error_text(errno))) : write_pid(child);
}

// It finishes the messages under way first.
Done stop(pid_t pid) {
    constexpr int most = 400;
    ::kill(pid, SIGTERM);
    for (int tries = 0; running() == pid; ++tries) {
        if (tries == most) {
            return base::refuse(fmt::format("process {} does not end", pid));
        }
        std::this_thread::sleep_for(100ms);
    }
    ::unlink(pid_file);
    return {};
}

} // namespace

UnitState state_of_own_daemon() {
    return {false, running() > 0};
}

Done change_own_daemon(bool active) {
    const pid_t pid = running();
    if (active == (pid > 0)) {
        return {};
    }
    return active ? start() : stop(pid);
}

std::string log_of_own_daemon() {
    const auto text = keys::OpenFile(log_file).read(longest_log);
    return text ? *text : std::string();
}

} // namespace milter::tool::import
