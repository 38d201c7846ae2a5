#include "milter/tool/reports/progress_line.h"

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace milter::tool::reports {

std::string progress_bar(std::int64_t done, std::int64_t total, std::string_view more, std::size_t columns) {
    const auto shown = std::clamp<std::int64_t>(done, 0, std::max<std::int64_t>(total, 0));
    const auto text = fmt::format(" {} of {}, {}", shown, std::max<std::int64_t>(total, 0), more);
    constexpr std::size_t widest = 40;
    constexpr std::size_t narrowest = 5;
    const std::size_t frame = text.size() + 2;
    if (columns < frame + narrowest) {
        return text.substr(1, columns);
    }
    const auto width = std::min(widest, columns - frame);
    const auto full = total <= 0 ? 0.0 : static_cast<double>(shown) / static_cast<double>(total);
    const auto filled = static_cast<std::size_t>(full * static_cast<double>(width));
    return '[' + std::string(filled, '#') + std::string(width - filled, '-') + ']' + text;
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

} // namespace milter::tool::reports
