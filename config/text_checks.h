// What particular texts must look like, beyond being text: why they will not do. The grammars are those of
// lib/; here they get the words for the operator.
#pragma once

#include "config/value.h"

#include <optional>
#include <string_view>

namespace config {

// base::SocketName that the daemon can listen at: with a host, and the path of a unix socket from the root.
[[nodiscard]] base::Result<base::SocketName, Refusal> read_socket(std::string_view text);

// RFC 8601 2.2: the authserv-id is a MIME value. Kept to what needs no quoting rules to compare or to print.
[[nodiscard]] std::optional<Refusal> check_authserv_id(std::string_view text);

// A name that a signature can list.
[[nodiscard]] std::optional<Refusal> check_field_name(std::string_view text);

// The same as an entry of dkim::FieldLists.
[[nodiscard]] std::optional<Refusal> check_listed_field(std::string_view text);

// The same, beginning with "X-".
[[nodiscard]] std::optional<Refusal> check_own_field_name(std::string_view text);

[[nodiscard]] base::Result<dns::Server, Refusal> read_nameserver(std::string_view text);

// A name as macros and groups have: printable, without blanks.
[[nodiscard]] std::optional<Refusal> check_name(std::string_view text);

// An address, a block, or the name of a host.
[[nodiscard]] std::optional<Refusal> check_relay_address(std::string_view text);

// The name of a host, or a domain behind a dot.
[[nodiscard]] std::optional<Refusal> check_relay_name(std::string_view text);

// RFC 6376 3.1: a selector is a domain name in small.
[[nodiscard]] std::optional<Refusal> check_selector(std::string_view text);

// RFC 6376 3.5: i= is [local-part]@domain.
[[nodiscard]] std::optional<Refusal> check_identity(std::string_view text);

// RFC 1035 2.3.1, in its own script or in A-labels.
[[nodiscard]] std::optional<Refusal> check_domain(std::string_view text);

// Texts of spf.policyd, whose placeholders are known.
[[nodiscard]] std::optional<Refusal> check_reason_message(std::string_view text);
[[nodiscard]] std::optional<Refusal> check_reason_url(std::string_view text);

} // namespace config
