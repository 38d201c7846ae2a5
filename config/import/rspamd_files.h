// What rspamd's configuration says of signing, and where it listens for Postfix.
#pragma once

#include "base/socket_name.h"
#include "config/import/files.h"
#include "config/import/finding.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config::import {

class RspamdSigning {
  public:
    explicit RspamdSigning(const Files& files) : files_(files) {}

    // All that rspamd reads, in the order of its priorities.
    void read();

    bool enabled = true; // as rspamd has it by itself
    std::optional<Place> place{};
    std::string evidence{}; // the setting that is there
    std::optional<UnreadFile> unread{};

  private:
    void read_file(const std::string& path, std::string_view section);
    void collect(const std::string& path, std::string_view section, std::optional<bool>& is_on,
                 std::optional<bool>& is_off);

    const Files& files_;
    std::size_t seen_ = 0;
};

// Of the last file that says so: one may say it several times.
struct RspamdSockets {
    std::vector<std::string> ports{"11332"}, paths{};
    std::optional<UnreadFile> unread{};

    [[nodiscard]] bool has(const base::SocketName& socket) const;
};

[[nodiscard]] RspamdSockets rspamd_sockets(const Files& files);

} // namespace config::import
