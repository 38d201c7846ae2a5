#include "keys/source/file_lock.h"

#include "keys/file_bytes.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

namespace keys::source {

FileLock::FileLock(const std::string& path, Time deadline)
    : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {
    if (descriptor_ < 0) {
        problem_ = error_text(errno);
        return;
    }
    struct stat status{};
    if (::fstat(descriptor_, &status) != 0 ||
        !S_ISREG(status.st_mode)) { // a pipe is opened when somebody writes
        problem_ = "not a regular file";
        return;
    }
    constexpr std::chrono::milliseconds pause{5};
    while (::flock(descriptor_, LOCK_SH | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            problem_ = error_text(errno);
            return;
        }
        if (std::chrono::steady_clock::now() >= deadline) {
            problem_ = "it is locked by another program";
            return;
        }
        std::this_thread::sleep_for(pause);
    }
}

FileLock::~FileLock() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

} // namespace keys::source
