// How many failure reports there may be: of an organization and in all, in an hour and in a day. Buckets that
// fill again with the time, so that a flood of failures is no flood of reports.
#pragma once

#include "base/unix_time.h"
#include "config/failure_report_settings.h"

#include <cstddef>
#include <map>
#include <string>

namespace milter::reports {

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

class FailureAllowance {
  public:
    explicit FailureAllowance(const config::FailureReports& settings);

    [[nodiscard]] bool has_room(const std::string& organization, base::UnixTime now) const;
    // Of what has room.
    void take(const std::string& organization, base::UnixTime now);

    [[nodiscard]] std::size_t size() const { return domains_.size(); }

  private:
    config::FailureReports settings_;
    HourAndDay all_;
    // Of those that had a report: not more than there are in all, for a flood of names makes none.
    std::map<std::string, HourAndDay> domains_;
};

} // namespace milter::reports
