#include "keys/source/memory_copy.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace keys::source {

namespace {

// All of it, or why not.
std::string write_all(int to, const char* bytes, std::size_t size) {
    while (size > 0) {
        const ssize_t written = ::write(to, bytes, size);
        if (written < 0 && errno != EINTR) {
            return error_text(errno);
        }
        const auto count = static_cast<std::size_t>(std::max<ssize_t>(written, 0));
        bytes += count;
        size -= count;
    }
    return {};
}

} // namespace

MemoryCopy::MemoryCopy(const std::string& path, std::size_t limit)
    : memory_(::memfd_create("paraph-table", MFD_CLOEXEC)) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    problem_ = file.get() < 0 || memory_.get() < 0 ? error_text(errno) : copy(file.get(), limit);
}

std::string MemoryCopy::copy(int from, std::size_t limit) {
    constexpr std::size_t chunk = std::size_t{1024} * 1024;
    std::vector<char> buffer(chunk);
    while (true) {
        const ssize_t count = ::read(from, buffer.data(), buffer.size());
        if (count == 0) {
            return {};
        }
        if (count < 0) {
            if (errno == EINTR) {
                continue;
            }
            return error_text(errno);
        }
        size_ += static_cast<std::size_t>(count);
        if (size_ > limit) {
            return fmt::format("larger than {} MiB", limit / 1024 / 1024);
        }
        if (std::string problem = write_all(memory_.get(), buffer.data(), static_cast<std::size_t>(count));
            !problem.empty()) {
            return problem;
        }
    }
}

std::string MemoryCopy::path() const {
    return fmt::format("/proc/self/fd/{}", memory_.get());
}

bool MemoryCopy::extend(std::size_t size) const {
    return size <= size_ || ::ftruncate(memory_.get(), static_cast<off_t>(size)) == 0;
}

} // namespace keys::source
