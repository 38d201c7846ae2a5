#include "milter/tool/compare/private_folder.h"

#include "keys/file_bytes.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <thread>

namespace milter::tool::compare {

namespace {

std::string place_for_it() {
    const char* named = std::getenv("TMPDIR"); // NOLINT(concurrency-mt-unsafe): one thread
    if (::geteuid() == 0 && ::access("/run", W_OK) == 0) {
        return "/run";
    }
    return named != nullptr && *named == '/' ? named : "/tmp";
}

constexpr std::string_view mark = "paraph-compare-";

// "paraph-compare-123-1" of a process that is gone.
bool is_left(const std::string& name) {
    pid_t owner = 0;
    if (!name.starts_with(mark)) {
        return false;
    }
    const auto read = std::from_chars(name.data() + mark.size(), name.data() + name.size(), owner);
    return read.ec == std::errc() && owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH;
}

} // namespace

std::vector<std::string> PrivateFolder::remove_left() {
    std::vector<std::string> removed;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(place_for_it(), error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string path = entry->path().string();
        struct stat status{};
        if (is_left(entry->path().filename().string()) && ::lstat(path.c_str(), &status) == 0 &&
            S_ISDIR(status.st_mode) && status.st_uid == ::geteuid()) {
            removed.push_back(path);
        }
    }
    for (const auto& path : removed) {
        std::filesystem::remove_all(path, error);
    }
    return removed;
}

base::Result<PrivateFolder, std::string> PrivateFolder::make() {
    // No letters at random: in an argument they look like a key that was pasted there, and are refused.
    constexpr int most = 1000;
    const std::string place = place_for_it();
    std::string path;
    int made_it = -1;
    for (int number = 1; number <= most && made_it != 0; ++number) {
        path = fmt::format("{}/{}{}-{}", place, mark, ::getpid(), number);
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
    if (!path_.empty()) {
        remove(path_);
    }
}

void PrivateFolder::remove(const std::string& path) {
    constexpr int most = 50;
    std::error_code error;
    for (int tries = 0; tries < most; ++tries) {
        std::filesystem::remove_all(path, error);
        if (!error) {
            return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20)); // who was killed may not be gone yet
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

base::Result<void, std::string> PrivateFolder::hand_over(const std::string& room,
                                                         const keys::Account& owner) {
    return ::chown(room.c_str(), owner.user, owner.group) == 0
               ? base::Result<void, std::string>()
               : base::refuse(fmt::format("{}: {}", room, keys::error_text(errno)));
}

} // namespace milter::tool::compare
