// How many policy domains of an organization the store has on a day. One record makes any number of them
// below a domain; by the list of public suffixes they are one organization's. Domains that stand below no
// other are not counted, for each of them has to be registered.
#pragma once

#include "dmarc/public_suffix.h"
#include "milter/reports/database.h"
#include "report/aggregate.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

namespace milter::reports {

class OrganizationDays {
  public:
    // The organization that a domain stands below.
    [[nodiscard]] std::optional<std::string> above(const std::string& domain) const;

    // Reads what the store has of that day, once. Others may add to it from then on.
    [[nodiscard]] Stored<void> read(Database& database, std::int64_t day);
    [[nodiscard]] std::size_t domains(std::int64_t day, const std::string& organization) const;
    void add(std::int64_t day, const std::string& organization) { ++days_[day][organization]; }
    // It is another store.
    void forget() { days_.clear(); }

  private:
    dmarc::PublicSuffixList suffixes_ = dmarc::PublicSuffixList::built_in();
    std::map<std::int64_t, std::unordered_map<std::string, std::size_t>> days_;
};

} // namespace milter::reports
