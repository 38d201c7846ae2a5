// Sign or verify: whose mail is this?
#pragma once

#include "base/ip_address.h"
#include "config/settings.h"
#include "message/from.h"
#include "milter/record/message_facts.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace milter::session {

// Who connected, as the MTA saw it. Nothing in it is the client's own word but the name, which whoever runs
// the reverse zone of the address chooses.
struct Client {
    std::optional<base::IpAddress> address; // none: a unix socket, or a client the MTA knows no address of
    std::optional<std::uint16_t> port;      // 0: the MTA had no connection; none: there is no address either
    std::string name;                       // by reverse lookup, "localhost", "[192.0.2.1]"
    bool name_confirmed = false; // the MTA says that the name leads back to the address ({client_resolve})
};

// What the MTA told about the session. What an SMTP client may say (HELO, MAIL, RCPT, the message) has no
// place here: it is never a reason to take mail for ours.
struct Origin {
    Client client;
    std::string daemon_name; // {daemon_name}
    std::string auth_type;   // {auth_type}
    std::string auth_authen; // {auth_authen}: the login name
    // Of those that roles.originating_macros name, with their braces.
    std::vector<std::pair<std::string, std::string>> macros{};
    // By its address it is a relay of our own, which hands over mail from outside.
    bool client_is_relay = false;
};

struct Direction {
    record::Mode mode = record::Mode::verify;
    std::string why; // for the log: "authenticated as ann"
    // The client is our own content filter, or somebody whose mail is ours: its address says nothing about
    // the sender, SPF and iprev have nothing to check.
    bool client_is_filter = false;
    bool is_own = false; // that client is somebody whose mail is ours
    // The client is a relay of our own: the sender is whoever handed the message to it.
    bool client_is_relay = false;
    // No login speaks for it: it may be mail from outside that a list, a redirect or a filter hands back.
    bool may_be_returned = false;
    // Mail that is left alone: the results of our own in it stay.
    bool keeps_results = false;
};

// In this order: a peer: keep. A relay of ours: verify. SASL-authenticated or an originating daemon: sign. A
// reinjection daemon: verify or keep, for what a content filter hands back there came from anywhere.
// sendmail(1), an internal host or an originating macro: sign. Else verify. Where all mail is verified, what
// would be signed is as well.
[[nodiscard]] Direction decide(const Origin& origin, const config::Settings::Roles& roles,
                               config::Mode mode = config::Mode::both);

// Whether roles.exempt_domains leave it alone. A header that readers take in two ways is never exempt.
[[nodiscard]] bool is_exempt(const message::Author& author, const message::HeaderList& headers,
                             const std::vector<base::DomainName>& exempt);

// Whether the mail server let somebody in, by {auth_authen} and {auth_type}. Blanks are none of either.
[[nodiscard]] bool is_authenticated(std::string_view login, std::string_view mechanism);

} // namespace milter::session
