#include "keys/source/watched_file.h"

#include <sys/stat.h>

namespace keys::source {

namespace {

std::uint64_t mix(std::uint64_t sum, std::uint64_t value) {
    constexpr std::uint64_t odd = 0x9E3779B97F4A7C15U; // spreads every bit of a value
    return (sum ^ (value + odd + (sum << 6U) + (sum >> 2U))) * odd;
}

std::uint64_t stamp_of(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) {
        return 0;
    }
    std::uint64_t sum = mix(status.st_dev, status.st_ino);
    sum = mix(sum, static_cast<std::uint64_t>(status.st_size));
    for (const timespec& time : {status.st_mtim, status.st_ctim}) {
        sum =
            mix(mix(sum, static_cast<std::uint64_t>(time.tv_sec)), static_cast<std::uint64_t>(time.tv_nsec));
    }
    return sum;
}

} // namespace

std::uint64_t edition_of(const std::string& path) {
    return mix(stamp_of(path), stamp_of(path + "-wal"));
}

std::uint64_t WatchedFile::edition() const {
    constexpr std::chrono::steady_clock::duration moment = std::chrono::milliseconds(20);
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    if (now - looked_.load() >= moment.count()) {
        edition_ = edition_of(path_);
        looked_ = now;
    }
    return edition_;
}

} // namespace keys::source
