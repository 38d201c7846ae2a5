#include "milter/reports/history_file.h"

#include "config/load_source.h"
#include "keys/file_bytes.h"
#include "keys/file_safety.h"
#include "keys/ownership.h"
#include "milter/reports/history_records.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>

namespace milter::reports {

namespace {

constexpr mode_t mode = 0640;
constexpr std::size_t longest_record = std::size_t{256} * 1024; // more than a hundred signatures take
constexpr std::chrono::milliseconds patience{1000};             // with who has it locked
constexpr std::chrono::milliseconds pause{20};
constexpr int most_moves = 10; // of the file, between its opening and its lock

using Opened = std::unique_ptr<keys::Descriptor>;

std::string failure(const std::string& path, int error) {
    return fmt::format("{}: {}", keys::shown_path(path), keys::error_text(error));
}

// Neither a link is followed, nor a FIFO waited for.
int open_as(const std::string& path, int more) {
    return ::open(path.c_str(), O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | more,
                  mode);
}

base::Result<Opened, std::string> open_or_make(const std::string& path) {
    for (int tries = 0; tries < most_moves; ++tries) {
        auto file = std::make_unique<keys::Descriptor>(open_as(path, 0));
        if (file->get() < 0 && errno == ENOENT) {
            file = std::make_unique<keys::Descriptor>(open_as(path, O_CREAT | O_EXCL));
            if (file->get() < 0 && errno == EEXIST) {
                continue;
            }
            if (file->get() >= 0) {
                static_cast<void>(::fchmod(file->get(), mode)); // whatever the umask is
            }
        }
        if (file->get() >= 0) {
            return file;
        }
        if (errno == ELOOP) {
            return base::refuse(fmt::format("{} is a symbolic link", keys::shown_path(path)));
        }
        return base::refuse(failure(path, errno));
    }
    return base::refuse(fmt::format("{} comes and goes", keys::shown_path(path)));
}

// What somebody else may have put there to have us write to a file of his choice.
std::string wrong_file(const std::string& path, const struct stat& status, const keys::Reader& reader) {
    const auto refuse = [&](std::string_view why) {
        return fmt::format("{} {}", keys::shown_path(path), why);
    };
    if (!S_ISREG(status.st_mode)) {
        return refuse("is no file");
    }
    if (status.st_nlink > 1) {
        return refuse("has another name as well (a hard link)");
    }
    if (!reader.trusts(status.st_uid)) {
        return refuse(fmt::format("belongs to {}; chown {} it", keys::user_name(status.st_uid), reader.name));
    }
    if ((status.st_mode & S_IWOTH) != 0) {
        return refuse("can be written by others; chmod o-w it");
    }
    return "";
}

// Also where the file is not there yet: it will be ours.
std::string danger_above(const std::string& path, const keys::Reader& reader) {
    const keys::Ownership ours{.user = reader.user, .mode = mode};
    const bool is_there = keys::ownership_of(path).has_value();
    const auto danger = keys::DirectoryGuard(reader).danger_above(path, is_there ? nullptr : &ours);
    return danger ? fmt::format("{}: {}", keys::shown_path(path), *danger) : "";
}

bool lock(int file) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (::flock(file, LOCK_EX | LOCK_NB) != 0) {
        if ((errno != EWOULDBLOCK && errno != EINTR) || std::chrono::steady_clock::now() >= end) {
            return false;
        }
        std::this_thread::sleep_for(pause);
    }
    return true;
}

// Open, locked, and still what the path names.
base::Result<Opened, std::string> open_locked(const std::string& path, const keys::Reader& reader) {
    for (int tries = 0; tries < most_moves; ++tries) {
        auto file = open_or_make(path);
        if (!file) {
            return file;
        }
        struct stat opened{};
        struct stat named{};
        if (::fstat((*file)->get(), &opened) != 0) {
            return base::refuse(failure(path, errno));
        }
        if (auto problem = wrong_file(path, opened, reader); !problem.empty()) {
            return base::refuse(std::move(problem));
        }
        if (!lock((*file)->get())) {
            return base::refuse(fmt::format("{}: somebody else has it locked", keys::shown_path(path)));
        }
        if (::lstat(path.c_str(), &named) == 0 && named.st_dev == opened.st_dev &&
            named.st_ino == opened.st_ino) {
            return file;
        }
    }
    return base::refuse(fmt::format("{} comes and goes", keys::shown_path(path)));
}

std::optional<std::string> read_at(int file, off_t from, std::size_t octets) {
    std::string text(octets, '\0');
    return ::pread(file, text.data(), octets, from) == static_cast<ssize_t>(octets) ? std::optional(text)
                                                                                    : std::nullopt;
}

// Cuts off what is not whole. The size then.
base::Result<std::uint64_t, std::string> mend(int file, const std::string& path) {
    const off_t size = ::lseek(file, 0, SEEK_END);
    if (size < 0) {
        return base::refuse(failure(path, errno));
    }
    const auto octets = std::min(static_cast<std::size_t>(size), longest_record);
    const off_t from = size - static_cast<off_t>(octets);
    const auto head = read_at(file, 0, std::min(octets, begin_of_record.size()));
    const auto tail = read_at(file, from, octets);
    if (!head || !tail) {
        return base::refuse(fmt::format("{} cannot be read", keys::shown_path(path)));
    }
    const auto end = begin_of_record.starts_with(*head) ? end_of_whole_records(*tail) : std::string::npos;
    if (end == std::string::npos) {
        return base::refuse(fmt::format("{} is no history of opendmarc", keys::shown_path(path)));
    }
    if (end < octets && ::ftruncate(file, from + static_cast<off_t>(end)) != 0) {
        return base::refuse(failure(path, errno));
    }
    return static_cast<std::uint64_t>(from) + end;
}

// 0, or why not all of it was written.
int write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written > 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR) {
            return written == 0 ? ENOSPC : errno;
        }
    }
    return 0;
}

