#include "milter/tool/rotation/runs.h"

namespace milter::tool::rotation {

namespace {

// What was seen of a zone is old when the daemon is told: not by much.
constexpr std::chrono::seconds patience = std::chrono::minutes(1);
constexpr std::size_t most_waiting = 1000;

} // namespace

void Runs::add(std::unique_ptr<Run> run) {
    if (!run->go_on()) {
        note(run->outcome());
        return;
    }
    const auto now = run->hands().now().uptime;
    since_ = waiting_.empty() ? now : since_;
    waiting_.push_back(std::move(run));
    if (waiting_.size() >= most_waiting || now - since_ >= patience) {
        tell_daemon();
    }
}

Outcome Runs::finish() {
    tell_daemon();
    return outcome_;
}

// Each has few things to offer, one after the other.
void Runs::tell_daemon() {
    while (!waiting_.empty()) {
        const auto reload = reload_();
        std::vector<std::unique_ptr<Run>> waiting;
        for (auto& run : waiting_) {
            run->daemon_said(reload);
            if (run->go_on()) {
                waiting.push_back(std::move(run));
            } else {
                note(run->outcome());
            }
        }
        waiting_ = std::move(waiting);
    }
}

void Runs::note(const Outcome& outcome) {
    outcome_.failed = outcome_.failed || outcome.failed;
    outcome_.alarmed = outcome_.alarmed || outcome.alarmed;
}

} // namespace milter::tool::rotation
