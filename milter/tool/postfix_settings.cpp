#include "milter/tool/postfix_settings.h"

#include "base/ascii.h"
#include "milter/tool/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>

namespace milter::tool {

namespace {

class SpawnActions {
  public:
    explicit SpawnActions(int output) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
        // It warns of unknown names there, which is answer enough on its standard output.
        posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    }
    SpawnActions(const SpawnActions&) = delete;
    SpawnActions& operator=(const SpawnActions&) = delete;
    ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }

    [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_{};
};

// Programs for administrators are not in every user's PATH.
int spawn(pid_t& child, const SpawnActions& actions, const std::vector<char*>& arguments) {
    const int error = posix_spawnp(&child, "postconf", actions.get(), nullptr, arguments.data(), environ);
    return error == ENOENT
               ? posix_spawn(&child, "/usr/sbin/postconf", actions.get(), nullptr, arguments.data(), environ)
               : error;
}

struct Output {
    std::string text;
    bool succeeded = false;
};

Result<Output> postconf(std::vector<std::string> words) {
    words.insert(words.begin(), "postconf");
    std::vector<char*> arguments;
    for (auto& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        return fail(ExitCode::internal, "pipe: " + std::generic_category().message(errno));
    }
    pid_t child = 0;
    const int error = spawn(child, SpawnActions(ends[1]), arguments);
    close(ends[1]);
    Output output{error == 0 ? read_to_end(ends[0]) : std::string()};
    close(ends[0]);
    if (error != 0) {
        return fail(ExitCode::unavailable, fmt::format("--postfix: postconf cannot be run: {}",
                                                       std::generic_category().message(error)));
    }
    int status = 0;
    waitpid(child, &status, 0);
    output.succeeded = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return output;
}

std::string trimmed(const std::string& text) {
    return std::string(base::trim_fws(text));
}

// Of a value that names others, the text that they make (since Postfix 2.10).
Result<std::string> main_value(const std::string& name) {
    auto plain = postconf({"-h", name});
    if (!plain) {
        return tl::make_unexpected(plain.error());
    }
    if (!plain->succeeded) {
        return fail(ExitCode::unavailable, "--postfix: postconf fails; see what `postconf -n` says");
    }
    if (plain->text.find('$') != std::string::npos) {
        const auto expanded = postconf({"-x", "-h", name});
        if (expanded && expanded->succeeded) {
            return trimmed(expanded->text);
        }
    }
    return trimmed(plain->text);
}

// "smtp/inet/smtpd_milters = inet:localhost:8891"
std::optional<PostfixSettings::Override> parse_override(const std::string& line) {
    const auto sign = line.find('=');
    const auto path = std::string(base::trim_wsp(std::string_view(line).substr(0, sign)));
    const auto slash = path.rfind('/');
    if (sign == std::string::npos || slash == std::string::npos) {
        return std::nullopt;
    }
    return PostfixSettings::Override{path.substr(0, slash), path.substr(slash + 1),
                                     trimmed(line.substr(sign + 1))};
}

std::vector<PostfixSettings::Override> read_overrides(const std::vector<std::string>& names) {
    std::vector<PostfixSettings::Override> overrides;
    const auto output = postconf({"-P"}); // unknown before Postfix 2.11
    if (!output || !output->succeeded) {
        return overrides;
    }
    for (const auto line : base::split(output->text, '\n')) {
        auto one = parse_override(std::string(line));
        if (one && std::find(names.begin(), names.end(), one->name) != names.end()) {
            overrides.push_back(std::move(*one));
        }
    }
    return overrides;
}

} // namespace

std::string PostfixSettings::of(const std::string& name) const {
    const auto found = main.find(name);
    return found == main.end() ? std::string() : found->second;
}

Result<PostfixSettings> read_postfix_settings(const std::vector<std::string>& names) {
    PostfixSettings settings;
    for (const auto& name : names) {
        auto value = main_value(name);
        if (!value) {
            return tl::make_unexpected(value.error());
        }
        settings.main[name] = std::move(*value);
    }
    settings.overrides = read_overrides(names);
    return settings;
}

} // namespace milter::tool
