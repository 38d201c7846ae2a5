#include "milter/tool/progress_line.h"

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>

namespace milter::tool {

namespace {

std::string bar(double full, std::size_t width) {
    const auto filled = static_cast<std::size_t>(full * static_cast<double>(width));
    return '[' + std::string(filled, '#') + std::string(width - filled, '-') + ']';
}

std::size_t columns_of_stderr() {
    if (::isatty(STDERR_FILENO) != 1) {
        return 0;
    }
    winsize size{};
    constexpr std::size_t usual = 80;
    const bool is_known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? size.ws_col : usual;
}

} // namespace

std::string progress_bar(std::int64_t done, std::int64_t total, std::string_view more, std::size_t columns) {
    if (total <= 0) {
        return fmt::format("{}{}", done, more).substr(0, columns);
    }
    const auto shown = std::clamp<std::int64_t>(done, 0, total);
    const auto text = fmt::format(" {} of {}{}", shown, total, more);
    constexpr std::size_t widest = 40;
    constexpr std::size_t narrowest = 5;
    const std::size_t frame = text.size() + 2;
    if (columns < frame + narrowest) {
        return text.substr(1, columns);
    }
    return bar(static_cast<double>(shown) / static_cast<double>(total), std::min(widest, columns - frame)) +
           text;
}

// What tests and other programs give is no terminal.
ProgressLine::ProgressLine(const Console& console)
    : ProgressLine(console.err, &console.err == &std::cerr ? columns_of_stderr() : 0) {}

// The last column stays free: what is written there may begin a new line.
void ProgressLine::show(std::int64_t done, std::int64_t total, std::string_view more) {
    if (columns_ == 0) {
        return;
    }
    auto line = progress_bar(done, total, more, columns_ - 1);
    if (line == last_) {
        return;
    }
    const auto rest = last_.size() > line.size() ? last_.size() - line.size() : 0;
    out_ << '\r' << line << std::string(rest, ' ') << std::flush;
    last_ = std::move(line);
}

void ProgressLine::clear() {
    if (!last_.empty()) {
        out_ << '\r' << std::string(last_.size(), ' ') << '\r' << std::flush;
        last_.clear();
    }
}

} // namespace milter::tool
