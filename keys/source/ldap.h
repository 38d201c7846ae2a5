// LDAP, through OpenLDAP's library. The query is what follows the host in a URL of RFC 4516:
// BASE?ATTRIBUTES?SCOPE?FILTER. In base and filter `$d` stands for the name, and `$D` for
// `dc=example,dc=org`.
#pragma once

#include "keys/source/options.h"
#include "keys/source/source.h"

#include <memory>
#include <string>
#include <string_view>

namespace keys::source {

[[nodiscard]] std::string ldap_refusal(const Options& options);
[[nodiscard]] std::unique_ptr<Connection> make_ldap(const Options& options);

// With the name in its place, so that it cannot be more than a value there: RFC 4515 and RFC 4514.
[[nodiscard]] std::string fill_filter(std::string_view filter, std::string_view name);
[[nodiscard]] std::string fill_base(std::string_view base, std::string_view name);

} // namespace keys::source
