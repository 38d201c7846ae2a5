#include "milter/reports/new_file.h"

#include "keys/file_bytes.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace milter::reports {

namespace {

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

bool give_away(int file, const std::string& path) {
    struct stat directory{};
    return ::geteuid() != 0 || (::stat(directory_of(path).c_str(), &directory) == 0 &&
                                ::fchown(file, directory.st_uid, directory.st_gid) == 0);
}

} // namespace

// Under another name first: whoever reads the file finds all of it.
bool make_file(const std::string& path, std::string_view text) {
    const std::string draft = fmt::format("{}.{}", path, ::getpid());
    keys::Descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.get() < 0) {
        return false;
    }
    const bool written = ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                         give_away(file.get(), path) && ::fsync(file.get()) == 0;
    // Not over one that another run made meanwhile.
    const bool placed = written && (::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST);
    const int problem = errno;
    ::unlink(draft.c_str());
    errno = problem;
    return placed;
}

} // namespace milter::reports
