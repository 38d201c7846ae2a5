#include "keys/rotation.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace keys {

namespace {

using std::chrono::seconds;

void enter(RotatedKey& key, KeyState state, const Moment& now) {
    key.state = state;
    key.in_state.start(now);
}

// How long something has been so.
void count(Elapsed& elapsed, bool holds, const Moment& now) {
    if (!holds) {
        elapsed.stop();
    } else if (!elapsed.is_running()) {
        elapsed.start(now);
    }
}

// A server that cannot be asked may tell others that there is no record: it counts like one that says so, but
// nothing has vanished. A zone without servers has shown nothing.
void take_in(RotatedKey& key, const std::vector<Sighting>& servers, const Moment& now) {
    using Said = Sighting::Said;
    const auto says = [&](Said said) { return [said](const Sighting& one) { return one.said == said; }; };
    key.seen_by_all = !servers.empty() && std::all_of(servers.begin(), servers.end(), says(Said::shown));
    key.vanished = std::any_of(servers.begin(), servers.end(), says(Said::not_shown));
    key.found = false;
    for (const Sighting& one : servers) {
        if (one.said != Said::failed) {
            key.negative_ttl = std::max(key.negative_ttl, one.negative_ttl);
            key.ttl = std::max(key.ttl, one.ttl);
            key.found = key.found || !one.empty;
        }
    }
    count(key.shown, key.seen_by_all, now);
    const bool is_gone = !servers.empty() && std::all_of(servers.begin(), servers.end(), [](const auto& one) {
        return one.said == Said::not_shown && one.empty;
    });
    count(key.gone, is_gone, now);
}

// How long until nobody remembers that there was no record; nothing while a server does not show it. The last
// one to say so may have said it right before it was seen to show the record.
std::optional<seconds> until_visible(const RotatedKey& key, const RotationPlan& plan) {
    if (!key.seen_by_all || !key.shown.is_running()) {
        return std::nullopt;
    }
    const auto needed = std::max(key.negative_ttl, plan.least_negative);
    return std::max(seconds(0), needed - key.shown.certain());
}

Step wait(const RotatedKey& key, seconds left, const char* why) {
    return {Step::Kind::wait, key.selector, left, why};
}

// Whether a publication that failed went through in part, nobody knows.
Step step_of_pending(const RotatedKey& key, const RotationPlan& plan) {
    return key.in_state.certain() < plan.give_up
               ? Step{Step::Kind::publish, key.selector, {}, "its record is not in the DNS"}
               : Step{Step::Kind::withdraw, key.selector, {}, "its record could not be published"};
}

Step step_of_published(const RotatedKey& key, const RotationPlan& plan) {
    const auto left = until_visible(key, plan);
    if (left && *left == seconds(0)) {
        return {Step::Kind::activate, key.selector, {}, "every server shows the record"};
    }
    if (left) {
        return wait(key, *left, "others may remember that there was no record");
    }
    if (key.in_state.certain() >= plan.give_up) {
        return {Step::Kind::withdraw, key.selector, {}, "not every server has shown the record in time"};
    }
    return wait(key, plan.give_up - key.in_state.certain(), "not every server shows the record");
}

// It was written down and perhaps not done, and the servers may have changed their minds since.
Step step_of_begun(const RotatedKey& key, const RotationPlan& plan) {
    const auto left = until_visible(key, plan);
    return left == seconds(0) ? Step{Step::Kind::activate, key.selector, {}, "it was begun"}
                              : wait(key, left.value_or(seconds(0)), "not every server shows the record");
}

// With a record that vanished, verifiers refuse what it signs.
std::optional<Step> step_of_vanished(const RotatedKey& key, const RotationPlan& plan) {
    if (key.silent) {
        return until_visible(key, plan) == seconds(0)
                   ? Step{Step::Kind::activate, key.selector, {}, "every server shows the record again"}
                   : Step{Step::Kind::alarm, key.selector, {}, "the record vanished, and the key is silent"};
    }
    if (!key.vanished) {
        return std::nullopt;
    }
    return plan.silence_vanished
               ? Step{Step::Kind::silence, key.selector, {}, "the record vanished from a server"}
               : Step{
                     Step::Kind::alarm, key.selector, {}, "the record vanished, and the key goes on to sign"};
}

Step step_of_retiring(const RotatedKey& key, const RotationPlan& plan) {
    if (key.stopped != 0) {
        return wait(key, plan.transit, "another host may sign with it");
    }
    const auto left = plan.transit - key.in_state.certain();
    return left > seconds(0) ? wait(key, left, "mail signed with it may be on its way")
                             : Step{Step::Kind::withdraw, key.selector, {}, "all mail has arrived"};
}

// Whoever has seen the record right before it was taken away may keep it as long as its TTL.
Step step_of_retired(const RotatedKey& key, const RotationPlan& plan) {
    if (!key.gone.is_running()) {
        return wait(key, plan.least_gone, "a server may still have its record");
    }
    const auto left = std::max(key.ttl, plan.least_gone) - key.gone.certain();
    if (left > seconds(0)) {
        return wait(key, left, "others may remember its record");
    }
    return plan.reveals && !key.adopted
               ? Step{Step::Kind::reveal, key.selector, {}, "nobody finds its record any more"}
               : Step{Step::Kind::forget, key.selector, {}, "nobody finds its record any more"};
}

// Nothing more becomes of it.
bool is_over(KeyState state) {
    return state == KeyState::forgotten || state == KeyState::revealed || state == KeyState::withdrawn;
}

std::string expand(const std::string& pattern, crypto::KeyType type, std::chrono::sys_seconds clock) {
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(clock)};
    std::string text;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const char kind = pattern[i] == '%' && i + 1 < pattern.size() ? pattern[++i] : '\0';
        if (kind == 'Y') {
            text += fmt::format("{:04}", static_cast<int>(day.year()));
        } else if (kind == 'm' || kind == 'd') {
            text += fmt::format("{:02}", kind == 'm' ? static_cast<unsigned>(day.month())
                                                     : static_cast<unsigned>(day.day()));
        } else if (kind == 't') {
            text += crypto::print(type);
        } else {
            text += kind == '\0' ? pattern[i] : kind;
        }
    }
    return text;
}

