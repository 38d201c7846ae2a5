// An aggregate report as XML (RFC 9990 3.1.1, appendix A).
//
// The order of elements is that of RFC 7489, which RFC 9990 leaves free, and what readers of the older form
// need is always there: sp, adkim, aspf, envelope_from. The namespace stands once, on the root, without a
// prefix. Records go out one by one, so that a report takes no more memory than its longest record.
//
//     AggregateXml xml(reporter, identity, policy, [&](std::string_view text) { gzip.add(text); });
//     xml.add(row, count); ...
//     xml.finish();
#pragma once

#include "report/aggregate.h"
#include "report/identity.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace report {

inline constexpr std::size_t max_reporter_octets = 200; // of each text below

// Who reports, as the settings have it; what XML cannot carry or would mislead is replaced.
struct Reporter {
    std::string org_name{};
    std::string email{};
    std::string extra_contact_info{}; // may be empty
    std::string generator{};          // "paraph 1.2"; may be empty
};

class AggregateXml {
  public:
    using Sink = std::function<void(std::string_view)>;

    AggregateXml(const Reporter& reporter, const Identity& identity, const Policy& policy, Sink sink);

    // A count of 0 is no record.
    void add(const Row& row, std::uint64_t count);
    // Once. A report without any record is none (RFC 9990 3.1.1.2).
    void finish();

    [[nodiscard]] std::size_t records() const { return records_; }
    [[nodiscard]] std::size_t octets() const { return octets_; } // so far

  private:
    void put(std::string_view text);

    Sink sink_;
    std::size_t records_ = 0;
    std::size_t octets_ = 0;
};

// What add() will write at most.
[[nodiscard]] std::size_t most_octets(const Row& row);
// And of any row that was stored.
inline constexpr std::size_t most_octets_of_a_row = 300'000;

} // namespace report
