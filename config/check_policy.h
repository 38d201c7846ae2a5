// What is probably not meant below `policy:`, above all what would refuse mail that is in order.
#pragma once

#include "base/unix_time.h"
#include "config/load_report.h"
#include "config/settings.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace config {

struct PolicyPlaces {
    // Of what the file gives, by path: "policy.spf_fail", "policy.profiles.NAME",
    // "policy.profiles.NAME.dmarc".
    std::unordered_map<std::string, Place> settings;
    std::unordered_set<std::string> refused_profiles; // those with an error in them
    std::vector<Place> exceptions;                    // in the order of the settings
};

// What is said of the action discard.
[[nodiscard]] std::string loses_mail(std::string_view path);
inline constexpr std::string_view instead_of_discard = "take reject, so that the sender does";

void check_policy(const Settings& settings, const PolicyPlaces& places, base::UnixTime now, Report& report);

} // namespace config
