#include "milter/tool/compare/private_folder.h"

#include "keys/file_bytes.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
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
#include <utility>

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

// "paraph-compare-123-1"
bool is_name(const std::string& name) {
    pid_t owner = 0;
    return name.starts_with(mark) &&
           std::from_chars(name.data() + mark.size(), name.data() + name.size(), owner).ec == std::errc();
}

// As long as its process lives it is locked. A number says less: it is of a name space, and is used again.
std::unique_ptr<keys::Descriptor> lock(const std::string& path) {
    auto folder = std::make_unique<keys::Descriptor>(
        ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status{};
    const bool is_ours = folder->get() >= 0 && ::fstat(folder->get(), &status) == 0 &&
                         status.st_uid == ::geteuid() && ::flock(folder->get(), LOCK_EX | LOCK_NB) == 0;
    return is_ours ? std::move(folder) : nullptr;
}

} // namespace

std::vector<std::string> PrivateFolder::remove_left() {
    std::vector<std::string> removed;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(place_for_it(), error), end; !error && entry != end;
         entry.increment(error)) {
        if (is_name(entry->path().filename().string())) {
            removed.push_back(entry->path().string());
        }
    }
    std::erase_if(removed, [](const std::string& path) {
        const auto locked = lock(path);
        if (locked) {
            remove(path);
        }
        return !locked;
    });
    return removed;
}

base::Result<PrivateFolder, std::string> PrivateFolder::make() {
    // No letters at random: in an argument they look like a key that was pasted there, and are refused.
    constexpr int most = 1000;
    const std::string place = place_for_it();
    std::string path;
    std::unique_ptr<keys::Descriptor> locked;
    int error = EEXIST;
    for (int number = 1; number <= most && error == EEXIST && !locked; ++number) {
        path = fmt::format("{}/{}{}-{}", place, mark, ::getpid(), number);
        if (::mkdir(path.c_str(), 0700) == 0) { // whatever has the name already is somebody else's
            locked = lock(path);                // or nobody's, to whoever is clearing away
        } else {
            error = errno;
        }
    }
    if (!locked) {
        return base::refuse(fmt::format("{}: {}", path, keys::error_text(error)));
    }
    PrivateFolder made(path, std::move(locked));
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
