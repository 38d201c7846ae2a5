#include "milter/tool/import/backup.h"

#include "config/import/files.h"
#include "keys/ownership.h"
#include "milter/tool/rotation/files.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace milter::tool::import {

namespace {

std::string failed(const std::string& path) {
    return fmt::format("{}: {}", path, keys::error_text(errno));
}

// And nobody can put another directory in its place.
Done make_safe_directory(const std::filesystem::path& path, mode_t mode) {
    if (path.has_relative_path()) {
        if (auto above = make_safe_directory(path.parent_path(), 0755); !above) {
            return above;
        }
    }
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) {
        return base::refuse(failed(path.string()));
    }
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) {
        return base::refuse(failed(path.string()));
    }
    const bool is_sticky = (status.st_mode & S_ISVTX) != 0;
    const bool is_ours = status.st_uid == 0 || status.st_uid == ::geteuid();
    if (!S_ISDIR(status.st_mode) || !is_ours || (!is_sticky && (status.st_mode & 0022U) != 0)) {
        return base::refuse(
            fmt::format("{} belongs to {} (mode {:04o}): what lies there may be put into main.cf as "
                        "root, so that it must be a directory that only root can change",
                        path.string(), keys::user_name(status.st_uid), status.st_mode & 07777U));
    }
    return {};
}

bool has_journal(const std::filesystem::path& directory) {
    return ::access((directory / "journal.json").c_str(), F_OK) == 0;
}

} // namespace

Done Backups::lock() {
    if (auto made = make_safe_directory(root_, 0700); !made) {
        return made;
    }
    const std::string path = root_ + "/lock";
    auto opened = std::make_unique<keys::Descriptor>(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (opened->get() < 0) {
        return base::refuse(failed(path));
    }
    if (::flock(opened->get(), LOCK_EX | LOCK_NB) != 0) {
        return base::refuse(errno == EWOULDBLOCK ? std::string("another `paraph import` is at work")
                                                 : failed(path));
    }
    lock_ = std::move(opened);
    return {};
}

std::string Backups::latest() const {
    std::string last;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(root_, error), end; !error && entry != end;
         entry.increment(error)) {
        if (has_journal(entry->path())) {
            last = std::max(last, entry->path().string());
        }
    }
    return last;
}

// Names sort as they were made, also within one second.
Told<std::string> Backups::create(const std::string& time) const {
    constexpr int most = 100;
    for (int number = 0; number < most; ++number) {
        auto path = fmt::format("{}/{}.{:02}", root_, time, number);
        if (::mkdir(path.c_str(), 0700) == 0) {
            return path;
        }
        if (errno != EEXIST) {
            return base::refuse(failed(path));
        }
    }
    return base::refuse(fmt::format("{}/{}: exists", root_, time));
}

Done Backup::keep(const std::string& name, const std::string& bytes) const {
    return rotation::replace_file(fmt::format("{}/{}", directory_, name), bytes, std::nullopt, false);
}

Told<std::string> Backup::kept(const std::string& name) const {
    const auto path = fmt::format("{}/{}", directory_, name);
    auto bytes = keys::OpenFile(path, false).read(config::import::max_file_bytes);
    return bytes ? Told<std::string>(std::move(*bytes))
                 : base::refuse(fmt::format("{}: {}", path, bytes.error()));
}

} // namespace milter::tool::import
