#include "keys/rotation_forecast.h"

#include "support/catch.h"

#include <string>

using namespace keys;
using namespace std::chrono_literals;
using std::chrono::days;

TEST_CASE("the plan of the first keys of a domain") {
    RotationPlan plan;
    plan.every = days(30);
    plan.overlap = days(2);
    plan.transit = days(8);
    const auto begin = std::chrono::sys_days(std::chrono::year(2026) / 3 / 9);
    std::vector<std::string> told;
    for (const auto& [at, step] : forecast({}, plan, {"a", "1", 100s, begin}, 3600s, 8)) {
        const auto hours = std::chrono::duration_cast<std::chrono::hours>(at - begin).count();
        told.push_back(std::to_string(hours) + " " + print(step.kind) + " " + step.selector);
    }
    CHECK(told == std::vector<std::string>{"0 generate s20260309", "0 publish s20260309",
                                           "1 activate s20260309", "720 generate s20260408",
                                           "720 publish s20260408", "721 activate s20260408",
                                           "769 retire s20260309", "961 withdraw s20260309"});
}
