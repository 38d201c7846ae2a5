#include "milter/tool/reports/token_key.h"

#include "keys/file_bytes.h"
#include "milter/tool/secret_file.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <string.h> // explicit_bzero
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace milter::tool::reports {

namespace {

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

// Where root makes it, it belongs to whom the directory belongs: the daemon's user reads bounces.
bool give_away(int file, const std::string& path) {
    struct stat directory{};
    return ::geteuid() != 0 || (::stat(directory_of(path).c_str(), &directory) == 0 &&
                                ::fchown(file, directory.st_uid, directory.st_gid) == 0);
}

// Under another name first: whoever reads the file finds all of it. False, with errno: it could not be made.
bool make(const std::string& path) {
    const std::string draft = fmt::format("{}.{}", path, ::getpid());
    keys::Descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.get() < 0) {
        return false;
    }
    const auto text = crypto::MacKey::generate().print() + "\n";
    const bool written = ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                         give_away(file.get(), path) && ::fsync(file.get()) == 0;
    // Not over one that another run made meanwhile.
    const bool placed = written && (::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST);
    const int problem = errno;
    ::unlink(draft.c_str());
    errno = problem;
    return placed;
}

} // namespace

Result<crypto::MacKey> read_token_key(const std::string& path) {
    auto text = read_secret_file(path);
    if (!text) {
        return tl::make_unexpected(text.error());
    }
    auto key = crypto::MacKey::read(*text);
    ::explicit_bzero(text->data(), text->size());
    return key ? Result<crypto::MacKey>(*key)
               : fail(ExitCode::config, fmt::format("{}: this is no key: 32 octets in base64", path));
}

Result<crypto::MacKey> token_key(const std::string& path) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0 && errno == ENOENT && !make(path)) {
        return fail(ExitCode::cannot_write, fmt::format("{}: {}", path, keys::error_text(errno)));
    }
    return read_token_key(path);
}

} // namespace milter::tool::reports
