#include "keys/rotation_forecast.h"

#include <algorithm>
#include <map>
#include <optional>

namespace keys {

namespace {

using std::chrono::seconds;

// All servers show all that is published, and nothing that was withdrawn.
void observe(Rotation& rotation, const Moment& now, seconds negative_ttl) {
    std::vector<Observation> seen;
    for (const RotatedKey& key : rotation.keys()) {
        const bool shows = has_record(key.state) && key.state != KeyState::pending;
        const auto said = shows ? Sighting::Said::shown : Sighting::Said::not_shown;
        seen.push_back({key.selector, {{"", said, seconds(0), negative_ttl, !shows}}});
    }
    rotation.observe(seen, now);
}

// Until a key is due, or the overlap with the newest one is over: neither is a step of its own.
std::optional<seconds> until_next(const Rotation& rotation, const RotationPlan& plan, const Moment& now,
                                  const std::vector<Step>& steps) {
    std::optional<seconds> least;
    const auto consider = [&](seconds left) {
        if (left > seconds(0)) {
            least = std::min(least.value_or(left), left);
        }
    };
    for (const Step& step : steps) {
        consider(step.left);
    }
    std::map<crypto::KeyType, std::chrono::sys_seconds> newest;
    for (const RotatedKey& key : rotation.keys()) {
        if (key.state == KeyState::active) {
            consider(plan.overlap - key.in_state.certain());
            auto& made = newest.try_emplace(key.type, key.made).first->second;
            made = std::max(made, key.made);
        }
        if (key.state == KeyState::withdrawn) {
            consider(plan.give_up - key.in_state.certain());
        }
    }
    for (const auto& [type, made] : newest) {
        consider(made + plan.every - now.clock);
    }
    return least;
}

} // namespace

std::vector<ForecastStep> forecast(Rotation rotation, const RotationPlan& plan, Moment now,
                                   seconds negative_ttl, std::size_t most) {
    std::vector<ForecastStep> all;
    for (std::size_t round = 0; round < 8 * most && all.size() < most; ++round) {
        observe(rotation, now, negative_ttl);
        const auto steps = rotation.next(plan, now);
        bool acts = false;
        for (const Step& step : steps) {
            if (step.kind == Step::Kind::wait || step.kind == Step::Kind::alarm || all.size() == most) {
                continue;
            }
            acts = true;
            rotation.begin(step, now);
            rotation.finish(step, now);
            all.push_back({now.clock, step});
        }
        if (acts) {
            continue;
        }
        const auto left = until_next(rotation, plan, now, steps);
        if (!left) {
            break;
        }
        now.uptime += *left;
        now.clock += *left;
    }
    return all;
}

} // namespace keys
