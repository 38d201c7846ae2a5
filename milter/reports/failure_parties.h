// Whom a failure report concerns. Each of them gets a share of all reports, or makes us send one, and no
// more.
#pragma once

#include "milter/reports/organizations.h"

#include <optional>
#include <string>
#include <vector>

namespace milter::reports {

struct FailureParties {
    std::string organization; // of the policy domain
    // The organizations of its addresses, none twice. Not its own, whose reports are counted already: else
    // others who name its addresses in records of theirs could use up what it has.
    std::vector<std::string> receivers{};
    // The network that the message came from; nothing: nobody knows any more.
    std::optional<std::string> client{};
};

[[nodiscard]] FailureParties parties_of(const Organizations& organizations, const std::string& policy_domain,
                                        const std::vector<std::string>& addresses);

} // namespace milter::reports
