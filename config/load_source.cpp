#include "config/load_source.h"

#include "base/secret_text.h"
#include "config/limits.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>

namespace config {

namespace {

class Descriptor {
  public:
    explicit Descriptor(const std::string& path)
        // O_NONBLOCK: opening a FIFO that nobody writes to would wait for ever.
        : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) {
            ::close(number_);
        }
    }
    [[nodiscard]] int get() const { return number_; }

  private:
    int number_;
};

std::string error_text(int number) {
    return std::generic_category().message(number);
}

// Nothing at the first byte over the limit, whatever size the file claimed to have.
base::Result<std::string, std::string> read_all(int descriptor) {
    std::string text;
    std::array<char, 65536> buffer{};
    while (text.size() <= max_file_bytes) {
        const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
        if (count == 0) {
            return text;
        }
        if (count < 0 && errno != EINTR) {
            return base::refuse(error_text(errno));
        }
        text.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    return base::refuse(fmt::format("larger than {} MiB", max_file_bytes / 1024 / 1024));
}

std::optional<struct stat> look_at(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 ? std::optional(status) : std::nullopt;
}

// A directory is not a pattern, even if its name looks like one.
std::string escaped(std::string_view directory) {
    std::string result;
    for (const char c : directory) {
        if (std::string_view("*?[]\\").find(c) != std::string_view::npos) {
            result += '\\';
        }
        result += c;
    }
    return result;
}

} // namespace

base::Result<std::string, std::string> read_source(const std::string& path) {
    const Descriptor file(path);
    struct stat status{};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
        return base::refuse(error_text(errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return base::refuse(std::string("not a regular file"));
    }
    return read_all(file.get());
}

std::string resolve_path(std::string_view directory, std::string_view path) {
    if (directory.empty() || path.starts_with('/')) {
        return std::string(path);
    }
    return fmt::format("{}{}{}", directory, directory.ends_with('/') ? "" : "/", path);
}

std::string directory_of(const std::string& path) {
    std::error_code error;
    const auto absolute = std::filesystem::absolute(path, error);
    return error ? std::string() : absolute.parent_path().string();
}

std::vector<std::string> expand_pattern(std::string_view directory, std::string_view pattern) {
    if (pattern.find_first_of("*?[") == std::string_view::npos) {
        return {resolve_path(directory, pattern)};
    }
    glob_t found{};
    std::vector<std::string> paths;
    if (::glob(resolve_path(escaped(directory), pattern).c_str(), GLOB_NOSORT, nullptr, &found) == 0) {
        paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    }
    ::globfree(&found);
    std::sort(paths.begin(), paths.end());
    return paths;
}

bool same_file(const std::string& a, const std::string& b) {
    const auto first = look_at(a);
    const auto second = look_at(b);
    return first && second && first->st_dev == second->st_dev && first->st_ino == second->st_ino;
}

std::string shown_path(const std::string& path) {
    return base::shown_path(path, [](const std::string& part) { return look_at(part).has_value(); });
}

std::string missing_reason(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) {
        return errno == EACCES ? std::string() : error_text(errno);
    }
    return S_ISREG(status.st_mode) ? std::string() : std::string("not a regular file");
}

} // namespace config
