#include "keys/file_bytes.h"

#include "base/secret_text.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace keys {

namespace {

int open_for_reading(const std::string& path, bool follow_link, int& error) {
    const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (follow_link ? 0 : O_NOFOLLOW);
    const int number = ::open(path.c_str(), flags);
    error = number < 0 ? errno : 0;
    return number;
}

} // namespace

std::string error_text(int number) {
    return std::generic_category().message(number);
}

Descriptor::~Descriptor() {
    (void)close();
}

bool Descriptor::close() {
    const int number = number_;
    number_ = -1;
    return number < 0 || ::close(number) == 0;
}

OpenFile::OpenFile(const std::string& path, bool follow_link)
    : error_(0), descriptor_(open_for_reading(path, follow_link, error_)) {}

std::optional<struct stat> OpenFile::status() const {
    struct stat status{};
    const bool known = error_ == 0 && ::fstat(descriptor_.get(), &status) == 0;
    return known ? std::optional(status) : std::nullopt;
}

base::Result<std::string, std::string> OpenFile::read(std::size_t limit) const {
    const auto facts = status();
    if (!facts) {
        return base::refuse(error_text(error_));
    }
    if (!S_ISREG(facts->st_mode)) {
        return base::refuse(std::string("not a regular file"));
    }
    const auto size = static_cast<std::size_t>(std::max<off_t>(facts->st_size, 0));
    // One buffer, never moved: a key leaves no second copy behind in freed memory. The byte beyond shows that
    // there is more.
    std::string bytes(std::min(size, limit) + 1, '\0');
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const ssize_t count = ::read(descriptor_.get(), bytes.data() + filled, bytes.size() - filled);
        if (count < 0 && errno != EINTR) {
            return base::refuse(error_text(errno));
        }
        if (count == 0) {
            bytes.resize(filled);
            return bytes;
        }
        filled += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    }
    return base::refuse(size > limit ? fmt::format("larger than {} bytes", limit)
                                     : std::string("changed while it was read"));
}

std::string shown_path(const std::string& path) {
    return base::shown_path(path, [](const std::string& part) {
        struct stat status{};
        return ::lstat(part.c_str(), &status) == 0;
    });
}

} // namespace keys
