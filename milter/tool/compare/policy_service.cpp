#include "milter/tool/compare/policy_service.h"

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

std::string text_of(const PolicyService::Request& request) {
    std::string text;
    for (const auto& [name, value] : request) {
        std::string line = value;
        std::erase_if(line, [](char c) { return c == '\n' || c == '\r' || c == '\0'; });
        text += fmt::format("{}={}\n", name, line);
    }
    return text + "\n";
}

} // namespace

base::Result<std::unique_ptr<PolicyService>, std::string> PolicyService::start(Command command) {
    std::array<int, 2> questions{}, answers{};
    if (::pipe2(questions.data(), O_CLOEXEC) != 0) {
        return base::refuse(keys::error_text(errno));
    }
    const keys::Descriptor input(questions[0]);
    if (::pipe2(answers.data(), O_CLOEXEC) != 0) {
        const auto problem = keys::error_text(errno);
        ::close(questions[1]);
        return base::refuse(problem);
    }
    const keys::Descriptor output(answers[1]);
    command.input = input.get();
    command.output = output.get();
    auto process = Process::start(command);
    if (!process) {
        ::close(questions[1]);
        ::close(answers[0]);
        return base::refuse(process.error());
    }
    return std::unique_ptr<PolicyService>(new PolicyService(std::move(*process), questions[1], answers[0]));
}

base::Result<std::string, std::string> PolicyService::ask(const Request& request,
                                                          std::chrono::milliseconds patience) {
    const std::string text = text_of(request); // less than a pipe holds, or the program reads it
    if (::write(to_.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        return base::refuse("it ended: " + process_->last_words());
    }
    return read_answer(Clock::now() + patience);
}

base::Result<std::string, std::string> PolicyService::read_answer(Clock::time_point end) {
    constexpr std::size_t longest = std::size_t{64} * 1024;
    constexpr std::string_view sign = "action=";
    std::string text;
    while (text.find("\n\n") == std::string::npos && text.size() < longest) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
        pollfd readable{from_.get(), POLLIN, 0};
        if (left <= 0 || ::poll(&readable, 1, static_cast<int>(left)) == 0) {
            return base::refuse(std::string("no answer in time"));
        }
        std::array<char, 4096> chunk{};
        const auto count = ::read(from_.get(), chunk.data(), chunk.size());
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
