#include "keys/identity.h"

#include "base/domain_name.h"

namespace keys {

std::optional<std::string> make_identity(std::string_view text, std::string_view signing_domain) {
    const auto at = text.rfind('@');
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    const auto domain = base::DomainName::parse_international(text.substr(at + 1));
    const auto ancestor = base::DomainName::parse(signing_domain);
    if (!domain || !ancestor || !domain->is_at_or_below(*ancestor)) {
        return std::nullopt;
    }
    return std::string(text.substr(0, at + 1)) + domain->text();
}

} // namespace keys
