// What particular texts must look like, beyond being text: nothing when all is well, else why not.
#pragma once

#include "config/value.h"

#include <optional>
#include <string_view>

namespace config {

// inet:HOST:PORT, inet6:[HOST]:PORT, unix:/PATH, and as OpenDKIM writes them inet:PORT@HOST and local:/PATH.
[[nodiscard]] std::optional<Refusal> check_socket(std::string_view text);

// RFC 8601 2.2: the authserv-id is a MIME value. Kept to what needs no quoting rules to compare or to print.
[[nodiscard]] std::optional<Refusal> check_authserv_id(std::string_view text);

// RFC 5322 2.2: printable US-ASCII other than the colon.
[[nodiscard]] std::optional<Refusal> check_field_name(std::string_view text);

// The same, beginning with "X-".
[[nodiscard]] std::optional<Refusal> check_own_field_name(std::string_view text);

// An address, with a port if need be: 192.0.2.53, 192.0.2.53:5353, 2001:db8::53, [2001:db8::53]:5353.
[[nodiscard]] std::optional<Refusal> check_nameserver(std::string_view text);

// A name as macros and groups have: printable, without blanks.
[[nodiscard]] std::optional<Refusal> check_name(std::string_view text);

// RFC 6376 3.1: a selector is a domain name in small.
[[nodiscard]] std::optional<Refusal> check_selector(std::string_view text);

// RFC 6376 3.5: i= is [local-part]@domain.
[[nodiscard]] std::optional<Refusal> check_identity(std::string_view text);

} // namespace config
