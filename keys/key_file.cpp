#include "keys/key_file.h"

#include "keys/access_advice.h"
#include "keys/file_bytes.h"
#include "keys/key_material.h"
#include "keys/limits.h"

#include <fmt/format.h>

#include <string.h> // explicit_bzero

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace keys {

namespace {

Ownership to_ownership(const struct stat& status, const std::optional<AccessList>& list) {
    return {status.st_uid, status.st_gid, status.st_mode & 07777U, false, list};
}

FoundList list_at(const std::string& path, mode_t mode) {
    return may_let_in(mode) ? access_list_of(path, true) : FoundList(std::nullopt);
}

std::optional<std::string> danger_of(const struct stat& status, const FoundList& list, const Reader& reader) {
    if (!list) {
        return fmt::format("its access control list cannot be read: {}", error_text(list.error()));
    }
    return file_danger(to_ownership(status, *list), reader);
}

std::string absolute(const std::string& path) {
    if (path.starts_with('/')) {
        return path;
    }
    std::error_code error;
    const auto result = std::filesystem::absolute(path, error);
    return error ? path : result.string();
}

// Nothing of a key stays in memory that is given back.
class Secret {
  public:
    explicit Secret(std::string text) : text_(std::move(text)) {}
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret() { ::explicit_bzero(text_.data(), text_.size()); }
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string text_;
};

std::string about(const std::string& path, const std::string& what) {
    return fmt::format("{}: {}", shown_path(path), what);
}

} // namespace

base::Result<crypto::SigningKey, std::string> read_key_file(const std::string& path, const Reader& reader,
                                                            bool require_safe) {
    const OpenFile file(path);
    const auto status = file.status();
    if (require_safe && status) {
        auto danger = danger_of(*status, file.access_list(), reader);
        if (!danger) {
            danger = DirectoryGuard(reader).danger_above(absolute(path));
        }
        if (danger) {
            return base::refuse(about(path, *danger));
        }
    }
    auto bytes = file.read(max_key_file);
    if (!bytes) {
        return base::refuse(about(path, bytes.error()));
    }
    const Secret secret(std::move(*bytes));
    auto key = parse_key(secret.text());
    if (!key) {
        return base::refuse(about(path, key.error()));
    }
    return key;
}

KeyFileCheck::Finding KeyFileCheck::examine(const std::string& path) {
    struct stat status{};
    bool failed = ::lstat(path.c_str(), &status) != 0;
    const bool is_link = !failed && S_ISLNK(status.st_mode);
    failed = failed || (is_link && ::stat(path.c_str(), &status) != 0);
    if (failed) {
        return {about(path, error_text(errno)), {}};
    }
    if (!S_ISREG(status.st_mode)) {
        return {about(path, "not a regular file"), {}};
    }
    const auto list = list_at(path, status.st_mode);
    const Ownership file = to_ownership(status, list.value_or(std::nullopt));
    if (const auto reason = barred(path, file)) {
        return {about(path, *reason), {}};
    }
    auto danger = danger_of(status, list, reader_);
    if (!danger) {
        danger = directories_.danger_above(absolute(path), is_link ? nullptr : &file);
    }
    return {{}, danger ? about(path, *danger) : std::string()};
}

std::optional<std::string> KeyFileCheck::barred(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) {
        return std::nullopt; // opening tells
    }
    return barred(path, to_ownership(status, list_at(path, status.st_mode).value_or(std::nullopt)));
}

std::optional<std::string> KeyFileCheck::barred(const std::string& path, const Ownership& file) {
    const auto place = absolute(path);
    if (const auto reason = unreadable(file, reader_)) {
        return fmt::format("{}; {}", *reason, reading_advice(shown_path(place), file, reader_));
    }
    return directories_.barrier_above(place);
}

} // namespace keys
