// A DMARC policy record (RFC 9989 4.7 and 4.8).
//
// After the version tag the syntax is forgiving: what cannot be read is ignored or takes its default, and
// `diagnostics` gets a remark for people. Only the policy tags remember that they were unreadable, because
// that decides whether the record may be enforced (RFC 9989 4.10.1).
//
//     auto record = dmarc::parse_record("v=DMARC1; p=reject; rua=mailto:agg@example.org");
//     if (record) dmarc::print(*record);   // the same text in canonical form
#pragma once

#include "dmarc/report_uri.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmarc {

enum class Policy : std::uint8_t { none, quarantine, reject };
enum class PublicSuffixFlag : std::uint8_t { unknown, yes, no }; // psd=u, y, n
enum class AlignmentMode : std::uint8_t { relaxed, strict };

[[nodiscard]] std::string_view print(Policy policy);

// A policy tag has three states, and RFC 9989 4.10.1 needs all of them.
struct PolicyTag {
    enum class State : std::uint8_t { absent, valid, invalid };
    State state = State::absent;
    Policy policy = Policy::none;

    bool operator==(const PolicyTag&) const = default;
};

struct Record {
    PolicyTag p, sp, np;
    PublicSuffixFlag psd = PublicSuffixFlag::unknown;
    AlignmentMode adkim = AlignmentMode::relaxed;
    AlignmentMode aspf = AlignmentMode::relaxed;
    bool test = false;                    // t=y
    std::vector<ReportUri> rua, ruf;      // syntactically valid URIs only
    std::string fo = "0";                 // lower case; "0" where there is no ruf, as RFC 9989 4.7 demands
    std::vector<std::string> diagnostics; // what was ignored and why, for people; printable ASCII

    bool operator==(const Record&) const = default;
};

inline constexpr std::size_t max_diagnostics = 16; // per record; what follows adds nothing to know

// Nothing when the text is not a DMARC record at all (RFC 9989 4.7: v= missing, not first or not DMARC1).
[[nodiscard]] std::optional<Record> parse_record(std::string_view text);

// "v=DMARC1; p=reject; sp=none; ...": tags that differ from their default, in the order of the RFC's table.
// Parsing the text gives the same record again, without its diagnostics; an unreadable policy tag prints as
// "?".
[[nodiscard]] std::string print(const Record& record);

} // namespace dmarc
