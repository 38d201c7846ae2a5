#include "milter/log/rate_limit.h"

namespace milter::log {

RateLimit::Decision RateLimit::admit(Event event, Time now) {
    if (describe(event).flow == Flow::each) {
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
