// Every kind of line that the daemon logs: its identifier, its level, and what it means for the operator. The
// manual's list of messages is made from this.
#pragma once

#include "milter/log/level.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace milter::log {

enum class Event : std::uint8_t {
    listening,
    stopped,
    counters,
    totals,
    failed,
    files_changed,
    reloaded,
    reload_refused,
    configuration_problem,
    key_unusable,
    configuration_warning,
    relay_found,
    message,
    recipient_judged,
    signing_failed,
    source_failing,
    source_answers,
    header_over_limit,
    dns_budget_spent,
    dns_question_limit,
    resolver_warning,
    internal_error,
    too_many_connections,
    overloaded,
    draining,
    log_lost,
    milter_refused,
    edit_failed,
    header_mended,
    fragile,
    not_signed,
    reports_failing,
    reports_working,
    reports_lost,
    reports_set_aside, // the last one, see event_count
};

inline constexpr std::size_t event_count = static_cast<std::size_t>(Event::reports_set_aside) + 1;

// How many lines of a kind are written.
enum class Flow : std::uint8_t {
    each,    // lines of one message or of the daemon's own doing come at the rate of their cause
    limited, // somebody outside could make a flood of them
};

struct Entry {
    Event event;
    std::string_view identifier; // stands in the line as [IDENTIFIER] where there is no queue id before it
    Level level;
    Flow flow;
    std::string_view
        meaning; // a paragraph for the operator: what happened and what to do; line ends are blanks
};

[[nodiscard]] const Entry& describe(Event event);
[[nodiscard]] std::span<const Entry> catalogue();

} // namespace milter::log
