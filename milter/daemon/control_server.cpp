#include "milter/daemon/control_server.h"

#include "base/ascii.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <stop_token>
#include <string_view>
#include <utility>
#include <vector>

namespace milter::daemon {

namespace {

constexpr std::chrono::seconds patience{5}; // of a client who says or reads nothing

void append(std::string& answer, std::string_view kind, const std::vector<std::string>& lines) {
    constexpr std::size_t longest_line = 4096;
    for (const std::string& line : lines) {
        answer += fmt::format("{}{}\n", kind, base::one_line(line, longest_line));
    }
}

std::string print(const Reloader::Outcome& outcome) {
    std::string answer;
    append(answer, listener::error_line, outcome.problems);
    append(answer, listener::fault_line, outcome.faults);
    append(answer, listener::warning_line, outcome.warnings);
    append(answer, outcome.taken ? listener::reloaded_line : listener::refused_line, {outcome.source});
    return answer;
}

void limit_sending(int connection) {
    const timeval limit{patience.count(), 0};
    static_cast<void>(setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
}

} // namespace

ControlServer::ControlServer(listener::OwnedDescriptor socket, std::string path, Reloader& reloader)
    : socket_(std::move(socket)), path_(std::move(path)), reloader_(reloader),
      thread_([this](const std::stop_token& stop) { serve(stop); }) {}

ControlServer::~ControlServer() {
    ::unlink(path_.c_str());
}

void ControlServer::serve(const std::stop_token& stop) {
    const std::stop_callback wake(stop, [this] { ::shutdown(socket_.get(), SHUT_RDWR); });
    while (!stop.stop_requested()) {
        const listener::OwnedDescriptor connection(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (connection.get() >= 0) {
            answer(connection.get());
        } else if (!stop.stop_requested()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(100)); // out of descriptors
        }
    }
}

void ControlServer::answer(int connection) {
    limit_sending(connection);
    if (!listener::may_control(connection)) {
        return;
    }
    if (listener::read_line(connection, patience) == listener::reload_request) {
        static_cast<void>(listener::send_text(connection, print(reloader_.reload())));
    }
}

} // namespace milter::daemon
