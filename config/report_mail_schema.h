// Those settings below `reports:` that are about reports as mail; a part of the list in config/schema.h.
#pragma once

#include "config/schema.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config {

[[nodiscard]] std::vector<Setting> report_mail_settings();

struct HostAndPort {
    std::string host; // without brackets
    unsigned port = 25;
};

// "mail.example.org", "127.0.0.1:2525", "[::1]:25": A name or an address, and a port or none.
[[nodiscard]] std::optional<HostAndPort> read_host_and_port(std::string_view text, unsigned default_port);

// Whether a server is this host itself.
[[nodiscard]] bool is_loopback(const HostAndPort& server);

} // namespace config