// The highest of NAME, which is 1, NAME-2, NAME-3 ...; 0: there is none. A name below it that is not there
// may be one that was dropped, and must not come back.
std::size_t last_number(const std::vector<RotatedKey>& keys, std::string_view name) {
    constexpr std::size_t most_digits = 9;
    std::size_t last = 0;
    for (const RotatedKey& key : keys) {
        std::string_view rest = key.selector;
        if (!rest.starts_with(name)) {
            continue;
        }
        rest.remove_prefix(name.size());
        std::size_t number = rest.empty() ? 1 : 0;
        if (rest.starts_with('-') && rest.size() <= most_digits + 1) {
            std::from_chars(rest.data() + 1, rest.data() + rest.size(), number);
        }
        last = std::max(last, number);
    }
    return last;
}

} // namespace

const char* print(KeyState state) {
    switch (state) {
    case KeyState::pending:
        return "pending";
    case KeyState::published:
        return "published";
    case KeyState::active:
        return "active";
    case KeyState::retiring:
        return "retiring";
    case KeyState::retired:
        return "retired";
    case KeyState::forgotten:
        return "forgotten";
    case KeyState::revealed:
        return "revealed";
    case KeyState::withdrawn:
        return "withdrawn";
    }
    return "?";
}

bool has_record(KeyState state) {
    return state == KeyState::pending || state == KeyState::published || state == KeyState::active ||
           state == KeyState::retiring;
}

