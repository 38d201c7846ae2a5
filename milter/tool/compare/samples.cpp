#include "milter/tool/compare/samples.h"

#include "base/ascii.h"
#include "keys/file_bytes.h"
#include "milter/tool/compare/made_up.h"
#include "milter/tool/compare/mbox.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>

namespace milter::tool::compare {

namespace {

class Made final : public Samples {
  public:
    Made(std::size_t count, const std::vector<std::string>& domains) : count_(count), domains_(domains) {}

    std::optional<Sample> next() override {
        return made_ < count_ ? std::optional(make_up(made_++, domains_)) : std::nullopt;
    }
    [[nodiscard]] std::size_t count() const override { return count_; }

  private:
    std::size_t count_, made_ = 0;
    std::vector<std::string> domains_;
};

class MboxFile final : public Samples {
  public:
    explicit MboxFile(int file) : file_(file) {}

    std::optional<Sample> next() override {
        auto message = reader_.next();
        while (!message && !ended_) {
            read_some();
            message = reader_.next();
        }
        if (!message) {
            return std::nullopt;
        }
        Sample sample{.name = fmt::format("message {}", ++number_)};
        sample.sender = std::move(message->sender);
        sample.text = std::move(message->text);
        if (message->too_large) {
            sample.problem = fmt::format("larger than {} MB", longest_message / (1024 * 1024));
        }
        return sample;
    }

    // Reads its beginning.
    [[nodiscard]] bool is_mbox() {
        read_some();
        return reader_.is_mbox();
    }

  private:
    void read_some() {
        std::array<char, 65536> chunk{};
        ssize_t count = 0;
        while ((count = ::read(file_.get(), chunk.data(), chunk.size())) < 0 && errno == EINTR) {
        }
        if (count > 0) {
            reader_.add({chunk.data(), static_cast<std::size_t>(count)});
        } else if (!std::exchange(ended_, true)) {
            reader_.finish();
        }
    }

    keys::Descriptor file_;
    MboxReader reader_{longest_message};
    bool ended_ = false;
    std::size_t number_ = 0;
};

// Through the descriptors of directories: whoever owns a mailbox can put a link into any path below it.
class Directory final : public Samples {
  public:
    // Those that are there. `directory`: an open descriptor.
    void add(int directory) {
        directories_.push_back(std::make_unique<keys::Descriptor>(directory));
        const std::string own = fmt::format("/proc/self/fd/{}", directory);
        std::vector<std::string> found;
        std::error_code error;
        for (std::filesystem::directory_iterator entry(own, error), end; !error && entry != end;
             entry.increment(error)) {
            const auto name = entry->path().filename().string();
            std::error_code unknown;
            if (!name.starts_with('.') &&
                entry->symlink_status(unknown).type() != std::filesystem::file_type::directory) {
                found.push_back(entry->path().string());
            }
        }
        std::ranges::sort(found);
        paths_.insert(paths_.end(), found.begin(), found.end());
    }

    [[nodiscard]] bool is_empty() const { return paths_.empty(); }
    [[nodiscard]] std::size_t count() const override { return paths_.size(); }

    std::optional<Sample> next() override {
        if (read_ == paths_.size()) {
            return std::nullopt;
        }
        const std::string& path = paths_[read_++];
        Sample sample{.name = std::filesystem::path(path).filename().string()};
        auto text = keys::OpenFile(path, false).read(longest_message);
        if (text) {
            sample.text = std::move(*text);
        } else {
            sample.problem = text.error();
        }
        return sample;
    }

  private:
    std::vector<std::unique_ptr<keys::Descriptor>> directories_;
    std::vector<std::string> paths_;
    std::size_t read_ = 0;
};

constexpr int as_directory = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

Result<std::unique_ptr<Samples>> open_directory(const std::string& path) {
    const keys::Descriptor whole(::open(path.c_str(), as_directory));
    if (whole.get() < 0) {
        return fail(ExitCode::no_input, fmt::format("{}: {}", path, keys::error_text(errno)));
    }
    auto messages = std::make_unique<Directory>();
    bool is_maildir = false;
    for (const char* part : {"cur", "new"}) {
        const int opened = ::openat(whole.get(), part, as_directory | O_NOFOLLOW);
        if (opened >= 0) {
            is_maildir = true;
            messages->add(opened);
        } else if (errno != ENOENT) {
            return fail(ExitCode::no_input,
                        fmt::format("{}/{}: no directory, or a link, which is not followed", path, part));
        }
    }
    if (!is_maildir) {
        messages->add(::openat(whole.get(), ".", as_directory));
    }
    if (messages->is_empty()) {
        return fail(ExitCode::no_input, fmt::format("{}: there are no messages", path));
    }
    return messages;
}

Result<std::unique_ptr<Samples>> open_mbox(const std::string& path) {
    const int number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (number < 0) {
        return fail(ExitCode::no_input, fmt::format("{}: {}", path, keys::error_text(errno)));
    }
    auto file = std::make_unique<MboxFile>(number);
    struct stat status{};
    if (::fstat(number, &status) != 0 || !S_ISREG(status.st_mode)) {
        return fail(ExitCode::no_input, fmt::format("{}: neither a file nor a directory", path));
    }
    if (!file->is_mbox()) {
        return fail(ExitCode::data,
                    fmt::format("{}: no mbox, which begins with a line 'From '. A single message "
                                "goes into a directory",
                                path));
    }
    return file;
}

} // namespace

Result<std::unique_ptr<Samples>> open_samples(const std::string& what,
                                              const std::vector<std::string>& domains) {
    if (!what.empty() && std::ranges::all_of(what, base::is_digit)) {
        std::size_t count = 0;
        const auto read = std::from_chars(what.data(), what.data() + what.size(), count);
        if (read.ec != std::errc() || count == 0 || count > most_made_up) {
            return fail(ExitCode::usage,
                        fmt::format("--compare: from 1 to {} messages can be made up; a file "
                                    "with such a name is written ./{}",
                                    most_made_up, what.substr(0, 20)));
        }
        return std::make_unique<Made>(count, domains);
    }
    std::error_code error;
    return std::filesystem::is_directory(what, error) ? open_directory(what) : open_mbox(what);
}

} // namespace milter::tool::compare
