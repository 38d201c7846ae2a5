// Sign or verify: whose mail is this?
#pragma once

#include "base/ip_address.h"
#include "config/settings.h"

#include <optional>
#include <string>

namespace milter {

// What the MTA told about the session and the sender.
struct Origin {
    std::optional<base::IpAddress> client; // none: not a TCP/IP client
    std::string daemon_name;               // {daemon_name}
    std::string auth_type;                 // {auth_type}
    std::string auth_authen;               // {auth_authen}: the login name
    bool bare_path = false;                // MAIL FROM came without angle brackets: not from SMTP
};

enum class Mode {
    verify,
    sign,
    keep, // handed back by a content filter, verified before: nothing is added or removed
};

struct Direction {
    Mode mode = Mode::verify;
    std::string why; // for the log: "authenticated as ann"
    // The client is our own content filter: its address says nothing about the sender, SPF and iprev have
    // nothing to check.
    bool client_is_filter = false;
};

// In this order: SASL-authenticated, an originating daemon, sendmail(1), an internal host on a daemon that is
// not for reinjection: sign. Else verify. A loopback client alone is no reason to sign on a reinjection
// daemon: what a content filter hands back there came from anywhere.
[[nodiscard]] Direction decide(const Origin& origin, const config::Settings::Roles& roles);

} // namespace milter
