#include "milter/daemon/file_state.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <functional>

namespace milter::daemon {

namespace {

constexpr std::int64_t nanoseconds = 1'000'000'000;

std::int64_t time_of(const timespec& time) {
    return time.tv_sec * nanoseconds + time.tv_nsec;
}

} // namespace

std::int64_t time_now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

void FileState::mix(std::uint64_t number) {
    // FNV-1a, eight octets at a time, with the upper half folded back.
    value_ = (value_ ^ number) * 1'099'511'628'211U;
    value_ ^= value_ >> 32U;
}

void FileState::add(const std::string& path) {
    mix(std::hash<std::string>()(path));
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) {
        mix(static_cast<std::uint64_t>(errno));
        return;
    }
    // Of two times the second one tells even where a program sets the first: it is the kernel's.
    mix(status.st_dev);
    mix(status.st_ino);
    mix(static_cast<std::uint64_t>(status.st_size));
    mix(static_cast<std::uint64_t>(time_of(status.st_mtim)));
    mix(static_cast<std::uint64_t>(time_of(status.st_ctim)));
    last_change_ = std::max({last_change_, time_of(status.st_mtim), time_of(status.st_ctim)});
}

} // namespace milter::daemon
