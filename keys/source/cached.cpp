#include "keys/source/cached.h"

#include "base/ascii.h"
#include "base/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace keys::source {

namespace {

constexpr std::chrono::milliseconds first_pause{500};
constexpr std::chrono::milliseconds longest_pause{10000};
constexpr std::string_view nobody = "check-config@paraph.invalid"; // RFC 6761: there is no such domain

// No row has such a name; a database may take a question for it as an error, which is none of its own.
bool may_be_name(std::string_view name) {
    return !name.empty() && name.size() <= max_name &&
           std::none_of(name.begin(), name.end(), [](char c) { return base::is_control(c); }) &&
           base::is_utf8(name);
}

std::size_t half(std::size_t bytes) {
    return bytes / 2;
}

} // namespace

Cached::Cached(std::unique_ptr<Source> source, Make make, CacheOptions options, std::shared_ptr<News> news,
               Clock clock)
    : source_(std::move(source)), make_(std::move(make)), options_(std::move(options)),
      news_(std::move(news)), clock_(std::move(clock)), present_(half(options_.bytes)),
      absent_(half(options_.bytes)) {}

const KeptAnswer* Cached::find(std::string_view name) {
    const KeptAnswer* known = present_.find(name);
    return known != nullptr ? known : absent_.find(name);
}

Cached::Found Cached::look_up(std::string_view name, Time deadline) {
    if (!may_be_name(name)) {
        return {};
    }
    const std::uint64_t contents = source_->edition();
    deadline = std::min(deadline, clock_() + options_.timeout);
    Lock lock(mutex_);
    while (true) {
        const std::uint64_t edition = contents + expired_;
        const KeptAnswer* known = find(name);
        if (known != nullptr && known->edition == edition && clock_() < known->good_until) {
            return {known->value, {}};
        }
        const bool failing = !failure_.empty();
        const bool pausing = failing && (probing_ || clock_() < ask_again_);
        const bool asked = under_way_.find(name) != under_way_.end();
        if (known != nullptr && (pausing || asked)) {
            return {known->value, {}};
        }
        if (pausing) {
            return {nullptr, failure_};
        }
        if (!asked) {
            return ask(std::string(name), deadline, edition, lock);
        }
        if (settled_.wait_until(lock, deadline) == std::cv_status::timeout && clock_() >= deadline) {
            return {nullptr, "no answer in time"};
        }
    }
}

Cached::Asked Cached::ask_source(const std::string& name, Time deadline) const {
    try {
        Answer answer = source_->look_up(name, deadline);
        Value value = answer && !answer->rows.empty() ? make_(name, *answer) : Value();
        return {std::move(answer), std::move(value)};
    } catch (const std::exception& error) { // nobody must wait for ever for who ended like this
        return {base::refuse(std::string(error.what())), {}};
    }
}

Cached::Found Cached::ask(const std::string& name, Time deadline, std::uint64_t edition, Lock& lock) {
    under_way_.insert(name);
    probing_ = !failure_.empty();
    const bool probes = probing_;
    const Time asked = clock_();
    lock.unlock();
    auto [answer, value] = ask_source(name, deadline);
    lock.lock();
    under_way_.erase(name);
    probing_ = probing_ && !probes;
    settled_.notify_all();
    if (answer) {
        note_answer();
        if (answer->problem.empty()) {
            keep(name, value, edition);
            return {value.made, {}};
        }
        return known_or(name, answer->problem);
    }
    // Who had little time left says nothing about the source.
    if (clock_() < deadline || deadline - asked >= options_.timeout * 9 / 10) {
        note_failure(answer.error(), probes);
    }
    return known_or(name, answer.error());
}

Cached::Found Cached::known_or(std::string_view name, const std::string& failure) {
    const KeptAnswer* known = find(name);
    return known != nullptr ? Found{known->value, {}} : Found{nullptr, failure};
}

void Cached::keep(const std::string& name, Value value, std::uint64_t edition) {
    Kept& kept = value.made ? present_ : absent_;
    (value.made ? absent_ : present_).erase(name);
    kept.insert({name, std::move(value.made), value.bytes, clock_() + options_.keep, edition});
}

void Cached::note_failure(const std::string& reason, bool probed) {
    if (!failure_.empty() && !probed) {
        return; // asked before it was known to fail
    }
    if (failure_.empty()) {
        news_->tell(
            {true, options_.label,
             fmt::format("{}: {}; what was looked up before goes on being used", options_.label, reason)});
    }
    failure_ = reason.empty() ? "it fails" : reason;
    pause_ = std::clamp(pause_ * 2, first_pause, longest_pause);
    ask_again_ = clock_() + pause_;
}

void Cached::note_answer() {
    if (!failure_.empty()) {
        news_->tell({false, options_.label, fmt::format("{}: it answers again", options_.label)});
    }
    failure_.clear();
    pause_ = std::chrono::milliseconds(0);
}

void Cached::expire() {
    const Lock lock(mutex_);
    ++expired_;
    ask_again_ = clock_();
}

Answer Cached::probe() {
    return source_->look_up(nobody, clock_() + options_.timeout);
}

} // namespace keys::source