// On the disk, and of a new file its name as well. 0, or why not.
int sync(int file, const std::string& path, bool is_new) {
    if (::fsync(file) != 0) {
        return errno;
    }
    if (!is_new) {
        return 0;
    }
    const keys::Descriptor directory(
        ::open(config::directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return directory.get() >= 0 && ::fsync(directory.get()) == 0 ? 0 : errno;
}

} // namespace

base::Result<void, std::string> append_to_history(const std::string& path, std::string_view records,
                                                  const HistoryOptions& options) {
    const auto reader = keys::Reader::self();
    if (auto danger = danger_above(path, reader); !danger.empty()) {
        return base::refuse(std::move(danger));
    }
    const auto opened = open_locked(path, reader);
    if (!opened) {
        return base::refuse(opened.error());
    }
    const int file = (*opened)->get();
    const auto size = mend(file, path);
    if (!size) {
        return base::refuse(size.error());
    }
    if (options.largest > 0 && *size + records.size() > options.largest) {
        return base::refuse(fmt::format("{} is as large as it may be (reports.store_size: {} bytes)",
                                        keys::shown_path(path), options.largest));
    }
    int error = write_all(file, records);
    if (error == 0 && options.durable) {
        error = sync(file, path, *size == 0);
    }
    if (error != 0) { // they come again
        const bool is_whole = ::ftruncate(file, static_cast<off_t>(*size)) == 0;
        return base::refuse(failure(path, error) +
                            (is_whole ? "" : "; half a record stands in it until the next"));
    }
    return {};
}

std::string history_danger(const std::string& path) {
    const auto reader = keys::Reader::self();
    if (auto danger = danger_above(path, reader); !danger.empty()) {
        return danger;
    }
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) {
        const std::string directory = config::directory_of(path);
        return errno != ENOENT                                 ? failure(path, errno)
               : ::access(directory.c_str(), W_OK | X_OK) == 0 ? ""
                                                               : failure(directory, errno);
    }
    if (S_ISLNK(status.st_mode)) {
        return fmt::format("{} is a symbolic link", keys::shown_path(path));
    }
    auto problem = wrong_file(path, status, reader);
    return problem.empty() && ::access(path.c_str(), R_OK | W_OK) != 0 ? failure(path, errno) : problem;
}

} // namespace milter::reports
