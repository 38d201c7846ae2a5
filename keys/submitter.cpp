#include "keys/submitter.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "keys/pattern.h"

#include <fmt/format.h>

#include <algorithm>

namespace keys {

std::string print(const Submitter& submitter) {
    if (submitter.login) {
        return submitter.login->empty() ? "a login without a name"
                                        : fmt::format("login {}", base::quoted(*submitter.login));
    }
    return submitter.client ? fmt::format("client {}", submitter.client->print())
                            : "a client without an address";
}

std::string folded_login(std::string_view login) {
    return base::to_lower(login);
}

bool Users::include(const Submitter& submitter) const {
    if (submitter.login) {
        const auto login = folded_login(*submitter.login);
        return !login.empty() && std::any_of(logins.begin(), logins.end(), [&](const std::string& pattern) {
            return Pattern(pattern).matches(login);
        });
    }
    return submitter.client && std::any_of(clients.begin(), clients.end(), [&](const auto& network) {
               return network.contains(*submitter.client);
           });
}

} // namespace keys
