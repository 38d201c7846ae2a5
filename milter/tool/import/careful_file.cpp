#include "milter/tool/import/careful_file.h"

#include "keys/file_bytes.h"
#include "keys/ownership.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <deque>
#include <filesystem>
#include <memory>

namespace milter::tool::import {

namespace {

using Found = base::Result<CarefulFile, std::string>;

bool is_trusted(uid_t owner) {
    return owner == 0 || owner == ::geteuid();
}

// One directory after the other, each opened below the one before: nothing that is renamed meanwhile counts.
class Walk {
  public:
    explicit Walk(const std::string& path) { begin(path); }

    Found read(std::size_t limit) {
        while (error_.empty() && parts_.size() > 1) {
            enter();
        }
        if (!error_.empty()) {
            return base::refuse(error_);
        }
        return parts_.empty() ? base::refuse(std::string("not a regular file")) : read_file(limit);
    }

  private:
    using Descriptor = std::unique_ptr<keys::Descriptor>;

    void begin(const std::string& path) {
        std::deque<std::string> parts;
        for (const auto& part : std::filesystem::path(path)) {
            if (!part.empty() && part != "/") {
                parts.push_back(part.string());
            }
        }
        parts_.insert(parts_.begin(), parts.begin(), parts.end());
        if (path.starts_with('/') || !directory_) {
            directory_ = std::make_unique<keys::Descriptor>(
                ::open(path.starts_with('/') ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
            look_at_directory();
        }
    }

    void fail() { error_ = keys::error_text(errno); }

    void look_at_directory() {
        struct stat status{};
        if (::fstat(directory_->get(), &status) != 0) {
            return fail();
        }
        // With the sticky bit others can put files there, and take away none.
        sticky_ = (status.st_mode & S_ISVTX) != 0;
        if (!is_trusted(status.st_uid)) {
            found_.changers.insert(status.st_uid);
        }
        found_.by_group = found_.by_group || (!sticky_ && (status.st_mode & 0022U) != 0);
    }

    [[nodiscard]] bool is_foreign() const { return !found_.changers.empty() || found_.by_group; }

    // True: the next part was a link, and is what it leads to now.
    bool follow_link() {
        const std::string name = parts_.front();
        struct stat status{};
        if (::fstatat(directory_->get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
            fail();
            return false;
        }
        if (!S_ISLNK(status.st_mode)) {
            return false;
        }
        constexpr int most_links = 40;
        if (++links_ > most_links) {
            error_ = fmt::format("{} is a symbolic link that leads to itself", name);
            return false;
        }
        if (is_foreign() || !is_trusted(status.st_uid)) {
            error_ =
                fmt::format("{} is a symbolic link that {} can change, and is not followed; name the file "
                            "that it leads to",
                            name, is_foreign() ? who() : "user " + keys::user_name(status.st_uid));
            return false;
        }
        std::array<char, 4096> target{};
        const auto length = ::readlinkat(directory_->get(), name.c_str(), target.data(), target.size());
        if (length <= 0) {
            fail();
            return false;
        }
        parts_.pop_front();
        begin(std::string(target.data(), static_cast<std::size_t>(length)));
        return true;
    }

    [[nodiscard]] std::string who() const {
        return found_.changers.empty() ? "a group" : "user " + keys::user_name(*found_.changers.begin());
    }

    void enter() {
        if (follow_link() || !error_.empty()) {
            return;
        }
        auto next = std::make_unique<keys::Descriptor>(::openat(
            directory_->get(), parts_.front().c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (next->get() < 0) {
            return fail();
        }
        parts_.pop_front();
        directory_ = std::move(next);
        look_at_directory();
    }

    Found read_file(std::size_t limit) {
        while (error_.empty() && follow_link()) {
            while (error_.empty() && parts_.size() > 1) {
                enter();
            }
            if (parts_.empty()) {
                return base::refuse(std::string("not a regular file"));
            }
        }
        if (!error_.empty()) {
            return base::refuse(error_);
        }
        const keys::Descriptor file(::openat(directory_->get(), parts_.front().c_str(),
                                             O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
        struct stat status{};
        if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
            return base::refuse(keys::error_text(errno));
        }
        if (!S_ISREG(status.st_mode)) {
            return base::refuse(std::string("not a regular file"));
        }
        // A second name for a file of somebody else.
        if ((is_foreign() || sticky_) && status.st_nlink > 1) {
            return base::refuse(fmt::format("it has {} names (hard links), and {} can have made this one",
                                            status.st_nlink, sticky_ ? "everybody" : who()));
        }
        found_.owner = status.st_uid;
        if (!is_trusted(status.st_uid)) {
            found_.changers.insert(status.st_uid);
        }
        found_.by_group = found_.by_group || (status.st_mode & 0022U) != 0;
        return read_bytes(file.get(), limit);
    }

    Found read_bytes(int file, std::size_t limit) {
        std::array<char, 65536> chunk{};
        for (;;) {
            const auto count = ::read(file, chunk.data(), chunk.size());
            if (count < 0 && errno != EINTR) {
                return base::refuse(keys::error_text(errno));
            }
            if (count == 0) {
                return std::move(found_);
            }
            found_.bytes.append(chunk.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
            if (found_.bytes.size() > limit) {
                return base::refuse(fmt::format("larger than {} bytes", limit));
            }
        }
    }

    std::deque<std::string> parts_;
    Descriptor directory_;
    CarefulFile found_;
    bool sticky_ = false;
    int links_ = 0;
    std::string error_;
};

} // namespace

base::Result<CarefulFile, std::string> read_carefully(const std::string& path, std::size_t limit) {
    return Walk(path).read(limit);
}

std::string copy_danger(const CarefulFile& file, const CarefulFile& naming) {
    const bool is_free = naming.changers.empty() && !naming.by_group;
    if (is_free || naming.changers.contains(file.owner)) {
        return {};
    }
    return fmt::format("it belongs to {}, and {} can change the file that names it; copy it yourself",
                       keys::user_name(file.owner),
                       naming.changers.empty() ? "a group" : keys::user_name(*naming.changers.begin()));
}

} // namespace milter::tool::import
