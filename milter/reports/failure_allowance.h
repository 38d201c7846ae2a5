// How many failure reports there may be: of an organization and in all, in an hour and in a day. Buckets that
// fill again with the time, so that a flood of failures is no flood of reports. Whoever gets the reports, and
// whoever sends the messages, has a share of what there is for all: he does not use it up, however many
// domains he has.
#pragma once

#include "base/unix_time.h"
#include "config/failure_report_settings.h"
#include "milter/reports/failure_parties.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace milter::reports {

// Of two times of messages: no message takes so long, the clock was set.
[[nodiscard]] bool is_set_back(base::UnixTime before, base::UnixTime now);

// `size` in `period` seconds.
class Bucket {
  public:
    Bucket(unsigned size, base::UnixTime period) : size_(size), period_(period), left_(size) {}

    [[nodiscard]] bool has_room(base::UnixTime now) const { return left_at(now) >= 1; }
    void take(base::UnixTime now);
    [[nodiscard]] bool is_full(base::UnixTime now) const { return left_at(now) >= size_; }

  private:
    [[nodiscard]] double left_at(base::UnixTime now) const;

    double size_;
    base::UnixTime period_;
    double left_;
    base::UnixTime at_ = 0; // of left_
};

struct HourAndDay {
    Bucket hour, day;

    [[nodiscard]] bool has_room(base::UnixTime now) const { return hour.has_room(now) && day.has_room(now); }
    void take(base::UnixTime now) {
        hour.take(now);
        day.take(now);
    }
    [[nodiscard]] bool is_full(base::UnixTime now) const { return hour.is_full(now) && day.is_full(now); }
};

// Which of them has no room, the narrowest first.
enum class FailureLimit : std::uint8_t { organization, receiver, client, all };

// With the settings that say so, for people.
[[nodiscard]] const char* print(FailureLimit limit);

class FailureAllowance {
  public:
    explicit FailureAllowance(const config::FailureReports& settings);

    // Nothing: there is room.
    [[nodiscard]] std::optional<FailureLimit> limit(const FailureParties& parties, base::UnixTime now) const;
    // Of what has room.
    void take(const FailureParties& parties, base::UnixTime now);

    // Parties that are remembered.
    [[nodiscard]] std::size_t size() const {
        return organizations_.size() + receivers_.size() + clients_.size();
    }

  private:
    using Buckets = std::map<std::string, HourAndDay>;

    config::FailureReports settings_;
    HourAndDay all_;
    HourAndDay share_; // of a receiver or a client that had none yet
    // Of those that had a report, so that a flood of names does not make them grow.
    Buckets organizations_, receivers_, clients_;
};

} // namespace milter::reports
