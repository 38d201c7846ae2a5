#include "keys/identity.h"

#include "base/secret_text.h"
#include "dkim/names.h"

namespace keys {

std::optional<std::string> make_identity(std::string_view text, std::string_view signing_domain) {
    const auto at = text.rfind('@');
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    const auto domain = dkim::identity_domain(text);
    if (!domain || base::is_surely_key(text)) {
        return std::nullopt;
    }
    std::string identity = std::string(text.substr(0, at + 1)) + domain->text();
    constexpr std::string_view any_selector = "s";
    if (!dkim::signer_refusal(signing_domain, any_selector, identity).empty()) {
        return std::nullopt;
    }
    return identity;
}

} // namespace keys
