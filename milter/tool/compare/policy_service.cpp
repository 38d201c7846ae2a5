#include "milter/tool/compare/policy_service.h"

#include "milter/tool/import/host_hands.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace milter::tool::compare {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t longest_value = 2048;

std::string text_of(const PolicyService::Request& request) {
    std::string text;
    for (const auto& [name, value] : request) {
        std::string line = value;
        line.resize(std::min(line.size(), longest_value));
        std::erase_if(line, [](char c) { return c == '\n' || c == '\r' || c == '\0'; });
        text += fmt::format("{}={}\n", name, line);
    }
    return text + "\n";
}

} // namespace

base::Result<std::unique_ptr<PolicyService>, std::string> PolicyService::start(Command command) {
    std::unique_ptr<PolicyService> made(new PolicyService(std::move(command)));
    if (auto launched = made->launch(); !launched) {
        return base::refuse(launched.error());
    }
    return made;
}

base::Result<void, std::string> PolicyService::launch() {
    std::array<int, 2> questions{}, answers{};
    if (::pipe2(questions.data(), O_CLOEXEC) != 0) {
        return base::refuse(keys::error_text(errno));
    }
    const keys::Descriptor input(questions[0]);
    auto to = std::make_unique<keys::Descriptor>(questions[1]);
    if (::pipe2(answers.data(), O_CLOEXEC) != 0) {
        return base::refuse(keys::error_text(errno));
    }
    const keys::Descriptor output(answers[1]);
    auto from = std::make_unique<keys::Descriptor>(answers[0]);
    command_.input = input.get();
    command_.output = output.get();
    auto process = Process::start(command_);
    if (!process) {
        return base::refuse(process.error());
    }
    to_ = std::move(to);
    from_ = std::move(from);
    process_ = std::move(*process);
    return {};
}

void PolicyService::give_up() {
    to_.reset();
    from_.reset();
    process_.reset();
}

base::Result<std::string, std::string> PolicyService::ask(const Request& request,
                                                          std::chrono::milliseconds patience) {
    if (!process_) {
        if (auto launched = launch(); !launched) {
            return base::refuse(launched.error());
        }
    }
    const std::string text = text_of(request); // less than a pipe holds
    auto told =
        ::write(to_->get(), text.data(), text.size()) == static_cast<ssize_t>(text.size())
            ? read_answer(Clock::now() + patience)
            : base::Result<std::string, std::string>(base::refuse("it ended: " + process_->last_words()));
    if (!told) {
        give_up();
    }
    return told;
}

base::Result<std::string, std::string> PolicyService::read_answer(Clock::time_point end) {
    constexpr std::size_t longest = std::size_t{64} * 1024;
    constexpr std::string_view sign = "action=";
    std::string text;
    while (text.find("\n\n") == std::string::npos && text.size() < longest) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
        pollfd readable{from_->get(), POLLIN, 0};
        if (left <= 0 || import::is_stop_wanted()) {
            return base::refuse(std::string("no answer in time"));
        }
        if (::poll(&readable, 1, static_cast<int>(left)) <= 0) { // in time, or a signal
            continue;
        }
        std::array<char, 4096> chunk{};
        const auto count = ::read(from_->get(), chunk.data(), chunk.size());
        if (count <= 0) {
            return base::refuse("it ended: " + process_->last_words());
        }
        text.append(chunk.data(), static_cast<std::size_t>(count));
    }
    const auto at = text.find(sign);
    const auto from = at == std::string::npos ? text.size() : at + sign.size();
    return text.substr(from, text.find("\n\n") - from);
}

} // namespace milter::tool::compare
