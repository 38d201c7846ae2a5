// What the texts below `policy:` must look like.
#pragma once

#include "config/value.h"

#include <optional>
#include <string>
#include <string_view>

namespace config {

// The name of a profile: letters, digits, hyphens and underscores.
[[nodiscard]] std::optional<Refusal> check_profile_name(std::string_view text);

// The name of an exception: what a comment of Authentication-Results and the log can show without quoting,
// and what no reader can take for a result.
[[nodiscard]] std::optional<Refusal> check_reason(std::string_view text);

[[nodiscard]] std::optional<Refusal> check_port(std::string_view text);

// "example.org", ".example.org"
[[nodiscard]] std::optional<Refusal> check_domain_pattern(std::string_view text);
// As it is compared: A-labels in lower case.
[[nodiscard]] std::string settled_domain_pattern(std::string_view text);

// As authenticate/pattern.h has them: of names, and of names and addresses.
[[nodiscard]] std::optional<Refusal> check_host_pattern(std::string_view text);
[[nodiscard]] std::optional<Refusal> check_address_pattern(std::string_view text);

// As authenticate/reply.h has it.
[[nodiscard]] std::optional<Refusal> check_reply(std::string_view text);

} // namespace config
