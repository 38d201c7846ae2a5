#include "milter/tool/compare/process.h"

#include "base/ascii.h"
#include "keys/file_bytes.h"
#include "keys/ownership.h"
#include "milter/tool/as_user.h"
#include "milter/tool/compare/guardian.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <optional>
#include <thread>

namespace milter::tool::compare {

namespace {

using namespace std::chrono_literals;

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (std::string& text : texts) {
        all.push_back(text.data());
    }
    all.push_back(nullptr);
    return all;
}

// Of the leaders of groups, for `kill_all`; 0: a free place.
std::array<std::atomic<pid_t>, 16> leaders{};

void replace_leader(pid_t was, pid_t is) {
    for (auto& leader : leaders) {
        pid_t expected = was;
        if (leader.compare_exchange_strong(expected, is)) {
            return;
        }
    }
}

struct Ends {
    int input, output, log;
};

// What they say lies in memory.
constexpr rlim_t largest_file = rlim_t{8} * 1024 * 1024;

// Between fork and exec.
[[noreturn]] void become_program(const Command& command, const std::optional<keys::Account>& account,
                                 const Ends& ends, char* const* words, char* const* environment) {
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
        ::signal(number, SIG_DFL);
    }
    const bool leads = ::setpgid(0, 0) == 0;
    Guardian::note_start(::getpid()); // its parent may be killed just now
    const bool ready = leads && ::dup2(ends.input, STDIN_FILENO) >= 0 &&
                       ::dup2(ends.output, STDOUT_FILENO) >= 0 && ::dup2(ends.log, STDERR_FILENO) >= 0 &&
                       (!account || become(command.user, *account)) && ::chdir("/") == 0;
    if (ready) {
        ::close_range(STDERR_FILENO + 1, ~0U, 0);
        ::prctl(PR_SET_PDEATHSIG, SIGTERM); // NOLINT(*-vararg)
        ::umask(0077);
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit file{largest_file, largest_file};
        ::setrlimit(RLIMIT_FSIZE, &file);
        ::execve(words[0], words, environment);
    }
    ::_exit(127);
}

} // namespace

base::Result<std::unique_ptr<Process>, std::string> Process::start(const Command& command) {
    const auto account = command.user.empty() ? std::nullopt : keys::find_account(command.user);
    if (!command.user.empty() && !account) {
        return base::refuse(fmt::format("there is no user {}", base::printable(command.user, 64)));
    }
    const keys::Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const keys::Descriptor log(
        ::open(command.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (nothing.get() < 0 || log.get() < 0) {
        return base::refuse(fmt::format("{}: {}", command.log, keys::error_text(errno)));
    }
    const Ends ends{command.input < 0 ? nothing.get() : command.input,
                    command.output < 0 ? log.get() : command.output, log.get()};
    auto words = command.words;
    std::vector<std::string> environment{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                         "LANG=C.UTF-8"};
    environment.insert(environment.end(), command.environment.begin(), command.environment.end());
    const auto word_pointers = pointers(words), environment_pointers = pointers(environment);
    const bool changes = account && account->user != ::geteuid();
    const pid_t child = ::fork();
    if (child == 0) {
        become_program(command, changes ? account : std::nullopt, ends, word_pointers.data(),
                       environment_pointers.data());
    }
    if (child < 0) {
        return base::refuse(fmt::format("fork: {}", keys::error_text(errno)));
    }
    ::setpgid(child, child); // whoever of both is first
    replace_leader(0, child);
    return std::unique_ptr<Process>(new Process(child, command.log));
}

Process::~Process() {
    constexpr int patience = 50; // there is nothing that they have to keep
    for (int tries = 0; is_running(); ++tries) {
        if (tries == 0) {
            ask_to_end();
        } else if (tries == patience) {
            ::kill(-pid_, SIGKILL);
        }
        std::this_thread::sleep_for(20ms);
    }
}

void Process::ask_to_end() const {
    if (pid_ > 0) {
        ::kill(pid_, SIGTERM);
    }
}

void Process::kill_all() {
    for (const auto& leader : leaders) {
        if (const pid_t pid = leader.load(); pid > 0) {
            ::kill(-pid, SIGKILL);
        }
    }
}

// What it started is ended with it, before its number may be another's.
bool Process::is_running() {
    if (pid_ <= 0) {
        return false;
    }
    siginfo_t ended{};
    const int told = ::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT);
    if ((told == 0 && ended.si_pid == 0) || (told < 0 && errno == EINTR)) {
        return true;
    }
    replace_leader(pid_, 0);
    if (told == 0) {
        ::kill(-pid_, SIGKILL);
        Guardian::note_end(pid_);
        ::waitpid(pid_, nullptr, 0);
    }
    pid_ = 0;
    return false;
}

std::string Process::last_words() const {
    constexpr std::size_t most = std::size_t{64} * 1024 * 1024, shown = 300;
    const auto text = keys::OpenFile(log_, false).read(most).value_or(std::string());
    auto trimmed = base::trim_fws(text);
    trimmed.remove_prefix(trimmed.size() - std::min(trimmed.size(), shown));
    return trimmed.empty() ? "it said nothing" : base::one_line(trimmed, shown);
}

} // namespace milter::tool::compare
