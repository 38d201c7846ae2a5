#include "milter/tool/rotation/reveal.h"

#include "base/ascii.h"
#include "keys/published_record.h"
#include "milter/tool/private_keys.h"

#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace milter::tool::rotation {

namespace {

using Done = base::Result<void, std::string>;

constexpr std::size_t longest = 64 * 1024;

auto refuse(const RevealedKey& key, std::string_view why) {
    return base::refuse(fmt::format("{} does not become public: {}", key.selector, why));
}

// The operator has put it there himself: there is nothing left to be careful with.
bool is_public(const std::string& place, const std::string& text) {
    struct stat status{};
    const bool is_readable =
        ::lstat(place.c_str(), &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & S_IROTH) != 0;
    const auto there = is_readable ? keys::OpenFile(place, false).read(longest) : base::refuse(std::string());
    return there && *there == text;
}

// A retired key is no exception: its record may be there.
Done compare_with_configuration(const RevealedKey& key, const std::string& record, const AllKeys& all) {
    for (const NamedKey& other : all.keys) {
        const auto read = read_key(other);
        if (other.file == key.file || (read && keys::record_value(*read) == record)) {
            return refuse(key, fmt::format("it is the key {} of {} too ({})", other.selector, other.domain,
                                           base::printable(other.named_in)));
        }
        if (!read && other.state != config::KeyState::retired) {
            return refuse(key, read.error().message);
        }
    }
    return {};
}

Done compare_with_journals(const RevealedKey& key, const Files& files) {
    const auto domains = files.domains();
    if (!domains) {
        return refuse(key, domains.error());
    }
    for (const std::string& domain : *domains) {
        const auto journal = files.read_journal(domain);
        if (!journal) {
            return refuse(key, journal.error());
        }
        for (const auto& [selector, file] : journal->files) {
            if (file == key.file && (domain != key.domain || selector != key.selector)) {
                return refuse(key, fmt::format("it is the key {} of {} too", selector, domain));
            }
        }
    }
    return {};
}

} // namespace

base::Result<std::string, std::string> reveal_key(const RevealedKey& key, const config::Settings& settings,
                                                  const Files& files) {
    const auto place = fmt::format("{}/{}.pem", settings.rotation.publish_retired_key,
                                   keys::record_name(key.selector, key.domain));
    struct stat status{};
    if (::lstat(key.file.c_str(), &status) != 0 && errno == ENOENT && ::lstat(place.c_str(), &status) == 0) {
        return place; // by a run that was broken off
    }
    if (!files.is_own(key.file)) {
        return refuse(key, "rotation has not made it");
    }
    NamedKey name;
    name.file = key.file;
    const auto read = read_key(name);
    const auto text = keys::OpenFile(key.file, false).read(longest);
    if (!read || !text) {
        return refuse(key, !read ? read.error().message : fmt::format("{}: {}", key.file, text.error()));
    }
    const auto all = private_keys(settings);
    if (!all) {
        return refuse(key, all.error().message);
    }
    if (!all->passed_over.empty() && !is_public(place, *text)) {
        return refuse(key,
                      fmt::format("keys that cannot be listed may be the same: {}. If you know that none "
                                  "of them is, make it public yourself, and the next run takes note: "
                                  "install -m 644 {} {}",
                                  all->passed_over.front(), key.file, place));
    }
    if (auto is_free = compare_with_configuration(key, keys::record_value(*read), *all); !is_free) {
        return base::refuse(is_free.error());
    }
    if (auto is_free = compare_with_journals(key, files); !is_free) {
        return base::refuse(is_free.error());
    }
    if (auto written = replace_file(place, *text, std::nullopt, true); !written) {
        return base::refuse(written.error());
    }
    if (::unlink(key.file.c_str()) != 0) {
        return base::refuse(fmt::format("{}: {}", key.file, keys::error_text(errno)));
    }
    return place;
}

} // namespace milter::tool::rotation
