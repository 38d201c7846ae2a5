// How many reports an organization gets on a day, of all runs. One record makes any number of policy domains,
// and all of their reports may be for one mail server.
#pragma once

#include "milter/reports/organizations.h"
#include "milter/tool/reports/outbox.h"
#include "report/aggregate.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace milter::tool::reports {

class DailyShare {
  public:
    // Mails a day; 0: any number.
    DailyShare(std::size_t most, const milter::reports::Organizations& organizations)
        : most_(most), organizations_(organizations) {}

    // What went out on this day before.
    [[nodiscard]] Stored<void> read(Outbox& outbox, base::UnixTime now);

    [[nodiscard]] bool has_room(const base::DomainName& host, base::UnixTime now);
    void went_out(const base::DomainName& host, base::UnixTime now);
    // True once a day for each organization: there is a line about it.
    [[nodiscard]] bool is_news(const base::DomainName& host);

  private:
    [[nodiscard]] std::size_t key_of(const base::DomainName& host) const;
    void turn_to(::report::Day day);

    std::size_t most_;
    const milter::reports::Organizations& organizations_;
    ::report::Day day_ = 0;
    // By a hash of the name, for there may be hundreds of thousands. Two with the same share one share.
    std::unordered_map<std::size_t, std::uint32_t> sent_;
    std::unordered_set<std::string> told_;
};

} // namespace milter::tool::reports