const char* print(Step::Kind kind) {
    switch (kind) {
    case Step::Kind::generate:
        return "generate";
    case Step::Kind::publish:
        return "publish";
    case Step::Kind::wait:
        return "wait";
    case Step::Kind::activate:
        return "activate";
    case Step::Kind::retire:
        return "retire";
    case Step::Kind::silence:
        return "silence";
    case Step::Kind::withdraw:
        return "withdraw";
    case Step::Kind::forget:
        return "forget";
    case Step::Kind::reveal:
        return "reveal";
    case Step::Kind::alarm:
        return "alarm";
    }
    return "?";
}

void Rotation::observe(const std::vector<Observation>& seen, const Moment& now,
                       const std::set<std::string>& held) {
    for (RotatedKey& key : keys_) {
        key.in_state.tick(now);
        if (key.stopped != 0 && !held.contains(key.selector)) {
            key.stopped = 0;
            key.in_state.start(now); // the last host may have stopped right before
        }
        for (Elapsed* elapsed : {&key.shown, &key.gone}) {
            if (elapsed->is_running()) {
                elapsed->tick(now);
            }
        }
        const auto about = std::find_if(seen.begin(), seen.end(),
                                        [&](const Observation& one) { return one.selector == key.selector; });
        take_in(key, about == seen.end() ? std::vector<Sighting>() : about->servers, now);
    }
}

std::vector<Step> Rotation::next(const RotationPlan& plan, const Moment& now) const {
    std::vector<Step> steps;
    for (const RotatedKey& key : keys_) {
        switch (key.state) {
        case KeyState::pending:
            steps.push_back(step_of_pending(key, plan));
            break;
        case KeyState::published:
            steps.push_back(step_of_published(key, plan));
            break;
        case KeyState::active:
            if (has_successor(key, plan)) {
                steps.push_back({Step::Kind::retire, key.selector, {}, "a newer key signs"});
            } else if (auto step = step_of_vanished(key, plan)) {
                steps.push_back(std::move(*step));
            } else if (!key.confirmed) {
                steps.push_back(step_of_begun(key, plan));
            }
            break;
        case KeyState::retiring:
            steps.push_back(step_of_retiring(key, plan));
            break;
        case KeyState::retired:
            steps.push_back(step_of_retired(key, plan));
            break;
        case KeyState::revealed:
            if (key.found) { // everybody can sign with it
                steps.push_back(
                    {Step::Kind::withdraw, key.selector, {}, "a server has a record of its name"});
            }
            break;
        case KeyState::forgotten:
        case KeyState::withdrawn:
            break;
        }
    }
    for (const crypto::KeyType type : plan.types) {
        if (is_due(plan, type, now)) {
            Step step{Step::Kind::generate, {}, {}, "a new key is due", type};
            step.selector = free_selector(plan, step, steps, now);
            steps.push_back(std::move(step));
        }
    }
    return steps;
}

void Rotation::begin(const Step& step, const Moment& now) {
    RotatedKey* key = find(step.selector);
    if (key == nullptr || step.kind != Step::Kind::activate) {
        return;
    }
    if (key->state == KeyState::published) {
        enter(*key, KeyState::active, now);
    }
    key->confirmed = false;
    key->silent = false;
}

void Rotation::finish(const Step& step, const Moment& now) {
    RotatedKey* key = find(step.selector);
    if (step.kind == Step::Kind::generate && key == nullptr) {
        RotatedKey made;
        made.selector = step.selector;
        made.type = step.type;
        made.made = now.clock;
        made.in_state.start(now);
        keys_.push_back(std::move(made));
        drop_oldest();
        return;
    }
    if (key == nullptr) {
        return;
    }
    switch (step.kind) {
    case Step::Kind::publish:
        enter(*key, KeyState::published, now);
        break;
    case Step::Kind::activate:
        key->confirmed = true;
        key->in_state.start(now); // an overlap begins when it signs
        change_edition();
        break;
    case Step::Kind::retire:
        enter(*key, KeyState::retiring, now);
        change_edition();
        key->stopped = edition_;
        break;
    case Step::Kind::silence:
        key->silent = true;
        change_edition();
        break;
    case Step::Kind::withdraw:
        if (has_record(key->state)) {
            enter(*key, key->state == KeyState::retiring ? KeyState::retired : KeyState::withdrawn, now);
            key->gone.stop();
        }
        break;
    case Step::Kind::forget:
        enter(*key, KeyState::forgotten, now);
        break;
    case Step::Kind::reveal:
        enter(*key, KeyState::revealed, now);
        break;
    case Step::Kind::generate:
    case Step::Kind::wait:
    case Step::Kind::alarm:
        break;
    }
}

