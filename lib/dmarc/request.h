// What DMARC is asked: the Author Domain, and the identifiers that SPF and DKIM authenticated.
#pragma once

#include "base/domain_name.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace dmarc {

// What SPF or DKIM says of a domain. temperror matters (RFC 9989 5.3.6): where it would align, the verdict is
// open.
enum class IdentifierState : std::uint8_t { pass, temperror };

struct Identifier {
    base::DomainName domain;
    IdentifierState state = IdentifierState::pass;
};

struct Request {
    base::DomainName author_domain;
    std::optional<Identifier> spf; // MAIL FROM identity only (RFC 9989 4.4.2): pass or temperror
    // d= of every signature that passed or met a temperror; as many as the caller's limit on signatures
    // allows.
    std::vector<Identifier> dkim;
};

} // namespace dmarc
