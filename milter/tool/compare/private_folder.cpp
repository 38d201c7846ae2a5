#include "milter/tool/compare/private_folder.h"

#include "keys/file_bytes.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace milter::tool::compare {

namespace {

std::string place_for_it() {
    const char* named = std::getenv("TMPDIR"); // NOLINT(concurrency-mt-unsafe): one thread
    if (::geteuid() == 0 && ::access("/run", W_OK) == 0) {
        return "/run";
    }
    return named != nullptr && *named == '/' ? named : "/tmp";
}

} // namespace

base::Result<PrivateFolder, std::string> PrivateFolder::make() {
    // No letters at random: in an argument they look like a key that was pasted there, and are refused.
    constexpr int most = 1000;
    const std::string place = place_for_it();
    std::string path;
    int made_it = -1;
    for (int number = 1; number <= most && made_it != 0; ++number) {
        path = fmt::format("{}/paraph-compare-{}-{}", place, ::getpid(), number);
        made_it = ::mkdir(path.c_str(), 0700); // whatever has the name already is somebody else's
        if (made_it != 0 && errno != EEXIST) {
            break;
        }
    }
    if (made_it != 0) {
        return base::refuse(fmt::format("{}: {}", path, keys::error_text(errno)));
    }
    PrivateFolder made(path);
    if (::geteuid() == 0 && ::chmod(path.c_str(), 0711) != 0) {
        return base::refuse(fmt::format("{}: {}", path, keys::error_text(errno)));
    }
    return made;
}

PrivateFolder::~PrivateFolder() {
    std::error_code error;
    if (!path_.empty()) {
        std::filesystem::remove_all(path_, error);
    }
}

base::Result<std::string, std::string>
PrivateFolder::make_room(const std::string& name, const std::optional<keys::Account>& owner) const {
    const std::string path = fmt::format("{}/{}", path_, name);
    if (::mkdir(path.c_str(), 0700) != 0 || ::chmod(path.c_str(), 0700) != 0 ||
        (owner && ::chown(path.c_str(), owner->user, owner->group) != 0)) {
        return base::refuse(fmt::format("{}: {}", path, keys::error_text(errno)));
    }
    return path;
}

} // namespace milter::tool::compare
