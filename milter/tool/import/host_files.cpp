// Files of this host, each replaced whole.
#include "config/import/files.h"
#include "keys/file_bytes.h"
#include "milter/tool/import/host_hands.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace milter::tool::import {

namespace {

Done failed(const std::string& path) {
    return base::refuse(fmt::format("{}: {}", path, keys::error_text(errno)));
}

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const auto count = ::write(descriptor, text.data(), text.size());
        if (count < 0 && errno != EINTR) {
            return false;
        }
        text.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    return true;
}

std::string new_name(const std::string& path) {
    return path + ".paraph-new";
}

// A file system that is read only refuses what is not there, too.
bool is_missing(const std::string& path) {
    struct stat status{};
    return ::lstat(path.c_str(), &status) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

bool sync_directory(const std::string& path) {
    const auto directory = std::filesystem::path(path).parent_path();
    const keys::Descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return opened.get() >= 0 && ::fsync(opened.get()) == 0;
}

} // namespace

Told<FileState> HostHands::look(const std::string& path) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) {
        return errno == ENOENT || errno == ENOTDIR
                   ? Told<FileState>(FileState{})
                   : base::refuse(fmt::format("{}: {}", path, keys::error_text(errno)));
    }
    FileState state{true, {}, status.st_mode & 07777U, status.st_uid, status.st_gid};
    if (S_ISDIR(status.st_mode)) {
        return state;
    }
    auto bytes = keys::OpenFile(path, false).read(config::import::max_file_bytes);
    if (!bytes) {
        return base::refuse(fmt::format("{}: {}", path, bytes.error()));
    }
    state.bytes = std::move(*bytes);
    return state;
}

Done HostHands::put(const std::string& path, const FileState& state) {
    if (!state.there) {
        if (auto cleaned = clean_up(path); !cleaned) {
            return cleaned;
        }
        return is_missing(path) || ::unlink(path.c_str()) == 0 ? Done() : failed(path);
    }
    const auto fresh = new_name(path);
    if (auto cleaned = clean_up(path); !cleaned) {
        return cleaned;
    }
    keys::Descriptor file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    const bool is_written = file.get() >= 0 && write_all(file.get(), state.bytes) &&
                            ::fchown(file.get(), state.owner, state.group) == 0 &&
                            ::fchmod(file.get(), state.mode) == 0 && ::fsync(file.get()) == 0 && file.close();
    if (!is_written || std::rename(fresh.c_str(), path.c_str()) != 0 || !sync_directory(path)) {
        auto trouble = failed(path);
        ::unlink(fresh.c_str());
        return trouble;
    }
    return {};
}

Done HostHands::clean_up(const std::string& path) {
    const auto fresh = new_name(path);
    return is_missing(fresh) || ::unlink(fresh.c_str()) == 0 ? Done() : failed(fresh);
}

Done HostHands::make_directory(const DirectoryState& directory) {
    const char* path = directory.path.c_str();
    if (::mkdir(path, 0700) != 0 && errno != EEXIST) {
        return failed(directory.path);
    }
    const keys::Descriptor made(::open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    const bool is_done = made.get() >= 0 && ::fchown(made.get(), directory.owner, directory.group) == 0 &&
                         ::fchmod(made.get(), directory.mode) == 0;
    return is_done ? Done() : failed(directory.path);
}

Done HostHands::remove_directory(const std::string& path) {
    if (is_missing(path) || ::rmdir(path.c_str()) == 0) {
        return {};
    }
    if (errno == ENOTEMPTY || errno == EEXIST) {
        warn(fmt::format("{} stays: there are other files in it", path));
        return {};
    }
    return failed(path);
}

} // namespace milter::tool::import
