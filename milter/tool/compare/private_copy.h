// Configurations of the old programs for instances that nobody but this program speaks to: as they are, but
// for where they listen, what they write down, and what they send or report to others.
#pragma once

#include "config/import/options.h"

#include <string>
#include <string_view>

namespace milter::tool::compare {

struct PrivatePlace {
    std::string socket;           // a path
    std::string folder;           // for what they leave
    bool can_change_user = false; // else UserID is left out
};

[[nodiscard]] std::string private_opendkim(const config::import::Options& options, const PrivatePlace& place);
[[nodiscard]] std::string private_opendmarc(const config::import::Options& options,
                                            const PrivatePlace& place);
// Of the text, since it has no such options but for what it logs.
[[nodiscard]] std::string private_policyd(std::string_view text);

// Why this one cannot run as a copy of its own; empty: it can.
[[nodiscard]] std::string obstacle_of(const config::import::Options& options);

} // namespace milter::tool::compare
