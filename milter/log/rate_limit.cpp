#include "milter/log/rate_limit.h"

namespace milter::log {

bool RateLimit::is_limited(Event event) {
    switch (event) {
    case Event::signing_failed:
    case Event::header_over_limit:
    case Event::dns_budget_spent:
    case Event::dns_question_limit:
    case Event::resolver_warning:
    case Event::internal_error:
    case Event::too_many_connections:
    case Event::overloaded:
    case Event::milter_refused:
    case Event::edit_failed:
        return true;
    case Event::listening:
    case Event::stopped:
    case Event::reloaded:
    case Event::reload_refused:
    case Event::configuration_problem:
    case Event::configuration_warning:
    case Event::message:
    case Event::draining:
    case Event::log_lost:
        return false;
    }
    return false;
}

RateLimit::Decision RateLimit::admit(Event event, Time now) {
    if (!is_limited(event)) {
        return {};
    }
    Kind& kind = kinds_.at(static_cast<std::size_t>(event));
    Decision decision;
    if (kind.seen == 0 || now - kind.begin >= period) {
        decision.suppressed = kind.seen > burst ? kind.seen - burst : 0;
        kind = {now, 0};
    }
    ++kind.seen;
    decision.write = kind.seen <= burst;
    return decision;
}

} // namespace milter::log
