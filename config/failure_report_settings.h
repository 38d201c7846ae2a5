// What the settings say about reports of single failures (RFC 9991).
#pragma once

#include <string>
#include <vector>

namespace config {

struct FailureReports {
    bool enabled = false;
    bool count_absent = true;         // for fo=1: what was not used gave no pass
    std::vector<std::string> never{}; // policy domains, and those below them

    // Reports, at most; of a policy domain's organization, and in all.
    unsigned per_hour_and_domain = 4;
    unsigned per_day_and_domain = 20;
    unsigned per_hour = 60;
    unsigned per_day = 300;

    bool operator==(const FailureReports&) const = default;
};

} // namespace config
