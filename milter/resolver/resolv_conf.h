// The system's list of name servers (resolv.conf(5)), followed when the file changes.
#pragma once

#include "milter/resolver/resolver.h"

#include <sys/stat.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace milter::resolver {

// The `nameserver` lines, at most eight; the local host when there are none, as resolv.conf(5) says.
// Addresses with a zone ("fe80::1%eth0") are passed over: what asks has no place for a zone.
[[nodiscard]] std::vector<Server> parse_resolv_conf(std::string_view text);

class ResolvConf {
  public:
    using Time = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::seconds look_interval{2};

    explicit ResolvConf(std::string path) : path_(std::move(path)) {}

    // The servers, when they were never read before or the file is another one than last time. Looks at the
    // file at most every `look_interval`. A file that cannot be read changes nothing: it is probably just
    // being replaced.
    [[nodiscard]] std::optional<std::vector<Server>> changed(Time now);

  private:
    struct Identity {
        dev_t device = 0;
        ino_t inode = 0;
        off_t size = 0;
        std::int64_t modified_seconds = 0;
        std::int64_t modified_nanoseconds = 0;

        bool operator==(const Identity&) const = default;
    };

    [[nodiscard]] std::optional<Identity> identify() const;

    std::string path_;
    std::optional<Time> looked_;
    std::optional<Identity> known_;
};

} // namespace milter::resolver
