// What the store of reports says of itself: what was counted, what was sent, and what was not.
#pragma once

#include "base/unix_time.h"
#include "milter/reports/database.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace milter::tool::reports {

// The daemons of a host, since the store keeps them.
struct HostCounts {
    std::string host;
    base::UnixTime flushed = 0;
    std::int64_t messages = 0, less_detail = 0, dropped = 0;
    std::int64_t failures = 0, failures_dropped = 0;
};

struct LastRun {
    std::string host;
    base::UnixTime ended = 0;
    std::int64_t planned = 0, sent = 0, waiting = 0, refused = 0, given_up = 0, held = 0;
    std::string problem;
};

struct FailedDelivery {
    std::string address, domain, state, reply;
    std::int64_t day = 0;
};

struct StoreStatus {
    std::uint64_t octets = 0;
    std::int64_t days = 0, first_day = 0, last_day = 0;
    std::int64_t domains = 0, rows = 0, messages = 0;
    std::int64_t failures = 0; // that wait to be planned
    std::vector<HostCounts> hosts{};
    std::vector<LastRun> runs{};
    std::map<std::string, std::int64_t> deliveries{};         // by their state
    std::map<std::string, std::int64_t> failure_deliveries{}; // of them, those of failure reports
    std::vector<FailedDelivery> failed{};                     // the latest
};

inline constexpr int most_failed = 20; // that are told one by one

[[nodiscard]] milter::reports::Stored<StoreStatus> read_status(milter::reports::Database& database);

} // namespace milter::tool::reports
