#include "milter/reports/trouble_log.h"

#include <utility>

namespace milter::reports {

using log::Event;

void TroubleLog::lose(std::int64_t messages) {
    if (messages > 0 && !losing_) {
        logger_.write(Event::reports_lost, words_.no_room);
    }
    lost_ = lost_ || messages > 0;
    losing_ = losing_ || messages > 0;
}

void TroubleLog::end_round(const std::string* problem) {
    if (problem != nullptr && !failing_) {
        logger_.write(Event::reports_failing, *problem);
    } else if (problem == nullptr && failing_) {
        logger_.write(Event::reports_working, words_.works_again);
    }
    failing_ = problem != nullptr;
    losing_ = std::exchange(lost_, false) || (losing_ && failing_);
}

} // namespace milter::reports
