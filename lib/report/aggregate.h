// What aggregate reports are made of (RFC 9990 3.1): the policy that a report is about, and its rows.
//
// One report is about one Policy; each of its records is a Row and a count of messages. Both are values, with
// a byte form of their own to be stored and a short key to be counted by. Names are A-labels; other text is
// cut to the limits below and cleaned, see text.h, where it is stored and where it is written.
#pragma once

#include "authenticate/exceptions.h"
#include "base/domain_name.h"
#include "base/ip_address.h"
#include "base/result.h"
#include "base/unix_time.h"
#include "dkim/result.h"
#include "dmarc/options.h"
#include "dmarc/record.h"
#include "spf/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace report {

inline constexpr std::size_t max_signatures = 100; // of a row (RFC 9990 3.1.3)
inline constexpr std::size_t max_reasons = 8;      // of a row
inline constexpr std::size_t max_uris = 16;        // of a policy
inline constexpr std::size_t max_uri_octets = 1000;
inline constexpr std::size_t max_selector_octets = 250;
inline constexpr std::size_t max_words_octets = 200; // comments and human results
inline constexpr std::size_t max_error_octets = 300;
inline constexpr std::size_t max_fo_octets = 30;

// What stands in policy_published, and where reports go. From `p` on the value is what the record says or
// what follows from it.
struct Policy {
    base::DomainName domain; // where the record was found
    dmarc::Discovery discovery = dmarc::Discovery::tree_walk;
    dmarc::Policy p = dmarc::Policy::none;
    dmarc::Policy sp = dmarc::Policy::none;
    dmarc::Policy np = dmarc::Policy::none;
    dmarc::AlignmentMode adkim = dmarc::AlignmentMode::relaxed;
    dmarc::AlignmentMode aspf = dmarc::AlignmentMode::relaxed;
    bool testing = false;
    std::string fo = "0";
    std::string error{};            // what was ignored in the record; empty: nothing
    std::vector<std::string> rua{}; // as written, in order

    bool operator==(const Policy&) const = default;
};

// RFC 9990 3.1.1.9.
enum class Disposition : std::uint8_t { none, pass, quarantine, reject };

[[nodiscard]] std::string_view print(Disposition disposition);

struct Reason {
    authenticate::OverrideType type = authenticate::OverrideType::local_policy;
    std::string comment{}; // may be empty

    bool operator==(const Reason&) const = default;
};

struct DkimResult {
    base::DomainName domain;
    std::string selector{};
    dkim::Result result = dkim::Result::none;
    std::string human_result{}; // may be empty

    bool operator==(const DkimResult&) const = default;
};

// Of the MAIL FROM identity, which for a null reverse-path has the domain of HELO.
struct SpfResult {
    base::DomainName domain;
    spf::Result result = spf::Result::none;

    bool operator==(const SpfResult&) const = default;
};

// A record without its count.
struct Row {
    base::IpAddress source_ip{};
    base::DomainName header_from;
    std::optional<base::DomainName>
        envelope_from{}; // none: the null reverse-path, or no domain could be read
    std::optional<base::DomainName> envelope_to{};
    Disposition disposition = Disposition::none;
    bool dkim_aligned = false;
    bool spf_aligned = false;
    std::vector<Reason> reasons{};
    std::vector<DkimResult> dkim{}; // the best first
    std::optional<SpfResult> spf{};

    bool operator==(const Row&) const = default;
};

// Days since 1970-01-01, of UTC.
using Day = std::int32_t;
inline constexpr base::UnixTime seconds_a_day = 86400;

[[nodiscard]] Day day_of(base::UnixTime time);
[[nodiscard]] constexpr base::UnixTime begin_of(Day day) {
    return day * seconds_a_day;
}
[[nodiscard]] constexpr base::UnixTime last_second_of(Day day) {
    return begin_of(day) + seconds_a_day - 1;
}

// ---- To be stored

// The same value has the same bytes in every version that writes this form.
[[nodiscard]] std::string pack(const Policy& policy);
[[nodiscard]] std::string pack(const Row& row);
// Refuses what pack() would not have written.
[[nodiscard]] base::Result<Policy> unpack_policy(std::string_view bytes);
[[nodiscard]] base::Result<Row> unpack_row(std::string_view bytes);

using Key = std::array<std::uint8_t, 16>;

[[nodiscard]] Key key_of(std::string_view packed);

// ---- Where there are too many different rows

// Each leaves out more than the one before, so that more rows are the same; a count is never lost. What is
// left of the last has a bound that no sender can move.
enum class Detail : std::uint8_t {
    full,
    no_envelope,          // without the domains of the envelope
    no_failed_signatures, // without signatures that did not pass
    no_results,           // without signatures, the SPF result and comments
    policy_domain,        // author domains become the policy domain
    network,              // addresses become those of their network, /24 or /64
    nobody,               // addresses become 0.0.0.0 or "::"
};

[[nodiscard]] Row reduce(Row row, Detail detail, const base::DomainName& policy_domain);

} // namespace report
