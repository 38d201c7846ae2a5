// What is taken out of the store again.
#pragma once

#include "milter/reports/database.h"
#include "report/aggregate.h"

#include <cstdint>

namespace milter::reports {

// Days before `first_kept`, a few rows at a time, so that nobody waits long.
[[nodiscard]] Stored<void> expire(Database& database, report::Day first_kept);

// What is kept longer, since it tells who is new: policy domains.
inline constexpr report::Day days_of_domains = 90;
// And what tells that an address had bounced before; later its bounces begin anew.
inline constexpr report::Day days_of_suppressions = 365;

// While the store is larger than `most` octets: takes suppressions that are over, and then the oldest days
// with all that was last seen or planned on them, failures as well, but neither `today` nor the day before.
// True: it still is.
[[nodiscard]] Stored<bool> make_room(Database& database, std::uint64_t most, report::Day today);

} // namespace milter::reports