// When a new key comes, for then the journal is written anyway.
void Rotation::drop_oldest() {
    const auto may_go = [](const RotatedKey& key) {
        return is_over(key.state) && !key.adopted && !key.found; // its record may have to be withdrawn
    };
    auto over = static_cast<std::size_t>(std::count_if(keys_.begin(), keys_.end(), may_go));
    for (auto key = keys_.begin(); over > most_over;) { // the oldest come first
        if (may_go(*key)) {
            key = keys_.erase(key);
            --over;
        } else {
            ++key;
        }
    }
}

void Rotation::change_edition() {
    edition_ += edition_ == 0 ? 0 : 1;
}

RotatedKey* Rotation::find(const std::string& selector) {
    const auto found = std::find_if(keys_.begin(), keys_.end(),
                                    [&](const RotatedKey& key) { return key.selector == selector; });
    return found == keys_.end() ? nullptr : &*found;
}

// By the clock: one that is wrong makes a key too early or too late, which harms nobody. One that was set
// back behind the day of the last key waits for that day.
bool Rotation::is_due(const RotationPlan& plan, crypto::KeyType type, const Moment& now) const {
    std::optional<std::chrono::sys_seconds> last;
    const RotatedKey* newest = nullptr;
    for (const RotatedKey& key : keys_) {
        if (key.type != type) {
            continue;
        }
        newest = &key;
        if (key.state == KeyState::pending || key.state == KeyState::published) {
            return false; // one at a time
        }
        if (key.state == KeyState::active) {
            last = std::max(last.value_or(key.made), key.made);
        }
    }
    // After a key that came to nothing the next one waits as long as that was tried.
    const bool rests = newest != nullptr && newest->state == KeyState::withdrawn &&
                       newest->in_state.certain() < plan.give_up;
    return !rests && (!last || now.clock - *last >= plan.every);
}

std::string Rotation::free_selector(const RotationPlan& plan, const Step& step,
                                    const std::vector<Step>& others, const Moment& now) const {
    const auto name = expand(plan.selector, step.type, now.clock);
    const auto is_taken = [&](const std::string& text) {
        const auto has_it = [&](const auto& one) { return one.selector == text; };
        return std::any_of(keys_.begin(), keys_.end(), has_it) ||
               std::any_of(others.begin(), others.end(), has_it) ||
               std::find(plan.taken.begin(), plan.taken.end(), text) != plan.taken.end();
    };
    const auto named = [&](std::size_t number) {
        return number == 1 ? name : fmt::format("{}-{}", name, number);
    };
    auto number = last_number(keys_, name) + 1;
    while (is_taken(named(number))) { // ends: there are fewer keys than numbers
        ++number;
    }
    return named(number);
}

bool Rotation::has_successor(const RotatedKey& key, const RotationPlan& plan) const {
    bool is_newer = false;
    for (const RotatedKey& other : keys_) {
        if (is_newer && other.type == key.type && other.state == KeyState::active && other.confirmed &&
            !other.silent && !other.vanished && other.in_state.certain() >= plan.overlap) {
            return true;
        }
        is_newer = is_newer || &other == &key;
    }
    return false;
}

} // namespace keys
