// A report that came back: its delivery is marked, and its address suppressed for a while.
#pragma once

#include "milter/tool/reports/outbox.h"

#include <string>

namespace milter::tool::reports {

// Both or neither. What there is to say about it.
[[nodiscard]] Stored<std::string> note_returned(Outbox& outbox, DeliveryId id, const std::string& why,
                                                base::UnixTime now);

} // namespace milter::tool::reports
