#include "keys/key_directory.h"

#include "keys/file_bytes.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace keys {

namespace {

constexpr mode_t mode_above = 0755;
constexpr mode_t mode_of_owner = 0700;
constexpr mode_t mode_with_group = 0750;

base::Result<void, std::string> failed(const std::string& path) {
    return base::refuse(fmt::format("{}: {}", shown_path(path), error_text(errno)));
}

// Whatever the umask says.
base::Result<void, std::string> make_one(const std::string& path, mode_t mode, std::optional<gid_t> group) {
    constexpr auto same_owner = static_cast<uid_t>(-1);
    if (::mkdir(path.c_str(), mode_of_owner) != 0) {
        const int reason = errno;
        struct stat status{};
        const bool is_directory = ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
        errno = reason == EEXIST && !is_directory ? ENOTDIR : reason;
        return is_directory ? base::Result<void, std::string>() : failed(path);
    }
    const Descriptor made(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    const bool owned = made.get() >= 0 && (!group || ::fchown(made.get(), same_owner, *group) == 0);
    if (!owned || ::fchmod(made.get(), mode) != 0) {
        return failed(path);
    }
    return {};
}

} // namespace

base::Result<void, std::string> make_key_directory(const std::string& path, std::optional<gid_t> group) {
    const std::filesystem::path whole(path);
    std::filesystem::path so_far;
    for (auto part = whole.begin(); part != whole.end(); ++part) {
        so_far /= *part;
        const bool last = std::next(part) == whole.end() || (std::next(part)->empty());
        if (part->empty()) {
            break;
        }
        const mode_t mode = !last ? mode_above : group ? mode_with_group : mode_of_owner;
        auto made = make_one(so_far.string(), mode, last ? group : std::nullopt);
        if (!made) {
            return made;
        }
    }
    return {};
}

} // namespace keys
