#include "milter/tool/reports/run_lock.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace milter::tool::reports {

Result<std::unique_ptr<keys::Descriptor>> lock_run(const std::string& store) {
    const std::string path = store + ".send";
    auto file = std::make_unique<keys::Descriptor>(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file->get() < 0) {
        return fail(ExitCode::cannot_write, fmt::format("{}: {}", path, keys::error_text(errno)));
    }
    struct stat owner{};
    if (::geteuid() == 0 && ::stat(store.c_str(), &owner) == 0 &&
        ::fchown(file->get(), owner.st_uid, owner.st_gid) != 0) {
        return fail(ExitCode::cannot_write, fmt::format("{}: {}", path, keys::error_text(errno)));
    }
    if (::flock(file->get(), LOCK_EX | LOCK_NB) != 0) {
        return fail(ExitCode::temporary, "another paraph report send is at work");
    }
    return file;
}

} // namespace milter::tool::reports
