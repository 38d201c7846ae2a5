#include "milter/tool/rotation/daemon.h"

#include "milter/listener/control.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <system_error>

namespace milter::tool::rotation {

Reload Daemon::reload() {
    if (failure_) {
        return base::refuse(*failure_);
    }
    auto answer = ask();
    if (!answer) {
        failure_ = answer.error();
    }
    return answer;
}

Reload Daemon::ask() const {
    constexpr std::chrono::minutes patience{5};
    const auto lines = listener::ask_daemon(control_, listener::reload_request, patience);
    if (!lines) {
        return base::refuse(fmt::format("the daemon cannot be told what to sign with: {}", lines.error()));
    }
    auto answer = read_reload_answer(*lines);
    std::error_code error;
    if (answer.taken && !std::filesystem::equivalent(answer.source, config_file_, error)) {
        return base::refuse(
            fmt::format("the daemon at {} has read {}, not {}", control_, answer.source, config_file_));
    }
    if (!answer.taken) {
        return base::refuse(fmt::format("the daemon refuses its configuration{}",
                                        answer.problems.empty() ? "" : ": " + answer.problems.front()));
    }
    return answer;
}

} // namespace milter::tool::rotation
