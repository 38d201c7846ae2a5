#include "milter/tool/rotation/files.h"

#include "base/secret_text.h"
#include "config/rotation_settings.h"
#include "keys/generate.h"
#include "keys/key_directory.h"
#include "keys/ownership.h"
#include "milter/tool/daemon_user.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace milter::tool::rotation {

namespace {

constexpr std::size_t longest = 1024 * 1024;

std::string failed(const std::string& path) {
    return fmt::format("{}: {}", path, keys::error_text(errno));
}

bool is_there(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 || errno != ENOENT;
}

// Is there while the daemon may not have read what it is to sign with.
std::string unread_mark(const std::string& directory, const std::string& domain) {
    return fmt::format("{}/{}.unread", directory, domain);
}

// A word of the configuration; nothing: the daemon has no use for the key.
const char* state_of(const keys::RotatedKey& key, bool signs, bool is_own) {
    if (!keys::has_record(key.state)) {
        return is_own ? nullptr : "retired"; // the configuration may say that it is active
    }
    return signs ? "active" : key.state == keys::KeyState::retiring ? "retiring" : "pending";
}

} // namespace

base::Result<void, std::string> replace_file(const std::string& path, std::string_view text,
                                             std::optional<gid_t> group, bool everybody) {
    const std::string fresh = path + ".new";
    if (::unlink(fresh.c_str()) != 0 && errno != ENOENT) { // of a run that was broken off
        return base::refuse(failed(fresh));
    }
    if (auto written = keys::write_new_file(fresh, text, {group, everybody}); !written) {
        return written;
    }
    if (std::rename(fresh.c_str(), path.c_str()) != 0) {
        return base::refuse(failed(path));
    }
    const keys::Descriptor directory(
        ::open(std::filesystem::path(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0 || ::fsync(directory.get()) != 0) {
        return base::refuse(failed(path));
    }
    return {};
}

namespace {

// Whoever else can write it decides what is published, and as what.
base::Result<void, std::string> check_directory(const std::string& directory) {
    struct stat status{};
    if (::stat(directory.c_str(), &status) != 0) {
        return base::refuse(failed(directory));
    }
    const auto account = keys::find_account(daemon_user);
    const bool is_ours =
        status.st_uid == 0 || status.st_uid == geteuid() || (account && status.st_uid == account->user);
    if (!is_ours) {
        return base::refuse(
            fmt::format("{}: it belongs to somebody else (uid {})", directory, status.st_uid));
    }
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return base::refuse(fmt::format("{}: others can write it; chmod go-w it", directory));
    }
    return {};
}

} // namespace

Result<void> Files::lock() {
    if (auto made = keys::make_key_directory(directory_, group_); !made) {
        return fail(ExitCode::cannot_write, made.error());
    }
    if (auto checked = check_directory(directory_); !checked) {
        return fail(ExitCode::config, checked.error());
    }
    const std::string path = directory_ + "/lock";
    auto opened = std::make_unique<keys::Descriptor>(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (opened->get() < 0) {
        return fail(ExitCode::cannot_write, failed(path));
    }
    if (::flock(opened->get(), LOCK_EX | LOCK_NB) != 0) {
        return fail(ExitCode::temporary, errno == EWOULDBLOCK
                                             ? fmt::format("{}: another run is changing keys", path)
                                             : failed(path));
    }
    lock_ = std::move(opened);
    return {};
}

std::string Files::journal_file(const std::string& domain) const {
    return fmt::format("{}/{}.journal", directory_, domain);
}

bool Files::has_journal(const std::string& domain) const {
    return is_there(journal_file(domain));
}

base::Result<std::vector<std::string>, std::string> Files::domains() const {
    constexpr std::string_view suffix = ".journal";
    std::vector<std::string> found;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(directory_, error), end; !error && entry != end;
         entry.increment(error)) {
        const auto name = entry->path().filename().string();
        if (name.ends_with(suffix)) {
            found.push_back(name.substr(0, name.size() - suffix.size()));
        }
    }
    if (error) {
        return base::refuse(fmt::format("{}: {}", directory_, error.message()));
    }
    return found;
}

base::Result<keys::RotationJournal, std::string> Files::read_journal(const std::string& domain) const {
    const auto path = journal_file(domain);
    const auto state = config::rotation_file(directory_, domain);
    if (!is_there(path)) {
        if (is_there(state)) {
            return base::refuse(
                fmt::format("{}: it is gone, and {} is there: nobody knows what was published. "
                            "Put the journal back, or remove the other one to begin anew",
                            path, state));
        }
        return keys::RotationJournal{domain, {}, {}};
    }
    const auto text = keys::OpenFile(path).read(longest);
    auto journal = text ? keys::read_journal(*text)
                        : base::Result<keys::RotationJournal, std::string>(base::refuse(text.error()));
    if (journal && journal->domain != domain) {
        return base::refuse(fmt::format("{}: it is the journal of {}", path, base::quoted(journal->domain)));
    }
    if (!journal) {
        return base::refuse(fmt::format("{}: {}", path, journal.error()));
    }
    return journal;
}

base::Result<void, std::string> Files::save(const keys::RotationJournal& journal) const {
    return replace_file(journal_file(journal.domain), keys::print(journal), group_, false);
}

base::Result<bool, std::string> Files::write_keys(const keys::RotationJournal& journal,
                                                  const std::set<std::string>& signing) const {
    auto list = nlohmann::ordered_json::array(); // JSON is YAML
    for (const keys::RotatedKey& key : journal.keys) {
        const auto& file = journal.files.at(key.selector);
        const auto* state = state_of(key, signing.contains(key.selector), is_own(file));
        if (state != nullptr) {
            list.push_back({{"selector", key.selector}, {"file", file}, {"state", state}});
        }
    }
    const auto text = fmt::format("# Written by paraph key rotate, which writes it again.\n{}\n",
                                  nlohmann::ordered_json{{"keys", list}}.dump(2));
    const auto path = config::rotation_file(directory_, journal.domain);
    const auto mark = unread_mark(directory_, journal.domain);
    const auto before = keys::OpenFile(path).read(longest);
    if (before && *before == text) {
        return is_there(mark);
    }
    // First, so that a run that is broken off before the daemon was told is seen by the next one.
    if (auto marked = replace_file(mark, "", group_, false); !marked) {
        return base::refuse(marked.error());
    }
    if (auto written = replace_file(path, text, group_, false); !written) {
        return base::refuse(written.error());
    }
    return true;
}

base::Result<void, std::string> Files::note_reload(const std::string& domain) const {
    const auto mark = unread_mark(directory_, domain);
    if (::unlink(mark.c_str()) != 0 && errno != ENOENT) {
        return base::refuse(failed(mark));
    }
    return {};
}

std::string Files::key_file(const std::string& domain, const std::string& selector) const {
    return fmt::format("{}/{}.{}.pem", directory_, selector, domain);
}

bool Files::is_own(const std::string& file) const {
    return std::filesystem::path(file).parent_path() == std::filesystem::path(directory_);
}

} // namespace milter::tool::rotation
