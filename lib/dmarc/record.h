// A DMARC policy record (RFC 9989 sections 4.7 and 4.8).
#pragma once

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
};

struct ReportUri {
    std::string uri; // as written, without an obsolete "!10m" suffix
    bool mailto = false;
};

struct Record {
    PolicyTag p, sp, np;
    PublicSuffixFlag psd = PublicSuffixFlag::unknown;
    AlignmentMode adkim = AlignmentMode::relaxed;
    AlignmentMode aspf = AlignmentMode::relaxed;
    bool test = false; // t=y
    std::vector<ReportUri> rua, ruf; // syntactically valid URIs only
    std::string fo = "0";
    std::vector<std::string> diagnostics; // what was ignored and why, for people
};

// Nothing when the text is not a DMARC record at all (RFC 9989 4.7: v= missing, not first or not DMARC1).
[[nodiscard]] std::optional<Record> parse_record(std::string_view text);

} // namespace dmarc
