// The group of a Received field in which a program writes its client's address, in the manners that there
// are. Each reads the whole group: an address that stands in it anywhere else than where the program puts it
// makes it another group.
#pragma once

#include "base/ip_address.h"

#include <optional>
#include <string>
#include <string_view>

namespace message {

struct ReceivedClient {
    std::optional<base::IpAddress> address; // none: the program did not know it, and says so
    std::optional<std::string> helo;        // if the group has it
};

// "192.0.2.1", "IPv6:2001:db8::1", "fe80::1%7": without a zone.
[[nodiscard]] std::optional<base::IpAddress> read_client_address(std::string_view text);

// Whether a text has something like an address in brackets.
[[nodiscard]] bool may_hold_address(std::string_view text);

// "r.example.org [192.0.2.1]", "[192.0.2.1]", "r [192.0.2.1] (may be forged)", "unknown [unknown]"
[[nodiscard]] std::optional<ReceivedClient> read_named_literal(std::string_view group);
// "192.0.2.1", "[fe80::1%7]"
[[nodiscard]] std::optional<ReceivedClient> read_bare_address(std::string_view group);
// "192.0.2.1", "user@192.0.2.1"
[[nodiscard]] std::optional<ReceivedClient> read_qmail_address(std::string_view group);
// "[192.0.2.1] helo=h", "[192.0.2.1]:4711 ident=u", "port=4711 helo=h": of the last, the address stands
// before the group.
[[nodiscard]] std::optional<ReceivedClient> read_exim_items(std::string_view group, bool has_address);
// "[192.0.2.1]:4711 HELO h"
[[nodiscard]] std::optional<ReceivedClient> read_qsmtp_group(std::string_view group);
// [192.0.2.1]:4717 "EHLO h" rhost-flags-OK
[[nodiscard]] std::optional<ReceivedClient> read_zmailer_group(std::string_view group);

} // namespace message
