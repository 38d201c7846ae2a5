#include "milter/tool/import_keys.h"

#include "base/secret_text.h"
#include "crypto/signing_key.h"
#include "keys/file_safety.h"
#include "keys/generate.h"
#include "keys/key_file.h"
#include "keys/limits.h"
#include "keys/ownership.h"
#include "milter/tool/daemon_user.h"
#include "milter/tool/import/careful_file.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <ostream>
#include <system_error>

namespace milter::tool {

namespace {

constexpr std::string_view remedy = "`paraph import --copy-keys` makes a copy that it can";
constexpr std::size_t largest_key = std::size_t{64} * 1024;

// Where there is no user of the daemon yet, the owner and the mode have to tell.
std::string advice_by_owner(const std::string& path) {
    struct stat status{};
    if (stat(path.c_str(), &status) != 0) {
        return fmt::format("{}: {}", base::shown(path), std::generic_category().message(errno));
    }
    const bool opened = (status.st_mode & S_IRWXO) != 0;
    if (status.st_uid == 0 && !opened && (status.st_mode & S_IRGRP) != 0) {
        return {};
    }
    return fmt::format(
        "{} belongs to {}:{} (mode {:04o}). paraphd uses keys of root that its group may read, "
        "and nobody else; {}",
        base::shown(path), keys::user_name(status.st_uid), keys::group_name(status.st_gid),
        status.st_mode & 07777U, remedy);
}

} // namespace

std::vector<std::string> advice_on_keys(const std::vector<config::import::UsedKey>& keys,
                                        const HostFiles& files, bool here) {
    std::vector<std::string> advice;
    const auto reader = keys::Reader::of_user(daemon_user);
    std::optional<keys::KeyFileCheck> check;
    if (reader && here) {
        check.emplace(*reader);
    }
    for (const auto& key : keys) {
        if (!key.copy.empty()) {
            continue;
        }
        std::string text;
        if (check) {
            const auto finding = check->examine(key.path);
            text = !finding.problem.empty() ? finding.problem : finding.danger;
            text += text.empty() ? "" : fmt::format(". Or: {}", remedy);
        } else {
            text = advice_by_owner(files.place_of(key.path));
        }
        if (!text.empty()) {
            advice.push_back(std::move(text));
        }
    }
    return advice;
}

base::Result<std::string, std::string> read_key_to_copy(const std::string& path, const std::string& naming) {
    auto file = import::read_carefully(path, largest_key);
    if (!file) {
        return base::refuse(file.error());
    }
    const auto names = import::read_carefully(naming, config::import::max_file_bytes);
    if (!names) {
        return base::refuse(fmt::format("{}: {}", base::shown(naming), names.error()));
    }
    if (auto danger = import::copy_danger(*file, *names); !danger.empty()) {
        return base::refuse(std::move(danger));
    }
    if (const auto key = crypto::SigningKey::from_pem(file->bytes); !key) {
        return base::refuse(key.error().message);
    }
    return std::move(file->bytes);
}

Result<void> copy_keys(const std::vector<config::import::UsedKey>& keys, const HostFiles& files,
                       Console& console) {
    for (const auto& key : keys) {
        if (key.copy.empty()) {
            continue;
        }
        const auto bytes = read_key_to_copy(files.place_of(key.path), files.place_of(key.place.file));
        if (!bytes) {
            fmt::print(console.err, "paraph: warning: {}: {}; it is not copied\n", base::shown(key.path),
                       bytes.error());
            continue;
        }
        std::error_code error;
        const auto directory = std::filesystem::path(key.copy).parent_path();
        if (std::filesystem::create_directory(directory, error)) {
            std::filesystem::permissions(directory, std::filesystem::perms(0750), error);
            if (const auto group = daemon_group()) {
                (void)!chown(directory.c_str(), static_cast<uid_t>(-1), *group);
            }
        }
        if (const auto written = keys::write_new_file(key.copy, *bytes, {daemon_group(), false}); !written) {
            return fail(ExitCode::cannot_write, written.error());
        }
    }
    return {};
}

} // namespace milter::tool
