#include "keys/generate.h"

#include "base/secret_text.h"
#include "crypto/signing_key.h"
#include "keys/file_bytes.h"
#include "keys/published_record.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <string.h> // explicit_bzero
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace keys {

namespace {

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno != EINTR) {
            return false;
        }
        bytes.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    return true;
}

// A key whose record is published must not vanish in a power failure.
bool sync_directory(const std::string& path) {
    const auto directory = std::filesystem::path(path).parent_path();
    const Descriptor handle(
        ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return handle.get() >= 0 && ::fsync(handle.get()) == 0;
}

std::string failed(const std::string& path) {
    return fmt::format("{}: {}", path, error_text(errno));
}

// On the open file, so that nobody can put another one in its place.
bool open_to(const FileAccess& access, int descriptor) {
    constexpr auto same_owner = static_cast<uid_t>(-1);
    constexpr mode_t group_mode = 0640;
    constexpr mode_t public_mode = 0644;
    if (access.group &&
        (::fchown(descriptor, same_owner, *access.group) != 0 || ::fchmod(descriptor, group_mode) != 0)) {
        return false;
    }
    return !access.everybody || ::fchmod(descriptor, public_mode) == 0;
}

bool is_there(const std::string& path) {
    struct stat status{};
    return ::lstat(path.c_str(), &status) == 0;
}

// The key first: a record without its key is worth nothing, and a key of which the record could not be
// written would have to be taken away by hand before the next try.
base::Result<void, std::string> write_pair(const GenerateOptions& options, std::string_view pem,
                                           const std::string& record) {
    if (!options.record_file.empty() && is_there(options.record_file)) {
        return base::refuse(fmt::format("{}: {}", options.record_file, error_text(EEXIST)));
    }
    auto written = write_new_file(options.file, pem, {options.group, false});
    if (written && !options.record_file.empty()) {
        written = write_new_file(options.record_file, record, {std::nullopt, true});
        if (!written) {
            ::unlink(options.file.c_str());
        }
    }
    return written;
}

} // namespace

base::Result<void, std::string> write_new_file(const std::string& path, std::string_view bytes,
                                               const FileAccess& access) {
    // O_EXCL follows no link and takes over no file that somebody else has put there.
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (file.get() < 0) {
        return base::refuse(failed(path));
    }
    if (write_all(file.get(), bytes) && open_to(access, file.get()) && ::fsync(file.get()) == 0 &&
        file.close() && sync_directory(path)) {
        return {};
    }
    std::string error = failed(path);
    ::unlink(path.c_str());
    return base::refuse(std::move(error));
}

base::Result<NewKey, std::string> generate(const GenerateOptions& options) {
    const auto selector = base::DomainName::parse(options.selector);
    if (!selector) {
        return base::refuse(fmt::format("{} is not a selector", base::quoted(options.selector)));
    }
    const std::string name = record_name(selector->text(), options.domain.text());
    if (!base::DomainName::parse(name)) {
        return base::refuse(fmt::format("{} is too long for a domain name", base::quoted(name)));
    }
    const auto key = crypto::SigningKey::generate(options.type, options.bits);
    if (!key) {
        return base::refuse(key.error().message);
    }
    std::string pem = key->to_pem();
    const std::string value = record_value(*key);
    const auto written = write_pair(options, pem, record_text(name, value));
    ::explicit_bzero(pem.data(), pem.size());
    if (!written) {
        return base::refuse(written.error());
    }
    return NewKey{options.file, name, value, zone_line(name, value)};
}

} // namespace keys
